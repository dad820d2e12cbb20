/** How near the meter is to its limit, and its cut-off to opening. */

import { html, nothing, type TemplateResult } from "lit";

import type { Scene } from "../shared/card.js";
import { cutOff } from "../meter/alarm.js";
import { load } from "../meter/gauge.js";
import type { EntityKey } from "../shared/entities.js";
import { isOn, numberOf, stateOf, type Part } from "../shared/park.js";

export function room(scene: Scene, meter: Part): TemplateResult {
  const { hass, t, f } = scene;
  const value = (key: EntityKey): number | null =>
    numberOf(stateOf(hass.states, meter, key));
  const drawn = value("apparent_power");
  const subscribed = value("subscribed_power");
  const margin = value("trip_margin");
  const over = isOn(stateOf(hass.states, meter, "overload"));
  const now = load(drawn, subscribed, over);
  const left = secondsLeft(hass.states[meter.entities["shedding"] ?? ""]?.attributes);
  const seconds = left ?? value("time_to_trip");
  return html`${seconds === null ? nothing : cutOff(scene, seconds)}
    <div class="rooms">
      ${bar(
        t("power"),
        drawn === null || subscribed === null
          ? null
          : { share: drawn / subscribed, level: now.level },
        drawn === null
          ? t("meter_silent")
          : subscribed === null
            ? f.apparent(drawn)
            : `${f.apparent(drawn)} ${t("of_subscribed", { power: f.apparent(subscribed) })}`,
      )}
      ${
        margin === null
          ? nothing
          : bar(
              t("trip_margin"),
              { share: margin / 100, level: margin > 50 ? "easy" : "high" },
              f.percent(margin / 100),
            )
      }
    </div>`;
}

function secondsLeft(attributes: Readonly<Record<string, unknown>> | undefined) {
  const left = attributes?.["seconds_left"];
  return typeof left === "number" ? left : null;
}

function bar(
  label: string,
  filled: { share: number; level: string } | null,
  text: string,
): TemplateResult {
  const share = filled ? Math.max(0, Math.min(1, filled.share)) : 0;
  return html`<div class="room ${filled?.level ?? "unknown"}">
    <span>${label}</span><strong>${text}</strong>
    <span class="bar" aria-hidden="true"><i style="width:${share * 100}%"></i></span>
  </div>`;
}
