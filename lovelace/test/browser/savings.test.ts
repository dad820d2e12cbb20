import { expect, test } from "vitest";

import type { Hass, HassState } from "../../src/shared/hass.js";
import type { Park } from "../../src/shared/park.js";
import type { ParkStrategy } from "../../src/strategy/strategy.js";
import { FakeConnection, hass, park, state } from "../park.js";
import { all, isAccessible, mount, one, settled } from "./page.js";

const TYPE = "energy-park-savings-card";

function wh(id: string, value: number): HassState {
  return state(id, String(value), { unit_of_measurement: "Wh" });
}

function page(
  told: Record<string, HassState>,
  energies: Record<string, number> = {},
): Hass {
  const made = park([1, 1]);
  const of: Park = {
    ...made,
    entities: Object.fromEntries(
      Object.entries(told).map(([key, one]) => [key, one.entity_id]),
    ),
    sectors: made.sectors.map((sector) => ({
      ...sector,
      entities: { ...sector.entities, energy: `sensor.${sector.device}` },
    })),
  };
  return hass(of, {
    states: Object.fromEntries(Object.values(told).map((one) => [one.entity_id, one])),
    callWS: (() =>
      Promise.resolve(
        Object.fromEntries(
          Object.entries(energies).map(([id, change]) => [id, [{ change }]]),
        ),
      )) as Hass["callWS"],
  });
}

function facts(card: Element): string[] {
  return [...card.shadowRoot!.querySelectorAll("dt")].map(
    (term) => `${term.textContent}: ${term.nextElementSibling!.textContent}`,
  );
}

const SAVED = {
  measured: wh("sensor.measured", 8000),
  baseline: wh("sensor.baseline", 10_000),
  avoided: wh("sensor.avoided", 2000),
  coverage: state("sensor.coverage", "92", { unit_of_measurement: "%" }),
  avoided_cost: state("sensor.cost", "0.5"),
  avoided_co2: state("sensor.co2", "120"),
};

test("measured, baseline and avoided stand apart, with their coverage", async () => {
  const card = await mount(TYPE, page(SAVED));
  expect(one(card, ".avoided").textContent.replace(/\s+/g, " ").trim()).toBe(
    "2.00 kWh avoided, €0.50",
  );
  expect(facts(card)).toEqual([
    "Measured: 8.00 kWh",
    "Baseline: 10.0 kWh",
    "Share avoided: 20%",
    "CO₂ avoided: 0.1 kg",
    "Coverage: 92%",
  ]);
  await isAccessible(card);
});

test("more than the baseline is not called a saving", async () => {
  const card = await mount(
    TYPE,
    page({ ...SAVED, avoided: wh("sensor.avoided", -700) }),
  );
  expect(one(card, ".avoided").textContent).toContain("-700 Wh");
  expect(one(card, ".avoided").textContent).toContain("used beyond the baseline");
});

test("without a baseline it says what is missing, and shows what there is", async () => {
  const card = await mount(
    TYPE,
    page({}, { "sensor.sector_0": 500, "sensor.sector_1": 1500 }),
  );
  await settled(card);
  expect(one(card, ".hint").textContent).toContain("no baseline to compare with yet");
  expect(
    all(card, "li").map((row) => row.textContent.replace(/\s+/g, " ").trim()),
  ).toEqual(["Room 1 1.50 kWh", "Room 0 500 Wh"]);
  await isAccessible(card);
});

test("what is left on now is told when it is known", async () => {
  const waste = state("sensor.waste", "64", { unit_of_measurement: "W" });
  const card = await mount(TYPE, page({ waste_power: waste }));
  expect(all(card, ".hint").at(-1)!.textContent).toBe(
    "Left on or in standby now: 64 W",
  );
});

// The dashboard, as Home Assistant asks for it

const strategy = (): typeof ParkStrategy =>
  customElements.get("ll-strategy-dashboard-energy-park") as typeof ParkStrategy;

test("a dashboard is made of the park", async () => {
  const { views } = await strategy().generate(
    { type: "custom:energy-park" },
    hass(park([2])),
  );
  expect(views).toHaveLength(7);
});

test("a dashboard without a park has a card that says so", async () => {
  const { views } = await strategy().generate(
    { type: "custom:energy-park" },
    hass(null),
  );
  expect(views).toEqual([{ cards: [{ type: "custom:energy-park-plan-card" }] }]);
});

test("a dashboard does not wait for ever", async () => {
  const connection = new FakeConnection();
  connection.refuse = { code: "unknown_command", message: "Unknown command." };
  const started = performance.now();
  const { views } = await strategy().generate(
    { type: "custom:energy-park" },
    hass(null, { connection }),
  );
  expect(views).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(4900);
});

test.each([
  [
    "energy-park-plan-card",
    ["title", "park", "plan", "tap", "zone_tap", "heat_max", "read_only"],
  ],
  ["energy-park-meter-card", ["title", "park", "meter"]],
  ["energy-park-history-card", ["title", "park", "range", "sources", "origin"]],
  ["energy-park-savings-card", ["title", "park"]],
  ["energy-park-shedding-card", ["title", "park", "meter", "read_only"]],
])("%s is edited in a form with labels", async (type, fields) => {
  const element = customElements.get(type) as unknown as {
    getConfigForm(): Promise<{
      schema: { name: string; selector: object }[];
      computeLabel(field: { name: string }): string;
    }>;
  };
  const form = await element.getConfigForm();
  expect(form.schema.map(({ name }) => name)).toEqual(fields);
  for (const field of form.schema)
    expect(form.computeLabel(field)).not.toContain("config_");
});
