/** Cards that the views are made of; null where an entity is not there. */

import type { EntityKey } from "../shared/entities.js";
import type { Translate } from "../shared/i18n.js";
import type { Part, Sector, Socket } from "../shared/park.js";

export type CardJson = Readonly<Record<string, unknown>>;

export const ENTITY_NAME = { type: "entity" };
const DEVICE_NAME = { type: "device" };

/** A sector's switch; a tap leads to its own view. */
export function sectorTile(sector: Sector, t: Translate): CardJson | null {
  const { all } = sector.entities;
  if (all === undefined) return null;
  return {
    type: "tile",
    entity: all,
    name: DEVICE_NAME,
    icon: "mdi:power-socket-fr",
    ...asking(t("ask_all", { name: sector.name })),
    tap_action: { action: "navigate", navigation_path: sectorPath(sector) },
    grid_options: { columns: "full" },
  };
}

export function sectorPath({ device }: Part): string {
  return `sector-${device.slice(0, 12)}`;
}

export function wide(card: CardJson | null): CardJson | null {
  return card && { ...card, grid_options: { columns: "full" } };
}

/** A switch of several sockets of a sector: it is never touched by a slip. */
export function groupTile(
  { name, entities }: Sector,
  key: "all" | "computers" | "monitors",
  t: Translate,
): CardJson | null {
  const entity = entities[key];
  if (entity === undefined) return null;
  return {
    type: "tile",
    entity,
    name: key === "all" ? DEVICE_NAME : ENTITY_NAME,
    ...asking(t(`ask_${key}`, { name })),
    grid_options: { columns: "full" },
  };
}

/** A socket's switch; that of a computer or of the network asks. */
export function socketTile(
  { name, role, entities }: Socket,
  t: Translate,
): CardJson | null {
  const entity = entities["socket"];
  if (entity === undefined) return null;
  const grave = role === "computer" || role === "network";
  return {
    type: "tile",
    entity,
    name: DEVICE_NAME,
    ...(grave ? asking(t(`ask_${role}`, { name })) : TOGGLE),
    grid_options: { columns: "full" },
  };
}

const TOGGLE = { features: [{ type: "toggle" }], features_position: "inline" };

/** The icon switches, after a question: a toggle has none. */
function asking(text: string): CardJson {
  return { icon_tap_action: { action: "toggle", confirmation: { text } } };
}

export function tile(part: Part, key: EntityKey): CardJson | null {
  const entity = part.entities[key];
  return entity === undefined ? null : { type: "tile", entity, name: ENTITY_NAME };
}

export function heading(text: string, icon: string): CardJson {
  return { type: "heading", heading: text, icon };
}

export function section(...cards: (CardJson | null)[]): CardJson {
  return { type: "grid", cards: cards.filter((card) => card !== null) };
}
