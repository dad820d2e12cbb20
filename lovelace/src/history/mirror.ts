/** History from the mirror, the database of the park, in the recorder's own rows. */

import type { Hass } from "../shared/hass.js";
import type { Row, Rows } from "../shared/statistics.js";
import { dayOf, midnight, timeZone } from "../shared/zone.js";
import type { Span } from "./range.js";
import { stepMs } from "./series.js";
import type { Source } from "./source.js";

/** The most that the integration answers at once. */
const POINTS_MAX = 50_000;
const ENTITIES_MAX = 200;

const DAY_MS = 24 * 3_600_000;

type Resolution = "5minute" | "hour" | "day";

/** Times are in seconds. */
export interface Values {
  at: readonly number[];
  mean: readonly number[];
  low: readonly number[];
  high: readonly number[];
}

type ByEntity = Readonly<Record<string, Values | undefined>>;

/** The rows of power of each source, by its device. */
export async function mirrorPower(
  hass: Hass,
  sources: readonly Source[],
  { start, end, power }: Span,
): Promise<Rows> {
  const resolution = power as Resolution;
  const ids = sources.map((source) => source.power);
  const values = await ask(hass, ids, start, end, resolution);
  const step = stepMs(power);
  return Object.fromEntries(
    sources.map((source) => [source.device, means(values[source.power], step)]),
  );
}

/** What each source drew in each day or month, by its device. */
export async function mirrorEnergy(
  hass: Hass,
  sources: readonly Source[],
  { start, end, energy }: Span,
): Promise<Rows> {
  const ids = sources.flatMap((source) => source.energy ?? []);
  // What was counted before the first day is known by the end of the day before it.
  const before = new Date(start.getTime() - DAY_MS);
  const values = await ask(hass, ids, before, end, "day");
  const zone = timeZone(hass);
  return Object.fromEntries(
    sources.map((source) => {
      const days = changes(values[source.energy ?? ""], start.getTime());
      return [source.device, energy === "month" ? months(days, zone) : days];
    }),
  );
}

async function ask(
  hass: Hass,
  ids: readonly string[],
  start: Date,
  end: Date,
  resolution: Resolution,
): Promise<ByEntity> {
  const points = Math.ceil((end.getTime() - start.getTime()) / stepMs(resolution));
  const atOnce = Math.max(1, Math.min(ENTITIES_MAX, Math.floor(POINTS_MAX / points)));
  const found: Record<string, Values> = {};
  for (let first = 0; first < ids.length; first += atOnce) {
    const { entities } = await hass.callWS<{ entities: Record<string, Values> }>({
      type: "energy_park/history",
      entity_id: ids.slice(first, first + atOnce),
      start: start.toISOString(),
      end: end.toISOString(),
      resolution,
    });
    Object.assign(found, entities);
  }
  return found;
}

function means(values: Values | undefined, step: number): Row[] {
  return (values?.at ?? []).map((at, index) => ({
    start: at * 1000,
    end: at * 1000 + step,
    mean: values!.mean[index]!,
  }));
}

/** What a counter added in each day from a time on. */
export function changes(values: Values | undefined, from: number): Row[] {
  const { at, low, high } = values ?? { at: [], low: [], high: [] };
  return at.flatMap((time, day) => {
    const start = time * 1000;
    if (start < from) return [];
    const before = high[day - 1] ?? low[day]!;
    // A counter that began anew counts from where it is lowest.
    const change = high[day]! - (before > high[day]! ? low[day]! : before);
    return [{ start, end: start + DAY_MS, change }];
  });
}

/** The sums of months, as far as their days are known. */
export function months(days: readonly Row[], zone: string | undefined): Row[] {
  const sums = new Map<number, Row>();
  for (const { start, change } of days) {
    const { year, month } = dayOf(new Date(start), zone);
    const first = midnight(year, month, 1, zone).getTime();
    const end = midnight(year, month + 1, 1, zone).getTime();
    const sum = (sums.get(first)?.change ?? 0) + change!;
    sums.set(first, { start: first, end, change: sum });
  }
  return [...sums.values()];
}
