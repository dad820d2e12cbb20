import { describe, expect, test } from "vitest";

import { format } from "../../src/shared/format.js";
import { hass } from "../park.js";

function of(language: string, number_format = "language"): ReturnType<typeof format> {
  return format(
    hass(null, {
      locale: { language, number_format, time_format: "24", time_zone: "server" },
    }),
  );
}

/** Spaces of all widths as plain ones. */
function plain(text: string): string {
  return text.replace(/\s/g, " ");
}

describe("powers", () => {
  test.each([
    [0, "0 W"],
    [0.44, "0.4 W"],
    [-0.01, "0.0 W"],
    [9.94, "9.9 W"],
    [9.96, "10 W"],
    [143.4, "143 W"],
    [999.4, "999 W"],
    [999.6, "1.00 kW"],
    [1234, "1.23 kW"],
    [12_340, "12.3 kW"],
    [-1234, "-1.23 kW"],
    [1_234_000, "1.23 MW"],
  ])("%d W reads %s", (watts, text) => {
    expect(of("en").power(watts)).toBe(text);
  });

  test.each([
    ["fr", "language", "1,23 kW"],
    ["en", "decimal_comma", "1,23 kW"],
    ["fr", "comma_decimal", "1.23 kW"],
    ["es", "none", "1,23 kW"],
  ])("%s with %s", (language, numbers, text) => {
    expect(of(language, numbers).power(1234)).toBe(text);
  });
});

test("numbers are grouped as the user wants", () => {
  expect(plain(of("en", "space_comma").number(1234567))).toBe("1 234 567");
  expect(of("en", "none").number(1234567)).toBe("1234567");
});

test.each([
  [42.4, "42 s"],
  [180, "3 min"],
  [7200, "2 h"],
])("%d s read %s", (seconds, text) => {
  expect(of("en").duration(seconds)).toBe(text);
});

test("money has the house's currency and the user's words", () => {
  expect(plain(of("fr").money(3.2, "EUR"))).toBe("3,20 €");
});

test("a time is the house's, in the user's clock", () => {
  expect(of("en").time(new Date("2026-11-20T12:30:00Z"))).toBe("13:30");
});

test.each([
  ["en", "24", "00:05"],
  ["en", "12", "12:05 AM"],
  ["fr", "24", "0:05"],
  ["es", "24", "0:05"],
])("midnight in %s with a clock of %s hours", (language, time_format, text) => {
  const locale = {
    language,
    number_format: "language",
    time_format,
    time_zone: "server",
  };
  const midnight = new Date("2026-11-19T23:05:00Z");
  expect(plain(format(hass(null, { locale })).time(midnight))).toBe(text);
});
