/** Cards that the views are made of; null where an entity is not there. */

import type { Part, Sector } from "../shared/park.js";

export type CardJson = Readonly<Record<string, unknown>>;

export const ENTITY_NAME = { type: "entity" };
const DEVICE_NAME = { type: "device" };

/** A sector's switch and power; a tap leads to its own view. */
export function sectorTile(sector: Sector): CardJson | null {
  const { all } = sector.entities;
  if (all === undefined) return null;
  return {
    type: "tile",
    entity: all,
    name: DEVICE_NAME,
    icon: "mdi:power-socket-fr",
    features: [{ type: "toggle" }],
    features_position: "inline",
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

export function switchTile(part: Part, key: string): CardJson | null {
  const entity = part.entities[key];
  if (entity === undefined) return null;
  return {
    type: "tile",
    entity,
    name: key === "all" || key === "socket" ? DEVICE_NAME : ENTITY_NAME,
    features: [{ type: "toggle" }],
    features_position: "inline",
    grid_options: { columns: "full" },
  };
}

export function tile(part: Part, key: string): CardJson | null {
  const entity = part.entities[key];
  return entity === undefined ? null : { type: "tile", entity, name: ENTITY_NAME };
}

export function heading(text: string, icon: string): CardJson {
  return { type: "heading", heading: text, icon };
}

export function section(...cards: (CardJson | null)[]): CardJson {
  return { type: "grid", cards: cards.filter((card) => card !== null) };
}
