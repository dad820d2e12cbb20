/** Rows of statistics as points to draw: what is not known stays a gap. */

import type { Row } from "../shared/statistics.js";

export interface Point {
  /** Milliseconds since 1970. */
  at: number;
  /** null is a gap. */
  value: number | null;
}

const STEP_MS: Readonly<Record<string, number>> = {
  "5minute": 300_000,
  hour: 3_600_000,
  day: 86_400_000,
  // The longest: a gap is what is longer by half.
  month: 31 * 86_400_000,
};

export function stepMs(period: string): number {
  return STEP_MS[period] ?? 3_600_000;
}

/** Means as a line, broken where rows are missing. */
export function line(rows: readonly Row[] | undefined, period: string): Point[] {
  const step = stepMs(period);
  const points: Point[] = [];
  let before: number | undefined;
  for (const { start, end, mean } of rows ?? []) {
    if (before !== undefined && start - before > step * 1.5) {
      points.push({ at: before + step / 2, value: null });
    }
    points.push({ at: (start + end) / 2, value: mean ?? null });
    before = start;
  }
  return points;
}

/** Sums as bars, one for each period that is known. */
export function bars(rows: readonly Row[] | undefined): Point[] {
  return (rows ?? []).map(({ start, change }) => ({
    at: start,
    value: change ?? null,
  }));
}

/** The value at a time: that of the nearest point, null in a gap. */
export function valueAt(
  points: readonly Point[],
  at: number,
  reach: number,
): number | null {
  let best: Point | undefined;
  for (const point of points) {
    if (Math.abs(point.at - at) > reach) continue;
    if (!best || Math.abs(point.at - at) < Math.abs(best.at - at)) best = point;
  }
  return best?.value ?? null;
}

export function mean(points: readonly Point[]): number | null {
  const known = points.filter(({ value }) => value !== null);
  const all = sum(known);
  return all === null ? null : all / known.length;
}

/** The sum of what is known; null when nothing is. */
export function sum(points: readonly Point[]): number | null {
  const known = points.flatMap(({ value }) => value ?? []);
  return known.length ? known.reduce((all, value) => all + value, 0) : null;
}

/** The bar of the period that a time is in. */
export function barAt(
  points: readonly Point[],
  at: number,
  step: number,
): number | null {
  const last = points.findLast((point) => point.at <= at);
  return last && at < last.at + step ? last.value : null;
}
