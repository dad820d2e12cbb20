/** The park as the integration describes it, and questions to it. */

import type { Hass, HassState, HassStates } from "./hass.js";
import type { Entities, EntityKey } from "./entities.js";

export type Role = "computer" | "monitor" | "network" | "other";

export interface Part {
  /** Id in the device registry: it outlives every renaming. */
  device: string;
  name: string;
  entities: Entities;
}

export interface Sector extends Part {
  area: string | null;
}

export interface Socket extends Part {
  /** What the integration calls it in its answers. */
  id: string;
  /** Its name where the integration lists sockets: a device may be renamed. */
  label: string;
  role: Role;
  /** Device of the sector. */
  sector: string | null;
}

export interface Park {
  id: string;
  name: string;
  device: string;
  entities: Entities;
  meters: readonly Part[];
  sectors: readonly Sector[];
  sockets: readonly Socket[];
}

export interface ParkMessage {
  /** What the integration serves now: differs from ours after an update. */
  cards: string;
  parks: readonly Park[];
}

/** The park a card shows: the one it names, else the first. */
export function choosePark(
  parks: readonly Park[],
  id: string | undefined,
): Park | undefined {
  return id === undefined ? parks[0] : parks.find((park) => park.id === id);
}

export function stateOf(
  states: HassStates,
  part: Part | Park,
  key: EntityKey,
): HassState | undefined {
  const id = part.entities[key];
  return id === undefined ? undefined : states[id];
}

export function isKnown(state: HassState | undefined): state is HassState {
  return (
    state !== undefined && state.state !== "unavailable" && state.state !== "unknown"
  );
}

const FACTORS: Readonly<Record<string, number>> = { m: 1e-3, k: 1e3, M: 1e6, G: 1e9 };

/**
 * The number of a state in its base unit (W, VA, Wh, A, V, g), whatever unit the user
 * chose to see; null when it is not known: unknown is not zero.
 */
export function numberOf(state: HassState | undefined): number | null {
  if (!isKnown(state)) return null;
  const value = Number(state.state);
  if (!Number.isFinite(value) || state.state.trim() === "") return null;
  const unit = state.attributes["unit_of_measurement"];
  const prefixed =
    typeof unit === "string" && /^([mkMG])(?:W|Wh|VA|A|V|var|g)$/.exec(unit);
  return prefixed ? value * FACTORS[prefixed[1]!]! : value;
}

export function isOn(state: HassState | undefined): boolean | null {
  return isKnown(state) ? state.state === "on" : null;
}

/** Entity ids of a part, for a look at whether any of them changed. */
export function entityIds(
  { entities }: Part | Park,
  keys: readonly string[],
): string[] {
  const ids: Readonly<Record<string, string | undefined>> = entities;
  return keys.map((key) => ids[key]).filter((id) => id !== undefined);
}

export function changed(
  before: HassStates | undefined,
  now: HassStates,
  ids: readonly string[],
): boolean {
  if (before === now) return false;
  return before === undefined || ids.some((id) => before[id] !== now[id]);
}

export function isAdmin(hass: Hass): boolean {
  return hass.user?.is_admin ?? false;
}
