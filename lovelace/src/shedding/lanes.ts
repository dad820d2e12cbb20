/** The order of shedding: a lane a priority, what goes first on top. */

import { mdiDragVertical, mdiShieldLock } from "@mdi/js";
import { html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Scene } from "../shared/card.js";
import type { TextKey } from "../shared/i18n.js";
import { icon, ROLE_ICONS } from "../shared/icons.js";
import { isOn, numberOf, stateOf, type Socket } from "../shared/park.js";

/** 1 is kept longest, 10 goes first. */
export const PRIORITY_MIN = 1;
export const PRIORITY_MAX = 10;
/** The lane of what no rule switches off. */
export const PROTECTED = "protected";

export type Lane = number | typeof PROTECTED;

export interface Order {
  held: string | null;
  over: Lane | null;
  /** Whether nothing can be moved. */
  fixed: boolean;
  believed: ReadonlyMap<string, number>;
}

/** The lane of a socket, null where its priority is not known. */
export function laneOf(
  { hass: { states } }: Scene,
  socket: Socket,
  believed: ReadonlyMap<string, number>,
): Lane | null {
  if (isOn(stateOf(states, socket, "protected"))) return PROTECTED;
  return believed.get(socket.device) ?? numberOf(stateOf(states, socket, "priority"));
}

export function lanes(scene: Scene, order: Order): TemplateResult[] {
  const levels: readonly Lane[] = Array.from(
    { length: PRIORITY_MAX - PRIORITY_MIN + 1 },
    (_, index) => PRIORITY_MAX - index,
  );
  const placed = scene.park.sockets.map((socket) => ({
    socket,
    lane: laneOf(scene, socket, order.believed),
  }));
  return [...levels, PROTECTED as Lane].flatMap((level) => {
    const sockets = placed.filter(({ lane }) => lane === level);
    if (level === PROTECTED && !sockets.length) return [];
    return [
      lane(
        scene,
        order,
        level,
        sockets.map(({ socket }) => socket),
      ),
    ];
  });
}

function lane(
  scene: Scene,
  order: Order,
  level: Lane,
  sockets: readonly Socket[],
): TemplateResult {
  const { t } = scene;
  const note =
    level === PRIORITY_MAX
      ? t("goes_first")
      : level === PRIORITY_MIN
        ? t("kept_longest")
        : level === PROTECTED
          ? t("never_shed")
          : "";
  return html`<div
    class="lane ${order.over === level ? "over" : ""}"
    data-lane=${level}
  >
    <span class="level"
      >${level === PROTECTED ? icon(mdiShieldLock) : level}<small>${note}</small></span
    >
    <div class="chips">
      ${repeat(
        sockets,
        ({ device }) => device,
        (socket) => chip(scene, order, level, socket),
      )}
    </div>
  </div>`;
}

/** What keeps a socket from being shed; that it is off or idle tells its power. */
const NOT_SHED: Readonly<Record<string, TextKey>> = {
  protected: "not_shed_protected",
  running: "not_shed_running",
  unknown: "not_shed_unknown",
  unreachable: "not_shed_unreachable",
};

function whyNot({ hass, t }: Scene, level: Lane, socket: Socket): string {
  const why = stateOf(hass.states, socket, "priority")?.attributes["not_shed"];
  const key = level === PROTECTED ? undefined : NOT_SHED[String(why)];
  return key ? t(key) : "";
}

function chip(
  scene: Scene,
  { held, fixed }: Order,
  level: Lane,
  socket: Socket,
): TemplateResult {
  const { hass, t, f } = scene;
  const watts = numberOf(stateOf(hass.states, socket, "power"));
  const power = watts === null ? "" : f.power(watts);
  const note = [power, whyNot(scene, level, socket)].filter(Boolean).join(" · ");
  const face = html`${icon(ROLE_ICONS[socket.role])}<span>${socket.name}</span
    ><small>${note}</small>`;
  if (fixed || level === PROTECTED || !socket.entities["priority"]) {
    return html`<span class="chip">${face}</span>`;
  }
  const label = t("priority_of", { name: socket.name, priority: level });
  return html`<button
    class="chip ${held === socket.device ? "held" : ""}"
    data-device=${socket.device}
    aria-pressed=${String(held === socket.device)}
    aria-label=${note ? `${label}, ${note}` : label}
  >
    ${icon(mdiDragVertical)}${face}
  </button>`;
}
