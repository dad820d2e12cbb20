/** Home Assistant's long-term statistics, asked for as compactly as they come. */

import type { Hass } from "./hass.js";

export type Period = "5minute" | "hour" | "day" | "week" | "month";

/** One row; times are milliseconds since 1970. */
export interface Row {
  start: number;
  end: number;
  mean?: number | null;
  min?: number | null;
  max?: number | null;
  change?: number | null;
}

export type Rows = Readonly<Record<string, readonly Row[] | undefined>>;

export function statistics(
  hass: Hass,
  ids: readonly string[],
  start: Date,
  end: Date | undefined,
  period: Period,
  types: readonly ("mean" | "min" | "max" | "change")[],
): Promise<Rows> {
  return hass.callWS<Rows>({
    type: "recorder/statistics_during_period",
    start_time: start.toISOString(),
    ...(end && { end_time: end.toISOString() }),
    statistic_ids: ids,
    period,
    types,
    units: { energy: "Wh", power: "W", apparent_power: "VA" },
  });
}

/** The sum of what was added in some rows; null when nothing is known. */
export function added(rows: readonly Row[] | undefined): number | null {
  const changes = (rows ?? []).flatMap((row) => row.change ?? []);
  return changes.length ? changes.reduce((sum, change) => sum + change, 0) : null;
}
