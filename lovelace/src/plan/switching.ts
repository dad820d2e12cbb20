/** Orders given on the plan: asked about where it matters, and what became of them. */

import type { ParkCard, Scene } from "../shared/card.js";
import { ask } from "../shared/dialog.js";
import { showToast, tick } from "../shared/ha.js";
import { errorText, type Hass } from "../shared/hass.js";
import { pause } from "../shared/pause.js";
import { isOn, numberOf, stateOf, type Sector, type Socket } from "../shared/park.js";
import { runningJob } from "./job.js";

/** So long after an order the states of a sector tell what became of it. */
const REPORT_AFTER_MS = 2000;
/** How often a card looks whether a job is over. */
const LOOK_MS = 1000;

/** Shows towards which state a socket is on its way; null when it is no more. */
export type ShowBusy = (towards: boolean | null) => void;

export async function toggleSocket(
  card: ParkCard,
  socket: Socket,
  showBusy: ShowBusy,
): Promise<void> {
  const { scene } = card;
  const entity = socket.entities["socket"];
  if (!scene || !entity) return;
  const { hass, t } = scene;
  const now = isOn(hass.states[entity]);
  if (now === null) {
    showToast(card, t("not_heard_name", { name: socket.name }));
    return;
  }
  if (now && !(await mayCut(card, socket, scene))) return;
  tick("light");
  showBusy(!now);
  const error = await order(hass, entity, !now);
  if (error !== null) {
    showBusy(null);
    showToast(card, error);
  }
}

/** A computer, or what others need, is not cut by a slip of the thumb. */
async function mayCut(
  card: ParkCard,
  socket: Socket,
  { hass, t, f }: Scene,
): Promise<boolean> {
  if (socket.role !== "computer" && socket.role !== "network") return true;
  const power = numberOf(stateOf(hass.states, socket, "power"));
  return ask(card.renderRoot, {
    title: t("switch_off_name", { name: socket.name }),
    text: t(`confirm_${socket.role}`, {
      power: power === null ? t("unknown") : f.power(power),
    }),
    yes: t("switch_off"),
    no: t("cancel"),
  });
}

export async function toggleSector(card: ParkCard, sector: Sector): Promise<void> {
  const { scene } = card;
  const entity = sector.entities["all"];
  if (!scene || !entity) return;
  const { hass, park, t } = scene;
  const on = hass.states[entity]?.state !== "on";
  const count = park.sockets.filter((socket) => socket.sector === sector.device).length;
  const sure = await ask(card.renderRoot, {
    title: t(on ? "switch_on_name" : "switch_off_name", { name: sector.name }),
    text: t(on ? "confirm_sector_on" : "confirm_sector_off", { count }),
    yes: t(on ? "switch_on" : "switch_off"),
    no: t("cancel"),
  });
  if (!sure) return;
  tick("light");
  const error = await order(hass, entity, on);
  await pause(REPORT_AFTER_MS);
  if (!(await jobIsOver(card, sector))) return;
  await report(card, sector, on, error);
}

/** Waits for the end of the sector's job, which its zone shows; false when in vain. */
async function jobIsOver(card: ParkCard, sector: Sector): Promise<boolean> {
  while (card.isConnected && runningJob(card.hass!.states, sector)) {
    await pause(LOOK_MS);
  }
  return card.isConnected;
}

export async function cancelJob(card: ParkCard, sector: Sector): Promise<void> {
  const entity = sector.entities["cancel_job"];
  if (!entity) return;
  tick("light");
  try {
    await card.hass!.callService("button", "press", {}, { entity_id: entity }, false);
  } catch (error) {
    tick("failure");
    showToast(card, errorText(error));
  }
}

/** Gives an order; returns what is wrong with it, in words. */
async function order(hass: Hass, entity: string, on: boolean): Promise<string | null> {
  try {
    const service = on ? "turn_on" : "turn_off";
    await hass.callService("switch", service, {}, { entity_id: entity }, false);
    return null;
  } catch (error) {
    tick("failure");
    return errorText(error);
  }
}

/** Tells what became of an order to a sector, module by module. */
async function report(
  card: ParkCard,
  sector: Sector,
  on: boolean,
  error: string | null,
): Promise<void> {
  const { scene } = card;
  if (!scene) return;
  const { hass, park, t } = scene;
  const members = park.sockets.filter((socket) => socket.sector === sector.device);
  const others = members.filter(
    (socket) => isOn(stateOf(hass.states, socket, "socket")) !== on,
  );
  if (!others.length && error === null) {
    showToast(card, t(on ? "sector_is_on" : "sector_is_off", { name: sector.name }));
    return;
  }
  await ask(card.renderRoot, {
    title: sector.name,
    text: t(on ? "report_on" : "report_off", {
      done: members.length - others.length,
      count: members.length,
    }),
    rows: others.map((socket) => [socket.name, why(socket, scene)]),
    yes: t("close"),
  });
}

/** Why a socket is not as it was ordered. */
function why(socket: Socket, { hass, t }: Scene): string {
  if (isOn(stateOf(hass.states, socket, "socket")) === null) return t("unheard");
  const reason = stateOf(hass.states, socket, "reason");
  return reason?.attributes["refused"]
    ? hass.formatEntityAttributeValue(reason, "refused")
    : t("unconfirmed");
}
