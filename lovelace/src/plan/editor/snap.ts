/** Brings a part that is moved into line with others, or onto a grid. */

import type { Point } from "../model.js";

/** Units between the lines of the grid. */
export const GRID = 100;

export interface Snapped {
  x: number;
  y: number;
  /** Lines to show: where it is in line with others. */
  guides: { x?: number; y?: number };
}

/** `reach` is how near a line must be, in units; 0 leaves all as it is. */
export function snap(
  x: number,
  y: number,
  others: readonly Point[],
  reach: number,
): Snapped {
  if (reach <= 0) return { x: Math.round(x), y: Math.round(y), guides: {} };
  const lineX = nearest(
    x,
    others.map(([other]) => other),
    reach,
  );
  const lineY = nearest(
    y,
    others.map(([, other]) => other),
    reach,
  );
  return {
    x: lineX ?? onGrid(x),
    y: lineY ?? onGrid(y),
    guides: {
      ...(lineX !== undefined && { x: lineX }),
      ...(lineY !== undefined && { y: lineY }),
    },
  };
}

function onGrid(value: number): number {
  return Math.round(value / GRID) * GRID;
}

function nearest(
  value: number,
  lines: readonly number[],
  reach: number,
): number | undefined {
  let best: number | undefined;
  for (const line of lines) {
    const distance = Math.abs(line - value);
    if (distance <= reach && distance < Math.abs((best ?? Infinity) - value))
      best = line;
  }
  return best;
}
