import { describe, expect, test } from "vitest";

import {
  barsOf,
  path,
  spark,
  ticks,
  timeAt,
  x,
  y,
  type Frame,
} from "../../src/history/chart.js";
import { changes, mirrorPower, months } from "../../src/history/mirror.js";
import { coarser, span, spanName, type Range } from "../../src/history/range.js";
import { barAt, bars, line, mean, sum, valueAt } from "../../src/history/series.js";
import { sources, usual } from "../../src/history/source.js";
import type { Row } from "../../src/shared/statistics.js";
import { hass, park, state } from "../park.js";

const PARIS = "Europe/Paris";
const NOW = new Date("2026-11-20T12:30:00Z");
const FIVE = 300_000;
const MONDAY = 1;

describe("a span", () => {
  test.each<[Range, number, string, string]>([
    ["24h", 0, "2026-11-19T12:30:00Z", "2026-11-20T12:30:00Z"],
    ["24h", -2, "2026-11-17T12:30:00Z", "2026-11-18T12:30:00Z"],
    ["day", 0, "2026-11-19T23:00:00Z", "2026-11-20T23:00:00Z"],
    // The day of 25 hours.
    ["day", -26, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
    ["week", 0, "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z"],
    ["week", -4, "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z"],
    ["month", 0, "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"],
    ["month", -11, "2025-11-30T23:00:00Z", "2025-12-31T23:00:00Z"],
    ["year", -1, "2024-12-31T23:00:00Z", "2025-12-31T23:00:00Z"],
  ])("of %s, moved by %d, is %s to %s", (range, moved, start, end) => {
    const made = span(range, NOW, moved, PARIS, MONDAY);
    expect([made.start, made.end]).toEqual([new Date(start), new Date(end)]);
    expect(made.live).toBe(moved === 0);
  });

  test("begins a week on Monday, also when it is Sunday", () => {
    const sunday = new Date("2026-11-22T12:00:00Z");
    expect(span("week", sunday, 0, PARIS, MONDAY).start).toEqual(
      new Date("2026-11-15T23:00:00Z"),
    );
  });

  test.each([
    [0, "2026-11-14T23:00:00Z"],
    [5, "2026-11-19T23:00:00Z"],
    [6, "2026-11-13T23:00:00Z"],
  ])("begins a week on day %d of it", (day, start) => {
    expect(span("week", NOW, 0, PARIS, day).start).toEqual(new Date(start));
  });

  test("is shown by hours where finer rows are gone", () => {
    expect(coarser(span("day", NOW, -3, PARIS, MONDAY), NOW).power).toBe("5minute");
    expect(coarser(span("day", NOW, -30, PARIS, MONDAY), NOW).power).toBe("hour");
  });

  test.each<[Range, string]>([
    ["24h", "Nov 19 – Nov 20"],
    ["day", "Fri, November 20"],
    ["week", "Nov 16 – Nov 22"],
    ["month", "November 2026"],
    ["year", "2026"],
  ])("of %s is named %s", (range, name) => {
    const date = (at: Date, options: Intl.DateTimeFormatOptions): string =>
      new Intl.DateTimeFormat("en", { timeZone: PARIS, ...options }).format(at);
    expect(spanName(span(range, NOW, 0, PARIS, MONDAY), date)).toBe(name);
  });
});

describe("points", () => {
  const row = (index: number, value: number | null) => ({
    start: index * FIVE,
    end: (index + 1) * FIVE,
    mean: value,
  });

  test("have a gap where rows are missing, and where nothing was known", () => {
    const points = line([row(0, 1), row(1, 2), row(5, 3), row(6, null)], "5minute");
    expect(points.map(({ value }) => value)).toEqual([1, 2, null, 3, null]);
  });

  test("are read nearest to a time, and not across a gap", () => {
    const points = line([row(0, 1), row(1, 2), row(20, 3)], "5minute");
    expect(valueAt(points, FIVE * 1.4, FIVE)).toBe(2);
    expect(valueAt(points, FIVE * 10, FIVE)).toBeNull();
    expect(valueAt([], 0, FIVE)).toBeNull();
  });

  test("have a mean of what is known", () => {
    expect(mean(line([row(0, 1), row(5, 3)], "5minute"))).toBe(2);
    expect(mean([])).toBeNull();
  });

  test("of energy are what was added", () => {
    expect(bars([{ start: 0, end: 1, change: 5 }])).toEqual([{ at: 0, value: 5 }]);
    expect(bars(undefined)).toEqual([]);
    expect(sum(bars([{ start: 0, end: 1, change: 5 }]))).toBe(5);
    expect(sum([])).toBeNull();
  });

  test("of energy are read within their period only", () => {
    const days = [
      { at: 0, value: 5 },
      { at: 10, value: 7 },
    ];
    expect([0, 9, 10, 19].map((at) => barAt(days, at, 10))).toEqual([5, 5, 7, 7]);
    expect([-1, 20].map((at) => barAt(days, at, 10))).toEqual([null, null]);
  });
});

describe("a chart", () => {
  const frame: Frame = {
    width: 200,
    height: 100,
    left: 50,
    right: 50,
    top: 10,
    bottom: 10,
    start: 0,
    end: 1000,
    max: 40,
  };

  test.each([
    [0, [0, 1]],
    [7, [0, 2, 4, 6, 8]],
    [100, [0, 25, 50, 75, 100]],
    [1234, [0, 500, 1000, 1500]],
    [0.3, [0, 0.1, 0.2, 0.3]],
  ])("up to %d has round marks", (largest, expected) => {
    const made = ticks(largest);
    expect(made).toHaveLength(expected.length);
    made.forEach((tick, index) => {
      expect(tick).toBeCloseTo(expected[index]!);
    });
  });

  test("places times and values, and finds the time of a place", () => {
    expect([x(frame, 0), x(frame, 500), x(frame, 1000)]).toEqual([50, 100, 150]);
    expect([y(frame, 0), y(frame, 40)]).toEqual([90, 10]);
    expect(timeAt(frame, 100)).toBe(500);
    expect([timeAt(frame, -9), timeAt(frame, 999)]).toEqual([0, 1000]);
  });

  test("interrupts a line at a gap, and shows a lone point", () => {
    const drawn = path(frame, [
      { at: 0, value: 0 },
      { at: 500, value: 40 },
      { at: 600, value: null },
      { at: 1000, value: 20 },
    ]);
    expect(drawn).toBe("M50.0 90.0h0L100.0 10.0M150.0 50.0h0");
  });

  test("sets the bars of several series side by side", () => {
    const points = [{ at: 0, value: 40 }];
    const [first] = barsOf(frame, points, 1000, 0, 2);
    const [second] = barsOf(frame, points, 1000, 1, 2);
    expect(first!.x + first!.width).toBeLessThanOrEqual(second!.x);
    expect(first!.height).toBe(80);
    expect(barsOf(frame, [{ at: 0, value: null }], 1000, 0, 1)).toEqual([]);
  });

  test("in small has its own scale", () => {
    expect(spark([{ at: 0, value: 500 }], 0, 10)).toBe("M1.0 2.0h0");
  });
});

describe("sources", () => {
  test("are the meter, the park, sectors and sockets that measure", () => {
    const of = park([2], 1);
    const all = sources(of, {});
    expect(all.map(({ kind }) => kind)).toEqual([
      "meter",
      "park",
      "sector",
      "socket",
      "socket",
      "socket",
    ]);
    expect(all[0]).toMatchObject({ unit: "VA", power: "sensor.meter_power" });
    expect(usual(all, 8)).toEqual(["sector_0"]);
    expect(usual(sources(park([]), {}), 8)).toEqual(["device_meter", "device_park"]);
  });

  test("take the meter's active power where it has one", () => {
    const of = park([]);
    const [meter] = of.meters;
    const withPower = {
      ...of,
      meters: [{ ...meter!, entities: { ...meter!.entities, power: "sensor.grid" } }],
    };
    const [first] = sources(withPower, { "sensor.grid": state("sensor.grid", "1") });
    expect(first).toMatchObject({ unit: "W", power: "sensor.grid" });
  });
});

describe("the mirror", () => {
  const DAY = 86_400_000;
  /** Lowest and highest of a counter, day by day. */
  const counter = (first: number, ...days: [low: number, high: number][]) => ({
    at: days.map((_, day) => (first + day * DAY) / 1000),
    mean: days.map(([low]) => low),
    low: days.map(([low]) => low),
    high: days.map(([, high]) => high),
  });
  const added = (rows: readonly Row[]): unknown[] =>
    rows.map(({ start, change }) => [start, change]);

  test("tells what was counted since the day before", () => {
    const told = counter(0, [100, 200], [201, 250], [255, 300]);
    expect(added(changes(told, DAY))).toEqual([
      [DAY, 50],
      [2 * DAY, 50],
    ]);
    // Nothing is known from before the first day.
    expect(added(changes(told, 0))[0]).toEqual([0, 100]);
    expect(changes(undefined, 0)).toEqual([]);
  });

  test("counts on where a counter began anew", () => {
    const told = counter(0, [100, 200], [3, 40]);
    expect(added(changes(told, DAY))).toEqual([[DAY, 37]]);
  });

  test("tells months by the house's calendar", () => {
    const first = Date.parse("2026-02-27T23:00:00Z");
    const days = changes(counter(first, [0, 1], [1, 3], [3, 7]), 0);
    expect(added(months(days, PARIS))).toEqual([
      [Date.parse("2026-01-31T23:00:00Z"), 1],
      [Date.parse("2026-02-28T23:00:00Z"), 6],
    ]);
  });

  test("is asked in portions that the integration answers", async () => {
    const asked: number[] = [];
    const page = hass(null, {
      callWS: <T>(message: { type: string }): Promise<T> => {
        const { entity_id } = message as unknown as { entity_id: string[] };
        asked.push(entity_id.length);
        return Promise.resolve({ entities: {} } as T);
      },
    });
    const all = sources(park([500]), {}).filter(({ kind }) => kind === "socket");
    const month = {
      ...span("month", new Date(), 0, "UTC", MONDAY),
      power: "hour" as const,
    };
    await mirrorPower(page, all, month);
    expect(asked.reduce((all, count) => all + count, 0)).toBe(500);
    expect(Math.max(...asked)).toBeLessThanOrEqual(50_000 / (28 * 24));
  });
});
