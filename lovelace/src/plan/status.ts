/** What a module shows of its socket, worked out of the states alone. */

import { heatStep } from "../shared/heat.js";
import type { HassState, HassStates } from "../shared/hass.js";
import type { Waste } from "./waste.js";
import { isKnown, isOn, numberOf, stateOf, type Socket } from "../shared/park.js";

export type Mark = "none" | "unheard" | "pending" | "shed" | Waste;

export interface Status {
  on: boolean | null;
  wanted: boolean | null;
  power: number | null;
  /** The socket is heard, its power is not. */
  stale: boolean;
  heat: number;
  mark: Mark;
}

export function statusOf(states: HassStates, socket: Socket, heatMax: number): Status {
  return socketStatus(
    stateOf(states, socket, "socket"),
    stateOf(states, socket, "power"),
    stateOf(states, socket, "reason"),
    heatMax,
  );
}

export function socketStatus(
  plug: HassState | undefined,
  power: HassState | undefined,
  reason: HassState | undefined,
  heatMax: number,
): Status {
  const on = isOn(plug);
  const watts = numberOf(power);
  const given = plug?.attributes["wanted"] ?? reason?.attributes["wanted"];
  const wanted = typeof given === "boolean" ? given : null;
  const why = isKnown(reason) ? reason.state : null;
  return {
    on,
    wanted,
    power: watts,
    stale: on !== null && power !== undefined && watts === null,
    heat: on === false ? 0 : heatStep(watts, heatMax),
    mark: mark(on, wanted, why),
  };
}

function mark(on: boolean | null, wanted: boolean | null, reason: string | null): Mark {
  if (on === null) return "unheard";
  if (reason === "shed") return "shed";
  if (wanted !== null && wanted !== on) return "pending";
  return "none";
}
