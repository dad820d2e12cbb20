import { expect, test } from "vitest";

import { added } from "../../src/shared/statistics.js";
import { firstWeekday, startOfDay } from "../../src/shared/zone.js";
import { hass } from "../park.js";

const PARIS = "Europe/Paris";

test.each([
  ["2026-11-20T12:00:00Z", 0, "2026-11-19T23:00:00Z"],
  ["2026-11-19T22:59:59Z", 0, "2026-11-18T23:00:00Z"],
  ["2026-07-01T12:00:00Z", 0, "2026-06-30T22:00:00Z"],
  ["2026-11-20T12:00:00Z", -1, "2026-11-18T23:00:00Z"],
  ["2026-11-20T12:00:00Z", -30, "2026-10-20T22:00:00Z"],
  // The day the clocks change, seen from after the change.
  ["2026-03-29T12:00:00Z", 0, "2026-03-28T23:00:00Z"],
  ["2026-10-25T12:00:00Z", 0, "2026-10-24T22:00:00Z"],
  ["2026-10-25T12:00:00Z", 1, "2026-10-25T23:00:00Z"],
])("the day of %s, moved by %d, begins at %s", (at, days, expected) => {
  expect(startOfDay(new Date(at), PARIS, days)).toEqual(new Date(expected));
});

test("what was added is the sum of what is known", () => {
  const row = { start: 0, end: 1 };
  expect(
    added([
      { ...row, change: 2 },
      { ...row, change: null },
      { ...row, change: 3 },
    ]),
  ).toBe(5);
  expect(added([{ ...row, change: null }])).toBeNull();
  expect(added(undefined)).toBeNull();
});

test.each([
  ["language", "en", 0],
  ["language", "fr", 1],
  ["sunday", "fr", 0],
  ["saturday", "en", 6],
  [undefined, "en", 1],
])("a week begins on %s in %s", (first_weekday, language, day) => {
  const { locale } = hass(null);
  const own = { ...locale, language, ...(first_weekday && { first_weekday }) };
  expect(firstWeekday(hass(null, { locale: own }))).toBe(day);
});
