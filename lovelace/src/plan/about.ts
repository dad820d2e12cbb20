/** A line about one socket: what it draws, whether it is on, and why. */

import type { Scene } from "../shared/card.js";
import { isKnown, isOn, numberOf, stateOf, type Socket } from "../shared/park.js";

export function about(socket: Socket, { hass, t, f }: Scene): string {
  const { states } = hass;
  const on = isOn(stateOf(states, socket, "socket"));
  const watts = numberOf(stateOf(states, socket, "power"));
  const reason = stateOf(states, socket, "reason");
  const parts = [
    socket.name,
    t(on === null ? "unheard" : on ? "on" : "off"),
    watts === null ? t("power_unknown") : f.power(watts),
  ];
  if (isKnown(reason)) {
    parts.push(hass.formatEntityState(reason));
    const since = reason.attributes["since"];
    if (typeof since === "string") {
      parts.push(t("since", { time: f.moment(new Date(since)) }));
    }
  }
  return parts.join(" · ");
}
