/** Shapes of zones: of another size, or turned; both around their middle. */

import { boxOf, type Point } from "../model.js";

/** The fewest corners of a zone. */
export const CORNERS_MIN = 3;

export function scaled(points: readonly Point[], factor: number): Point[] {
  return around(points, (dx, dy) => [dx * factor, dy * factor]);
}

export function turned(points: readonly Point[], degrees: number): Point[] {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return around(points, (dx, dy) => [dx * cos - dy * sin, dx * sin + dy * cos]);
}

/** The middle of a side. */
export function middle([ax, ay]: Point, [bx, by]: Point): Point {
  return [Math.round((ax + bx) / 2), Math.round((ay + by) / 2)];
}

function around(
  points: readonly Point[],
  change: (dx: number, dy: number) => Point,
): Point[] {
  const { x, y, width, height } = boxOf(points);
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  return points.map(([px, py]) => {
    const [dx, dy] = change(px - middleX, py - middleY);
    return [Math.round(middleX + dx), Math.round(middleY + dy)];
  });
}
