import { expect, test } from "vitest";

import type { Hass } from "../../src/shared/hass.js";
import {
  suitsHistory,
  suitsMeter,
  suitsPlan,
  suitsSavings,
  suitsShedding,
} from "../../src/suggest.js";
import { hass, state } from "../park.js";

const SUITS = {
  plan: suitsPlan,
  meter: suitsMeter,
  history: suitsHistory,
  savings: suitsSavings,
  shedding: suitsShedding,
};

/** What is registered: device, translation key and class of each entity. */
const ENTITIES: Record<
  string,
  [device: string, key?: string | undefined, deviceClass?: string]
> = {
  "sensor.linky_headroom": ["linky", "headroom", "apparent_power"],
  "sensor.linky": ["linky", "apparent_power", "apparent_power"],
  "sensor.linky_drawn": ["linky", "energy_drawn", "energy"],
  "sensor.linky_shed": ["linky", "shed_power", "power"],
  "switch.linky_test": ["linky", "shedding_test"],
  "switch.pc": ["pc"],
  "switch.pc_protected": ["pc", "protected"],
  "sensor.pc_power": ["pc", undefined, "power"],
  "sensor.pc_apparent": ["pc", "apparent_power", "apparent_power"],
  "switch.room": ["room"],
  "switch.room_computers": ["room", "computers"],
  "sensor.room_energy": ["room", undefined, "energy"],
  "sensor.room_standby": ["room", "standby_power", "power"],
  "switch.park_observe": ["room", "observe"],
  "sensor.park_avoided": ["room", "avoided", "energy"],
};

const page: Hass = hass(null, {
  entities: Object.fromEntries(
    Object.entries(ENTITIES).map(([id, [device_id, translation_key]]) => [
      id,
      {
        platform: "energy_park",
        device_id,
        ...(translation_key && { translation_key }),
      },
    ]),
  ),
  states: Object.fromEntries(
    Object.entries(ENTITIES).map(([id, [, , device_class]]) => [
      id,
      state(id, "1", { device_class }),
    ]),
  ),
  // A socket of a strip has no entry of its own here.
  devices: {
    linky: { config_entries: ["school"] },
    room: { config_entries: ["school"] },
  },
});

test.each<[string, Record<string, unknown>]>([
  ["sensor.linky_headroom", { meter: { park: "school", meter: "linky" } }],
  [
    "sensor.linky",
    {
      meter: { park: "school", meter: "linky" },
      history: { park: "school", sources: ["linky"] },
    },
  ],
  [
    "sensor.linky_drawn",
    {
      meter: { park: "school", meter: "linky" },
      history: { park: "school", sources: ["linky"] },
    },
  ],
  ["sensor.linky_shed", { shedding: { park: "school", meter: "linky" } }],
  ["switch.linky_test", {}],
  ["switch.pc", { plan: {} }],
  ["switch.pc_protected", {}],
  ["sensor.pc_power", { history: { sources: ["pc"] } }],
  ["sensor.pc_apparent", {}],
  ["switch.room", { plan: { park: "school" } }],
  ["switch.room_computers", { plan: { park: "school" } }],
  ["sensor.room_energy", { history: { park: "school", sources: ["room"] } }],
  ["sensor.room_standby", {}],
  ["switch.park_observe", {}],
  ["sensor.park_avoided", { savings: { park: "school" } }],
])("%s suits these cards", (id, expected) => {
  const suited = Object.entries(SUITS).map(([card, suits]) => [
    card,
    suits(page, id, page.entities[id]!),
  ]);
  expect(Object.fromEntries(suited.filter(([, config]) => config))).toEqual(expected);
});
