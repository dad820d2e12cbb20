import { expect, test, vi } from "vitest";

import type { Hass, HassState } from "../../src/shared/hass.js";
import type { Park } from "../../src/shared/park.js";
import { hass, park, state } from "../park.js";
import { all, isAccessible, mount, one, repainted, settled, update } from "./page.js";

const TYPE = "energy-park-meter-card";

/** A park whose meter tells just this. */
function page(told: Record<string, HassState>, overrides: Partial<Hass> = {}): Hass {
  const of: Park = {
    ...park([]),
    meters: [
      {
        device: "device_meter",
        name: "Linky",
        entities: Object.fromEntries(
          Object.entries(told).map(([key, one]) => [key, one.entity_id]),
        ),
      },
    ],
  };
  const states = Object.fromEntries(
    Object.values(told).map((one) => [one.entity_id, one]),
  );
  return hass(of, { states, ...overrides });
}

function va(id: string, value: number): HassState {
  return state(id, String(value), { unit_of_measurement: "VA" });
}

const BASIC = {
  apparent_power: va("sensor.power", 2500),
  subscribed_power: va("sensor.subscribed", 6000),
  headroom: va("sensor.headroom", 3500),
  overload: state("binary_sensor.overload", "off"),
  tariff: state("sensor.tariff", "off_peak"),
};

function facts(card: Element): string[] {
  return [...card.shadowRoot!.querySelectorAll("dt")].map(
    (term) => `${term.textContent}: ${term.nextElementSibling!.textContent}`,
  );
}

test("power against subscribed power, headroom and tariff", async () => {
  const card = await mount(TYPE, page(BASIC));
  expect(one(card, ".now").textContent).toBe("2.50 kVA");
  expect(one(card, ".of").textContent).toBe("of 6.00 kVA subscribed");
  expect(one(card, ".level").textContent).toBe("Room to spare");
  expect(one(card, ".badge").textContent).toBe("<off_peak>");
  expect(facts(card)).toEqual(["Headroom: 3.50 kVA"]);
  await isAccessible(card);
});

test("an overload is told in words, not by colour alone", async () => {
  const card = await mount(TYPE, page(BASIC));
  update(card, va("sensor.power", 7000), state("binary_sensor.overload", "on"));
  await repainted(card);
  expect(one(card, ".level").textContent).toBe("Over the limit");
  expect(one(card, ".gauge").getAttribute("aria-label")).toContain("Over the limit");
});

test("a silent meter is not at 0 VA", async () => {
  const card = await mount(
    TYPE,
    page({ ...BASIC, apparent_power: state("sensor.power", "unavailable") }),
  );
  expect(one(card, ".now").textContent).toBe("–");
  expect(one(card, ".level").textContent).toBe("The meter is not heard");
  expect(all(card, ".load")).toEqual([]);
});

test("what a meter tells more is shown more", async () => {
  const card = await mount(
    TYPE,
    page({
      ...BASIC,
      time_to_trip: state("sensor.trip", "42", { unit_of_measurement: "s" }),
      trip_margin: state("sensor.margin", "31", { unit_of_measurement: "%" }),
      power: state("sensor.active", "2400", { unit_of_measurement: "W" }),
      max_power: va("sensor.max", 4100),
      color_today: state("sensor.today", "white"),
      color_tomorrow: state("sensor.tomorrow", "red"),
      cost_today: state("sensor.cost", "3.2"),
      injected_power: va("sensor.injected", 800),
      next_tariff: state("sensor.next", "peak"),
      next_tariff_at: state("sensor.next_at", "2026-11-20T12:30:00+00:00"),
    }),
  );
  expect(one(card, ".alarm").textContent.replace(/\s+/g, " ").trim()).toBe(
    "The meter will cut off in 42 s",
  );
  expect(facts(card)).toEqual([
    "Headroom: 3.50 kVA",
    "Margin to cut-off: 31%",
    "Active power: 2.40 kW",
    "Injected: 800 VA",
    "Maximum today: 4.10 kVA",
    "Cost today: €3.20",
    "Next tariff: <peak>, 13:30",
    "Today: <white>",
    "Tomorrow: <red>",
  ]);
  await isAccessible(card);
});

test("a screen reader is told once that the meter will cut off", async () => {
  const trip = (seconds: number): HassState =>
    state("sensor.trip", String(seconds), { unit_of_measurement: "s" });
  const card = await mount(TYPE, page({ ...BASIC, time_to_trip: trip(42) }));
  const alert = one(card, "[role=alert]");
  expect(alert.textContent).toBe("The meter will cut off");
  const told = vi.fn();
  new MutationObserver(told).observe(alert, { subtree: true, characterData: true });
  update(card, trip(41));
  await repainted(card);
  expect(one(card, ".alarm").textContent).toContain("41 s");
  expect(one(card, "[role=alert]")).toBe(alert);
  expect(told).not.toHaveBeenCalled();
});

test("three phases stand side by side, each with its own limit", async () => {
  const card = await mount(
    TYPE,
    page({
      ...BASIC,
      phase_power_1: va("sensor.p1", 500),
      phase_headroom_1: va("sensor.h1", 1500),
      phase_power_2: va("sensor.p2", 1900),
      phase_headroom_2: va("sensor.h2", 100),
      phase_power_3: va("sensor.p3", 2100),
      phase_headroom_3: va("sensor.h3", -100),
    }),
  );
  const rows = all(card, ".phases div");
  expect(rows.map((row) => row.className)).toEqual(["easy", "high", "over"]);
  expect(rows[1]!.textContent.replace(/\s+/g, " ").trim()).toBe("Phase 2 1.90 kVA");
});

test.each([
  ["will_trip", "The meter will cut off"],
  ["peak_running", "Mobile peak"],
  ["peak_notice", "A mobile peak is announced"],
])("%s is told", async (key, words) => {
  const card = await mount(
    TYPE,
    page({ ...BASIC, [key]: state("binary_sensor.alarm", "on") }),
  );
  expect(one(card, ".alarm").textContent).toContain(words);
});

test("the energy since the house's midnight is asked for once", async () => {
  const callWS = vi.fn(() =>
    Promise.resolve({ "sensor.drawn": [{ change: 1200 }, { change: 300 }] }),
  );
  const card = await mount(
    TYPE,
    page(
      { ...BASIC, energy_drawn: state("sensor.drawn", "9000") },
      { callWS: callWS as unknown as Hass["callWS"] },
    ),
  );
  await settled(card);
  expect(facts(card)).toContain("Drawn today: 1.50 kWh");
  update(card, va("sensor.power", 3000));
  await repainted(card);
  expect(callWS).toHaveBeenCalledOnce();
});

test("another of several meters can be chosen", async () => {
  const of = park([]);
  const second = { device: "second", name: "Workshop", entities: {} };
  const card = await mount(TYPE, hass({ ...of, meters: [...of.meters, second] }), {
    meter: "second",
  } as object);
  expect(one(card, "h2").textContent).toBe("Workshop");
});
