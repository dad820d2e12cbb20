/** What is seen of a history: its series, their colours, and where the reader points. */

import type { Scene } from "../shared/card.js";
import type { Answer } from "./query.js";
import type { Span } from "./range.js";
import { barAt, bars, line, stepMs, valueAt, type Point } from "./series.js";
import type { Source } from "./source.js";

/** Each told from the others by its dashes too. */
export const COLORS = [
  "#2c7fb8",
  "#d1495b",
  "#2e9e5b",
  "#b8860b",
  "#8e5bd0",
  "#0f8f9b",
  "#c2571a",
  "#7a7a7a",
] as const;
const DASHES = ["", "7 3", "2 3", "10 3 2 3", "5 5", "1 4", "12 4", "4 2 1 2"] as const;

export interface Series {
  source: Source;
  color: string;
  dash: string;
  power: readonly Point[];
  energy: readonly Point[];
}

export interface Sight {
  /** Whether the card is alone on a page: then there is room in height, too. */
  alone: boolean;
  scene: Scene;
  span: Span;
  series: readonly Series[];
  /** The time that the reader points at. */
  cursor: number | null;
  /** Pixels across. */
  width: number;
}

export function seriesOf(
  { span, power, energy }: Answer,
  sources: readonly Source[],
): Series[] {
  return sources.map((source, index) => ({
    source,
    color: COLORS[index % COLORS.length]!,
    dash: DASHES[index % DASHES.length]!,
    power: line(power[source.device], span.power),
    energy: bars(energy[source.device]),
  }));
}

/** A time in words, as finely as the range needs. */
export function when({ scene: { f }, span: { range } }: Sight, at: number): string {
  const time = new Date(at);
  return range === "24h" || range === "day"
    ? f.time(time)
    : `${f.date(time, { day: "numeric", month: "short" })} ${f.time(time)}`;
}

/** A power with its unit. */
export function powerText({ scene: { f } }: Sight, { unit }: Source, value: number) {
  return unit === "W" ? f.power(value) : f.apparent(value);
}

/** What a series was at the cursor, null where that is not known. */
export function atCursor(sight: Sight, { source, power }: Series): string | null {
  if (sight.cursor === null) return null;
  const value = valueAt(power, sight.cursor, stepMs(sight.span.power));
  return value === null ? null : powerText(sight, source, value);
}

/** What a series drew in the day or the month at the cursor, null where unknown. */
export function energyAtCursor(
  { cursor, span, scene: { f } }: Sight,
  { energy }: Series,
): string | null {
  if (cursor === null || span.energy === null) return null;
  const value = barAt(energy, cursor, stepMs(span.energy));
  return value === null ? null : f.energy(value);
}

/** The times at which the bars of some series begin. */
export function periods(series: readonly Series[]): number[] {
  const begins = series.flatMap(({ energy }) => energy.map(({ at }) => at));
  return [...new Set(begins)].sort((a, b) => a - b);
}
