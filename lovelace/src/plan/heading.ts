/** Where the heading of a zone finds room beside the modules that stand in it. */

import type { Box } from "./model.js";

const HEADING_PX = 36;
/** What of that is the margin of its button, above and below. */
const MARGIN_PX = 6;
const CHARACTER_PX = 7;
const BUTTON_PX = 44;
/** Characters of a power, and of how many sockets are on. */
const POWER = 9;
const COUNT = 6;
/** Zones that are less wide leave the count out. */
export const NARROW_PX = 210;

export interface Heading {
  x: number;
  y: number;
  /** No room for a button: a name and a power, until one comes nearer. */
  compact: boolean;
}

/** At the top of a zone, else at its bottom, else compact: all in pixels. */
export function placeHeading(zone: Box, name: string, taken: readonly Box[]): Heading {
  const texts = name.length + POWER + (zone.width < NARROW_PX ? 0 : COUNT);
  const width = Math.min(zone.width, BUTTON_PX + texts * CHARACTER_PX);
  const { x } = zone;
  for (const y of [zone.y, zone.y + zone.height - HEADING_PX]) {
    const heading = {
      x,
      y: y + MARGIN_PX,
      width,
      height: HEADING_PX - 2 * MARGIN_PX,
    };
    if (y >= zone.y && !taken.some((box) => overlap(box, heading))) {
      return { x, y, compact: false };
    }
  }
  return { x, y: zone.y, compact: true };
}

function overlap(a: Box, b: Box): boolean {
  return (
    a.x < b.x + b.width &&
    b.x < a.x + a.width &&
    a.y < b.y + b.height &&
    b.y < a.y + a.height
  );
}
