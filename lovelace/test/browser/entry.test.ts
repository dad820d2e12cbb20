/** What Home Assistant's pickers are told of the cards. */

import "../../src/entry.js";

import { afterEach, expect, test, vi } from "vitest";

import { hass, state } from "../park.js";

function ours() {
  return window.customCards!.filter(({ type }) => type.startsWith("energy-park-"));
}

function name(type: string): string {
  return ours().find((card) => card.type === type)!.name;
}

afterEach(() => {
  document.documentElement.lang = "en";
});

test("cards and dashboard are listed once", async () => {
  await vi.waitFor(() => {
    expect(ours()).not.toEqual([]);
  });
  expect(
    ours()
      .map(({ type }) => type)
      .sort(),
  ).toEqual([
    "energy-park-history-card",
    "energy-park-meter-card",
    "energy-park-plan-card",
    "energy-park-savings-card",
    "energy-park-shedding-card",
  ]);
  expect(window.customStrategies!.map(({ type }) => type)).toEqual(["energy-park"]);
});

test("they are called in the language that the page has by now", async () => {
  for (const [lang, expected] of [
    ["fr", "Energy Park : compteur"],
    ["es", "Energy Park: contador"],
    ["en", "Energy Park: meter"],
  ] as const) {
    document.documentElement.lang = lang;
    await vi.waitFor(() => {
      expect(name("energy-park-meter-card")).toBe(expected);
    });
  }
  expect(ours()).toHaveLength(5);
  expect(window.customStrategies).toHaveLength(1);
});

test("they are suggested for our entities only, set for what was picked", () => {
  const id = "sensor.headroom";
  const entity = { device_id: "linky", translation_key: "headroom" };
  const meter = ours().find(({ type }) => type === "energy-park-meter-card")!;
  const suggestion = (platform: string): unknown =>
    meter.getEntitySuggestion(
      hass(null, {
        states: { [id]: state(id, "1") },
        entities: { [id]: { ...entity, platform } },
      }),
      id,
    );
  expect(suggestion("energy_park")).toEqual({
    config: { type: "custom:energy-park-meter-card", meter: "linky" },
  });
  expect(suggestion("other")).toBeNull();
});
