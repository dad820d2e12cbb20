/** Orders given on the plan: asked about where it matters, and what became of them. */

import type { ParkCard, Scene } from "../shared/card.js";
import { showToast, tick } from "../shared/ha.js";
import { errorText, type Hass } from "../shared/hass.js";
import { loaded } from "../shared/lazy.js";
import { pause } from "../shared/pause.js";
import { isOn, type Sector, type Socket } from "../shared/park.js";
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
async function mayCut(card: ParkCard, socket: Socket, scene: Scene): Promise<boolean> {
  const { role } = socket;
  if (role !== "computer" && role !== "network") return true;
  const questions = await loaded(card, import("./questions.js"));
  return questions?.maySwitchOff(card, { ...socket, role }, scene) ?? false;
}

export async function toggleSector(card: ParkCard, sector: Sector): Promise<void> {
  const { scene } = card;
  const entity = sector.entities["all"];
  if (!scene || !entity) return;
  const { hass } = scene;
  const on = hass.states[entity]?.state !== "on";
  const questions = await loaded(card, import("./questions.js"));
  if (!(await questions?.maySwitchSector(card, sector, on, scene))) return;
  tick("light");
  const error = await order(hass, entity, on);
  await pause(REPORT_AFTER_MS);
  if (!(await jobIsOver(card, sector))) return;
  await questions?.report(card, sector, on, error);
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
