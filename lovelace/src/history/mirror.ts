/** History from the mirror, the database of the park, in the recorder's own rows. */

import type { Hass } from "../shared/hass.js";
import type { Row } from "../shared/statistics.js";
import type { Span } from "./range.js";
import type { Source } from "./source.js";

/** The most that the integration answers at once. */
const POINTS_MAX = 50_000;
const ENTITIES_MAX = 200;

const HOUR_MS = 3_600_000;

/** Means by the time, in milliseconds, at which their hour or day begins. */
export type Means = ReadonlyMap<number, number>;

interface Answer {
  entities: Readonly<
    Record<string, { at: readonly number[]; mean: readonly number[] }>
  >;
}

/** The rows of power of each source, by its device. */
export async function mirrorRows(
  hass: Hass,
  sources: readonly Source[],
  { start, end, power }: Span,
): Promise<Record<string, Row[]>> {
  const daily = power === "day";
  const step = daily ? 24 * HOUR_MS : HOUR_MS;
  const points = Math.ceil((end.getTime() - start.getTime()) / step);
  const atOnce = Math.max(1, Math.min(ENTITIES_MAX, Math.floor(POINTS_MAX / points)));
  const wanted = [...new Set(sources.flatMap(({ measured }) => measured))];
  const means = new Map<string, Means>();
  for (let first = 0; first < wanted.length; first += atOnce) {
    const { entities } = await hass.callWS<Answer>({
      type: "energy_park/history",
      entity_id: wanted.slice(first, first + atOnce),
      start: start.toISOString(),
      end: end.toISOString(),
      resolution: daily ? "day" : "hour",
    });
    for (const [id, { at, mean }] of Object.entries(entities)) {
      means.set(id, new Map(at.map((time, index) => [time * 1000, mean[index]!])));
    }
  }
  return Object.fromEntries(
    sources.map(({ device, measured }) => {
      const parts = measured.map((id) => means.get(id) ?? new Map<number, number>());
      const rows = total(parts).map(([at, mean]) => ({
        start: at,
        end: at + step,
        mean,
      }));
      return [device, rows];
    }),
  );
}

/** The sums of several, at the times at which all that there were are known. */
export function total(parts: readonly Means[]): [number, number][] {
  const begun = parts.filter(({ size }) => size);
  const firsts = begun.map((part) => Math.min(...part.keys()));
  const times = new Set(begun.flatMap((part) => [...part.keys()]));
  return [...times]
    .sort((a, b) => a - b)
    .flatMap((at): [number, number][] => {
      let sum = 0;
      for (const [index, part] of begun.entries()) {
        const value = part.get(at);
        // What was not there yet drew nothing; what fell silent is not known.
        if (value === undefined && at >= firsts[index]!) return [];
        sum += value ?? 0;
      }
      return [[at, sum]];
    });
}
