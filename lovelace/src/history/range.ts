/** Spans of time that the history can show, and how finely. */

import type { Period } from "../shared/statistics.js";
import { dayOf, midnight } from "../shared/zone.js";

export const RANGES = ["24h", "day", "week", "month", "year"] as const;

export type Range = (typeof RANGES)[number];

export interface Span {
  range: Range;
  start: Date;
  end: Date;
  /** What the rows of power are means over. */
  power: Period;
  /** What the bars of energy are sums over; null shows power alone. */
  energy: Period | null;
  /** Whether the span holds now, and grows. */
  live: boolean;
}

const DAY_MS = 86_400_000;

/**
 * The span of a range that holds a time, moved by whole ranges (0: that one).
 * `firstDay` begins a week; 0 is Sunday.
 */
export function span(
  range: Range,
  now: Date,
  moved: number,
  zone: string | undefined,
  firstDay: number,
): Span {
  if (range === "24h") {
    const end = new Date(now.getTime() + moved * DAY_MS);
    const start = new Date(end.getTime() - DAY_MS);
    return { range, start, end, power: "5minute", energy: null, live: moved === 0 };
  }
  const { year, month, day, weekday } = dayOf(now, zone);
  const at = (y: number, m: number, d: number): Date => midnight(y, m, d, zone);
  const live = moved === 0;
  switch (range) {
    case "day":
      return {
        range,
        start: at(year, month, day + moved),
        end: at(year, month, day + moved + 1),
        power: "5minute",
        energy: null,
        live,
      };
    case "week": {
      const first = day - ((weekday - firstDay + 7) % 7) + 7 * moved;
      return {
        range,
        start: at(year, month, first),
        end: at(year, month, first + 7),
        power: "hour",
        energy: "day",
        live,
      };
    }
    case "month":
      return {
        range,
        start: at(year, month + moved, 1),
        end: at(year, month + moved + 1, 1),
        power: "hour",
        energy: "day",
        live,
      };
    case "year":
      return {
        range,
        start: at(year + moved, 1, 1),
        end: at(year + moved + 1, 1, 1),
        power: "day",
        energy: "month",
        live,
      };
  }
}

/** The words for a span. */
export function spanName(
  { range, start, end }: Span,
  date: (at: Date, options: Intl.DateTimeFormatOptions) => string,
): string {
  const last = new Date(end.getTime() - 1);
  switch (range) {
    case "24h":
    case "week": {
      const options = { day: "numeric", month: "short" } as const;
      return `${date(start, options)} – ${date(last, options)}`;
    }
    case "day":
      return date(start, { weekday: "short", day: "numeric", month: "long" });
    case "month":
      return date(start, { month: "long", year: "numeric" });
    case "year":
      return date(start, { year: "numeric" });
  }
}

/** Five-minute rows are kept for some days only: hours stand in for older ones. */
export function coarser(spanned: Span, now: Date): Span {
  const old = now.getTime() - spanned.start.getTime() > 9 * DAY_MS;
  return old && spanned.power === "5minute" ? { ...spanned, power: "hour" } : spanned;
}
