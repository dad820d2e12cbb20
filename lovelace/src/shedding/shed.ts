/** What is shed now and why, what would go next, and what comes back. */

import { html, nothing, type TemplateResult } from "lit";

import type { Scene } from "../shared/card.js";
import type { TextKey } from "../shared/i18n.js";
import { isKnown, numberOf, stateOf, type Part, type Socket } from "../shared/park.js";

/** One socket in the list that the sensor of shedding tells. */
interface Shed {
  socket: string;
  socket_id: string;
  power: number;
  reason: string;
  since: string;
  until: string | null;
}

type Restore = (sockets: readonly Socket[]) => void;

const CAUSES: Readonly<Record<string, TextKey | undefined>> = {
  limit: "shed_limit",
  silence: "shed_silence",
  request: "shed_request",
  rotation: "shed_rotation",
};
const WAITS: Readonly<Record<string, TextKey | undefined>> = {
  request: "waits_request",
  time: "waits_time",
  unreachable: "waits_unreachable",
  silent: "waits_silent",
  room: "waits_room",
};

/** The sockets that are shed, each with its reason; `restore` gives one or all back. */
export function shedNow(
  scene: Scene,
  meter: Part,
  restore: Restore | undefined,
): TemplateResult | typeof nothing {
  const { hass, t, f } = scene;
  const list = listOf(stateOf(hass.states, meter, "shedding")?.attributes["shed"]);
  if (!list.length) return nothing;
  const total = numberOf(stateOf(hass.states, meter, "shed_power"));
  return html`<section aria-labelledby="shed">
    <h3 id="shed">
      ${t("shed_now", { count: list.length })}${
        total === null ? nothing : html` <strong>${f.power(total)}</strong>`
      }
    </h3>
    <ul class="shed">
      ${list.map((shed) => row(scene, shed, restore))}
    </ul>
    ${
      restore && list.length > 1
        ? html`<button
            class="all"
            @click=${() => {
              restore([]);
            }}
          >
            ${t("restore_all")}
          </button>`
        : nothing
    }
  </section>`;
}

function row(
  { park, t, f }: Scene,
  shed: Shed,
  restore: Restore | undefined,
): TemplateResult {
  const socket = park.sockets.find(({ id }) => id === shed.socket_id);
  const cause = CAUSES[shed.reason];
  const why = [
    f.power(shed.power),
    ...(cause ? [t(cause)] : []),
    t("since", { time: f.moment(new Date(shed.since)) }),
    ...(shed.until === null
      ? []
      : [t("until", { time: f.moment(new Date(shed.until)) })]),
  ];
  return html`<li>
    <span><strong>${shed.socket}</strong><small>${why.join(" · ")}</small></span>
    ${
      restore && socket
        ? html`<button
            aria-label=${t("restore_name", { name: shed.socket })}
            @click=${() => {
              restore([socket]);
            }}
          >
            ${t("restore")}
          </button>`
        : nothing
    }
  </li>`;
}

/** What would be cut first; while an overload is predicted, all that will be. */
export function goesNext(
  { hass, t, f }: Scene,
  meter: Part,
): TemplateResult | typeof nothing {
  const shedding = stateOf(hass.states, meter, "shedding");
  const next = stateOf(hass.states, meter, "next_shed");
  const ready = shedding?.attributes["ready"];
  if (shedding?.state === "predicted" && Array.isArray(ready)) {
    const names = ready.join(", ");
    return html`<p class="next" role="status">
      <strong>${names ? t("shed_ready", { names }) : t("shed_nothing_left")}</strong>
      ${
        names && shedding.attributes["enough"] === false
          ? html`<small>${t("shed_not_enough")}</small>`
          : nothing
      }
    </p>`;
  }
  if (!isKnown(next)) return nothing;
  const { priority, power } = next.attributes;
  const why = [
    ...(typeof priority === "number" ? [t("priority_is", { priority })] : []),
    ...(typeof power === "number" ? [f.power(power)] : []),
  ];
  return html`<p class="next">
    ${t("next_shed")} <strong>${next.state}</strong><small>${why.join(" · ")}</small>
  </p>`;
}

/** What comes back first, and what it waits for. */
export function comesBack(
  { hass, t, f }: Scene,
  meter: Part,
): TemplateResult | typeof nothing {
  const next = stateOf(hass.states, meter, "next_restored");
  if (!isKnown(next)) return nothing;
  const { waits, not_before } = next.attributes;
  const reason = typeof waits === "string" ? WAITS[waits] : undefined;
  const why = [
    ...(reason ? [t(reason)] : []),
    ...(typeof not_before === "string"
      ? [t("not_before", { time: f.moment(new Date(not_before)) })]
      : []),
  ];
  return html`<p class="next">
    ${t("next_restored")} <strong>${next.state}</strong
    ><small>${why.join(" · ")}</small>
  </p>`;
}

function listOf(told: unknown): readonly Shed[] {
  return Array.isArray(told) ? (told as Shed[]) : [];
}
