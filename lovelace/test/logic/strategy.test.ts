import { describe, expect, test } from "vitest";

import { applied, plansOf, type StoredHead } from "../../src/plan/document.js";
import type { Hass } from "../../src/shared/hass.js";
import { translator } from "../../src/shared/i18n.js";
import type { Park } from "../../src/shared/park.js";
import { views, type View } from "../../src/strategy/dashboard.js";
import { hass, park, socket } from "../park.js";

const t = translator("en")!;

function made(
  of: Park,
  names: readonly string[] = [],
  floorOf: Readonly<Record<string, string>> = {},
  house: Partial<Hass> = {},
): View[] {
  const head: StoredHead = {
    park: of.id,
    name: "",
    floor: null,
    order: 0,
    height: 6000,
    picture: null,
  };
  const document = applied(
    { revision: 0, plans: {} },
    names.map((name, order) => ({
      plan: name,
      kind: "plan",
      id: name,
      value: { ...head, name, order, floor: floorOf[name] ?? null },
    })),
  );
  const plans = plansOf(document, of.id);
  return views({ park: of, plans, t, hass: hass(of, house) });
}

/** All entities that stand anywhere in some views. */
function entities(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(entities);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "entity" ? [String(inner)] : entities(inner),
  );
}

/** All cards that stand anywhere in some views. */
function cards(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(cards);
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.values(value).flatMap(cards);
  return "type" in value ? [value, ...inner] : inner;
}

describe("a dashboard", () => {
  test("has a view for everything, and one for each sector", () => {
    const of = park([2, 1], 1);
    expect(made(of).map(({ title }) => title)).toEqual([
      "Plan",
      "Overview",
      "Meter",
      "History",
      "Savings",
      "Settings",
      "Room 0",
      "Room 1",
    ]);
  });

  test("has a view for each floor", () => {
    const [ground, attic] = made(park([2]), ["Ground", "Attic"]);
    expect([ground!.title, attic!.title]).toEqual(["Ground", "Attic"]);
    expect(ground).toMatchObject({ path: "plan", cards: [{ plan: "Ground" }] });
    expect(attic).toMatchObject({ path: "plan-2", cards: [{ plan: "Attic" }] });
  });

  // As Home Assistant gives them: in the user's order, whatever their levels.
  const floors = {
    up: { floor_id: "up", name: "Upstairs", level: 1, icon: "mdi:stairs" },
    down: { floor_id: "down", name: "Downstairs", level: 0 },
  };

  test("calls its plans by their floors, in the order of these", () => {
    const names = ["Hall", "Attic", "Yard", "Shop A", "Shop B"];
    const floorOf = { Hall: "gone", Attic: "up", "Shop A": "down", "Shop B": "down" };
    const plans = made(park([1]), names, floorOf, { floors }).slice(0, names.length);
    expect(plans.map(({ title, path, icon }) => [title, path, icon])).toEqual([
      ["Upstairs", "plan", "mdi:stairs"],
      ["Shop A", "plan-2", "mdi:floor-plan"],
      ["Shop B", "plan-3", "mdi:floor-plan"],
      ["Hall", "plan-4", "mdi:floor-plan"],
      ["Yard", "plan-5", "mdi:floor-plan"],
    ]);
    expect(plans[0]).toMatchObject({ cards: [{ plan: "Attic", title: "Upstairs" }] });
  });

  test("shows the sectors under the floors that their areas are on", () => {
    const of = park([1, 1, 1]);
    const sectors = of.sectors.map((sector, index) => ({
      ...sector,
      area: ["lab", "office", null][index]!,
    }));
    const areas = {
      lab: { area_id: "lab", name: "Lab", floor_id: "down" },
      office: { area_id: "office", name: "Office", floor_id: "up" },
    };
    const all = made({ ...of, sectors }, [], {}, { floors, areas });
    const shown = cards(all.find(({ path }) => path === "overview"))
      .filter(({ type }) => type === "heading" || type === "tile")
      .map(({ heading, entity }) => heading ?? entity);
    expect(shown).toEqual([
      "Upstairs",
      "switch.room_1",
      "Downstairs",
      "switch.room_0",
      "Sectors",
      "switch.room_2",
    ]);
  });

  test("names no entity that is not there", () => {
    const of = park([2, 1], 1);
    const known = new Set(
      [of, ...of.meters, ...of.sectors, ...of.sockets].flatMap(({ entities }) =>
        Object.values(entities),
      ),
    );
    const named = entities(made(of));
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((entity) => !known.has(entity))).toEqual([]);
  });

  test("has paths that lead to one view each", () => {
    const paths = made(park(Array.from({ length: 40 }, () => 1)), ["A", "B", "C"]).map(
      ({ path }) => path,
    );
    expect(new Set(paths).size).toBe(paths.length);
  });

  test("of a park without meter has no meter view", () => {
    const titles = made({ ...park([1]), meters: [] }).map(({ title }) => title);
    expect(titles).not.toContain("Meter");
  });

  test("shows this very park in every card of ours", () => {
    const cards = JSON.stringify(made(park([1])));
    const ours = cards.match(/"type":"custom:energy-park-[a-z]+-card"/g)!;
    expect(cards.match(/"park":"park"/g)).toHaveLength(ours.length);
  });

  test("switches no sector, computer or network without a question", () => {
    const of = park([1]);
    const [room] = of.sectors;
    const groups = { computers: "switch.room_computers", monitors: "switch.monitors" };
    const device = room!.device;
    const all = made({
      ...of,
      sectors: [{ ...room!, entities: { ...room!.entities, ...groups } }],
      sockets: [
        socket("PC", device, "computer"),
        socket("Router", device, "network"),
        socket("Lamp", device),
      ],
    });
    const asking = cards(all)
      .filter(({ type, entity }) => type === "tile" && /^switch/.test(String(entity)))
      .map(({ entity, features, icon_tap_action: action }) => [
        entity,
        features === undefined,
        (action as { confirmation: { text: string } } | undefined)?.confirmation.text,
      ]);
    expect(asking).toEqual([
      ["switch.room_0", true, expect.stringContaining("all sockets of Room 0")],
      ["switch.room_0", true, expect.stringContaining("all sockets of Room 0")],
      ["switch.room_computers", true, expect.stringContaining("computers of Room 0")],
      ["switch.monitors", true, expect.stringContaining("monitors of Room 0")],
      ["switch.PC", true, expect.stringContaining("Switch PC")],
      ["switch.Router", true, expect.stringContaining("Switch Router")],
      ["switch.Lamp", false, undefined],
    ]);
  });
});
