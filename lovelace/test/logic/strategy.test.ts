import { describe, expect, test } from "vitest";

import { applied, plansOf, type StoredHead } from "../../src/plan/document.js";
import { translator } from "../../src/shared/i18n.js";
import type { Park } from "../../src/shared/park.js";
import { views, type View } from "../../src/strategy/dashboard.js";
import { hass, park, socket } from "../park.js";

const t = translator("en")!;

function made(of: Park, names: readonly string[] = []): View[] {
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
      value: { ...head, name, order },
    })),
  );
  return views({ park: of, plans: plansOf(document, of.id), t, hass: hass(of) });
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
