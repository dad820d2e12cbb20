import { describe, expect, test } from "vitest";

import { socketStatus } from "../../src/plan/status.js";
import { HEAT_MAX_W, HEAT_STEPS, heatPower, heatStep } from "../../src/shared/heat.js";
import { numberOf } from "../../src/shared/park.js";
import { arc, load } from "../../src/meter/gauge.js";
import { format } from "../../src/shared/format.js";
import { hass, state } from "../park.js";

describe("a socket", () => {
  const look = (
    plug: string,
    watts: string,
    attributes: Record<string, unknown> = {},
    reason = "as_found",
  ): ReturnType<typeof socketStatus> =>
    socketStatus(
      state("switch.a", plug, attributes),
      state("sensor.a", watts, { unit_of_measurement: "W" }),
      state("sensor.r", reason),
      HEAT_MAX_W,
    );

  test("that is on shows its power and its heat", () => {
    expect(look("on", "25")).toMatchObject({ on: true, power: 25, mark: "none" });
    expect(look("on", "25").heat).toBeGreaterThan(look("on", "3").heat);
  });

  test("that is not heard is neither on nor off, at no known power", () => {
    const status = look("unavailable", "unavailable");
    expect(status).toMatchObject({ on: null, power: null, mark: "unheard" });
  });

  test("whose power is missing is heard, and not at 0 W", () => {
    expect(look("on", "unknown")).toMatchObject({ on: true, power: null, stale: true });
  });

  test("without a power sensor misses nothing", () => {
    const status = socketStatus(state("switch.a", "on"), undefined, undefined, 100);
    expect(status).toMatchObject({ on: true, power: null, stale: false });
  });

  test("that is not yet what is wanted says so", () => {
    expect(look("on", "25", { wanted: false })).toMatchObject({
      mark: "pending",
      wanted: false,
    });
    expect(look("off", "0", { wanted: false }).mark).toBe("none");
  });

  test("that was shed says so", () => {
    expect(look("off", "0", { wanted: false }, "shed").mark).toBe("shed");
  });

  test("that is not registered is not heard", () => {
    expect(socketStatus(undefined, undefined, undefined, 100).mark).toBe("unheard");
  });
});

describe("heat", () => {
  test("is the same for powers that read the same", () => {
    const { power } = format(hass(null));
    for (const max of [HEAT_MAX_W, 60, 3000, 20_000]) {
      const steps = new Map<string, Set<number>>();
      for (let watts = 0.05; watts < 25_000; watts *= 1.0004) {
        const seen = steps.get(power(watts)) ?? new Set();
        steps.set(power(watts), seen.add(heatStep(watts, max)));
      }
      expect([...steps].filter(([, { size }]) => size > 1)).toEqual([]);
    }
  });

  test("rises with power and ends at both sides", () => {
    const steps = [0, 0.5, 2, 8, 30, 90, 200, 5000].map((watts) => heatStep(watts));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps[0]).toBe(0);
    expect(steps[1]).toBe(1);
    expect(steps.at(-1)).toBe(HEAT_STEPS);
  });

  test("of an unknown power is none", () => {
    expect(heatStep(null)).toBe(0);
  });

  test("its legend names the power of each step", () => {
    for (let step = 1; step <= HEAT_STEPS; step++) {
      expect(heatStep(heatPower(step))).toBe(step);
    }
  });
});

describe("a number", () => {
  test.each([
    ["1.5", "kW", 1500],
    ["1500", "W", 1500],
    ["2", "MWh", 2_000_000],
    ["350", "mA", 0.35],
    ["1.5", "kg", 1500],
    ["12", "%", 12],
    ["12", "min", 12],
  ])("%s %s is %d", (value, unit, expected) => {
    const one = state("sensor.a", value, { unit_of_measurement: unit });
    expect(numberOf(one)).toBeCloseTo(expected);
  });

  test.each(["unknown", "unavailable", "", "many"])("%s is none", (value) => {
    expect(numberOf(state("sensor.a", value))).toBeNull();
  });
});

describe("a meter's load", () => {
  test.each([
    [3000, 6000, false, "easy", 0.5],
    [5000, 6000, false, "high", 5 / 6],
    [6001, 6000, false, "over", 6001 / 6000],
    [100, 6000, true, "over", 100 / 6000],
    [100, null, false, "unknown", null],
    [null, 6000, null, "unknown", null],
    [null, 6000, true, "over", null],
  ] as const)(
    "%s of %s VA, overload %s: %s",
    (drawn, limit, overload, level, share) => {
      expect(load(drawn, limit, overload)).toEqual({ level, share });
    },
  );

  test("its arc ends where its share does, and never beyond the scale", () => {
    expect(arc(0.5)).toMatch(/100\.00 12\.00$/);
    expect(arc(7)).toBe(arc(1));
    expect(arc(-1)).toBe(arc(0));
  });
});
