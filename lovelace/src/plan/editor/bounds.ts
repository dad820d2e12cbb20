/** Keeps parts on their plan: what lies beside it could not be taken up any more. */

import { boxOf, type Plan, type Point } from "../model.js";

/** The place on the plan that is nearest to a place. */
export function kept(plan: Plan, x: number, y: number): { x: number; y: number } {
  return { x: within(x, 0, plan.width), y: within(y, 0, plan.height) };
}

/** How far a shape goes of the way that it is moved. */
export function keptMove(
  plan: Plan,
  points: readonly Point[],
  dx: number,
  dy: number,
): Point {
  const { x, y, width, height } = boxOf(points);
  return [
    within(dx, -x, plan.width - x - width),
    within(dy, -y, plan.height - y - height),
  ];
}

export function isOn(plan: Plan, x: number, y: number): boolean {
  return x >= 0 && x <= plan.width && y >= 0 && y <= plan.height;
}

function within(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
