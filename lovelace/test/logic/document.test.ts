import { describe, expect, test } from "vitest";

import {
  applied,
  drawing,
  planFeed,
  plansOf,
  type Change,
  type PlanDocument,
  type StoredHead,
} from "../../src/plan/document.js";
import { creation, inverse } from "../../src/plan/editor/changes.js";
import { arrange } from "../../src/plan/arrange.js";
import { FakeConnection, park } from "../park.js";

const HEAD: StoredHead = {
  park: "park",
  name: "Ground",
  floor: null,
  order: 0,
  height: 6000,
  picture: null,
};
const SQUARE = [
  [0, 0],
  [10, 0],
  [10, 10],
] as const;

function plan(value: StoredHead | null, id = "a"): Change {
  return { plan: id, kind: "plan", id, value };
}

function module(device: string, x: number | null): Change {
  const value = x === null ? null : { x, y: 0, rotation: 0, size: 100 };
  return { plan: "a", kind: "module", id: device, value };
}

function zone(id: string, name: string | null): Change {
  const value = name === null ? null : { device: null, name, points: SQUARE };
  return { plan: "a", kind: "zone", id, value };
}

const DRAWN = applied({ revision: 0, plans: {} }, [
  plan(HEAD),
  zone("z", "Hall"),
  module("m1", 1),
  module("m2", 2),
]);

describe("changes", () => {
  test("put, replace and remove parts; a renamed plan keeps its own", () => {
    const after = applied(DRAWN, [
      module("m1", 9),
      module("m2", null),
      zone("z", null),
      plan({ ...HEAD, name: "Cellar" }),
    ]).plans["a"]!;
    expect(after.name).toBe("Cellar");
    expect(Object.entries(after.modules).map(([id, { x }]) => [id, x])).toEqual([
      ["m1", 9],
    ]);
    expect(after.zones).toEqual({});
    expect(DRAWN.plans["a"]!.modules["m1"]!.x).toBe(1);
  });

  test("to a plan that is gone change nothing", () => {
    const empty: PlanDocument = { revision: 3, plans: {} };
    expect(applied(empty, [module("m1", 1)])).toEqual(empty);
  });

  test.each<[string, Change[]]>([
    ["a move", [module("m1", 5)]],
    ["a new module", [module("m3", 5)]],
    ["a removal", [zone("z", null), module("m1", null)]],
    ["two moves of one module", [module("m1", 5), module("m1", 7)]],
    ["another name", [plan({ ...HEAD, name: "Cellar" })]],
    ["a new plan", [plan(HEAD, "b"), { ...module("m1", 5), plan: "b" }]],
    ["the removal of a plan", [plan(null)]],
  ])("%s can be taken back", (_, changes) => {
    const back = inverse(DRAWN, changes);
    expect(applied(applied(DRAWN, changes), back).plans).toEqual(DRAWN.plans);
  });
});

test("an arrangement becomes a plan that draws the same", () => {
  const of = park([4, 2]);
  const arranged = { ...arrange(of, { width: 800, height: 500 }), id: "new" };
  const made = applied({ revision: 0, plans: {} }, creation("park", arranged, 0));
  expect(plansOf(made, "park")).toEqual([arranged]);
});

test("plans are of one park, in their order", () => {
  const made = applied(DRAWN, [
    plan({ ...HEAD, order: -1, name: "Cellar" }, "b"),
    plan({ ...HEAD, park: "other" }, "c"),
  ]);
  expect(plansOf(made, "park").map(({ name }) => name)).toEqual(["Cellar", "Ground"]);
});

test("what did not change is drawn by the same object", () => {
  const stored = DRAWN.plans["a"]!;
  const after = applied(DRAWN, [plan(HEAD, "b")]);
  expect(drawing("a", after.plans["a"]!)).toBe(drawing("a", stored));
});

describe("the feed", () => {
  test("follows changes one by one", () => {
    const connection = new FakeConnection({ "energy_park/plan/subscribe": DRAWN });
    const feed = planFeed(connection);
    feed.listen(() => undefined);
    connection.tell({ revision: 1, changes: [module("m1", 50)] });
    expect(feed.value!.plans["a"]!.modules["m1"]!.x).toBe(50);
    expect(feed.value!.revision).toBe(1);
  });

  test("asks for all of it when a change was missed", async () => {
    const connection = new FakeConnection({ "energy_park/plan/subscribe": DRAWN });
    const feed = planFeed(connection);
    feed.listen(() => undefined);
    connection.answers["energy_park/plan/subscribe"] = { ...DRAWN, revision: 7 };
    connection.tell({ revision: 7, changes: [module("m1", 50)] });
    await expect.poll(() => feed.value!.revision).toBe(7);
    expect(connection.asked).toHaveLength(2);
  });
});
