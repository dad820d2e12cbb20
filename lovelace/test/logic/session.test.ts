import { beforeEach, describe, expect, test } from "vitest";

import { planFeed, type Change, type StoredHead } from "../../src/plan/document.js";
import { placeAll, undrawn, unplaced } from "../../src/plan/editor/place.js";
import { Session } from "../../src/plan/editor/session.js";
import { GRID, snap } from "../../src/plan/editor/snap.js";
import { arrange } from "../../src/plan/arrange.js";
import { boxOf, contains, type Plan } from "../../src/plan/model.js";
import { FakeBackend } from "../backend.js";
import { FakeConnection, park } from "../park.js";

const HEAD: StoredHead = {
  park: "park",
  name: "Ground",
  floor: null,
  order: 0,
  height: 6000,
  picture: null,
};

function module(x: number, id = "m"): Change {
  return { plan: "a", kind: "module", id, value: { x, y: 0, rotation: 0, size: 100 } };
}

describe("an editing session", () => {
  let backend: FakeBackend;
  let session: Session;
  let failures: string[];

  beforeEach(() => {
    const connection = new FakeConnection();
    backend = new FakeBackend(connection);
    backend.take([{ plan: "a", kind: "plan", id: "a", value: HEAD }]);
    const feed = planFeed(connection);
    feed.listen(() => undefined);
    failures = [];
    session = new Session(
      feed,
      backend.callWS,
      () => undefined,
      (reason) => failures.push(reason),
    );
  });

  const x = (document: { plans: Session["document"]["plans"] }, id = "m"): unknown =>
    document.plans["a"]!.modules[id]?.x;

  test("shows an edit at once, and keeps it", async () => {
    const sent = session.commit([module(5)]);
    expect(x(session.document)).toBe(5);
    expect(x(backend.document)).toBeUndefined();
    await sent;
    expect(x(backend.document)).toBe(5);
    expect(x(session.document)).toBe(5);
  });

  test("sends quick edits of one part one after the other", async () => {
    await Promise.all([1, 2, 3].map((value) => session.commit([module(value)])));
    expect(backend.patches).toHaveLength(3);
    expect(x(backend.document)).toBe(3);
    expect(failures).toEqual([]);
  });

  test("takes back and does again", async () => {
    await session.commit([module(1)]);
    await session.commit([module(2)]);
    await session.undo();
    expect(x(backend.document)).toBe(1);
    await session.undo();
    expect(x(backend.document)).toBeUndefined();
    expect(session.canUndo).toBe(false);
    await session.redo();
    await session.redo();
    expect(x(backend.document)).toBe(2);
    expect(session.canRedo).toBe(false);
    await session.undo();
    await session.commit([module(9)]);
    expect(session.canRedo).toBe(false);
  });

  test("tells of a conflict, and shows what the other did", async () => {
    const sent = session.commit([module(5)]);
    backend.take([module(77)]);
    await sent;
    expect(failures).toEqual(["conflict"]);
    expect(x(session.document)).toBe(77);
    expect(session.canUndo).toBe(false);
    await session.commit([module(6)]);
    expect(x(backend.document)).toBe(6);
  });

  describe("beside another person", () => {
    test("takes back only what is still as it was left", async () => {
      await session.commit([module(1)]);
      await session.commit([module(5, "n")]);
      await session.commit([module(2)]);
      backend.take([module(77)]);
      await session.undo();
      expect(failures).toEqual(["not_undone"]);
      expect(x(backend.document)).toBe(77);
      await session.undo();
      expect(x(backend.document, "n")).toBeUndefined();
      await session.undo();
      expect(failures).toEqual(["not_undone", "not_undone"]);
      expect(x(backend.document)).toBe(77);
    });

    test("does again only what nobody changed since", async () => {
      await session.commit([module(1)]);
      await session.undo();
      backend.take([module(77)]);
      await session.redo();
      expect(failures).toEqual(["not_undone"]);
      expect(x(backend.document)).toBe(77);
    });

    test("does not take back a plan on which another placed something", async () => {
      const made = { plan: "b", kind: "plan", id: "b", value: HEAD } as const;
      await session.commit([made]);
      backend.take([{ ...module(9), plan: "b" }]);
      await session.undo();
      expect(failures).toEqual(["not_undone"]);
      expect(backend.document.plans["b"]!.modules["m"]!.x).toBe(9);
    });

    test("does not cover a change that came between two edits", async () => {
      const first = session.commit([module(1, "n")]);
      const second = session.commit([module(5)]);
      backend.take([module(77)]);
      await Promise.all([first, second]);
      expect(failures).toEqual(["conflict"]);
      expect(x(backend.document)).toBe(77);
      expect(x(backend.document, "n")).toBe(1);
    });

    test("loses one part to a conflict, and nothing beside it", async () => {
      await session.commit([module(1, "n")]);
      const sent = [
        session.commit([module(5)]),
        session.commit([module(6)]),
        session.commit([module(2, "n")]),
      ];
      backend.take([module(77)]);
      await Promise.all(sent);
      expect(failures).toEqual(["conflict"]);
      expect(x(backend.document)).toBe(77);
      expect(x(backend.document, "n")).toBe(2);
      await session.undo();
      await session.undo();
      expect(x(backend.document, "n")).toBeUndefined();
      expect(session.canUndo).toBe(false);
    });
  });

  test("drops what was built on an edit that could not be saved", async () => {
    backend.refuse = "unauthorized";
    const sent = [session.commit([module(5)]), session.commit([module(6)])];
    await Promise.all(sent);
    expect(failures).toEqual(["not_saved"]);
    expect(backend.patches).toEqual([]);
    expect(x(session.document)).toBeUndefined();
  });

  test("tells what could not be saved", async () => {
    backend.refuse = "unauthorized";
    await session.commit([module(5)]);
    expect(failures).toEqual(["not_saved"]);
    expect(x(session.document)).toBeUndefined();
  });
});

describe("snapping", () => {
  test("goes to the line of a neighbour, and says so", () => {
    expect(snap(1043, 777, [[1057, 50]], 20)).toEqual({
      x: 1057,
      y: 800,
      guides: { x: 1057 },
    });
  });

  test("goes to the grid otherwise, or nowhere when it is off", () => {
    expect(snap(1043, 777, [], 20)).toEqual({ x: 1000, y: 8 * GRID, guides: {} });
    expect(snap(1043.4, 777, [[1044, 777]], 0)).toEqual({
      x: 1043,
      y: 777,
      guides: {},
    });
  });

  test("takes the nearest of several lines", () => {
    const lines = [
      [95, 0],
      [103, 0],
      [110, 0],
    ] as const;
    expect(snap(104, 5000, lines, 20).x).toBe(103);
  });
});

describe("placing all that is left", () => {
  const of = park([6, 4], 2);
  const arranged = arrange(of, { width: 800, height: 500 });
  const bare: Plan = { ...arranged, id: "a", modules: [] };

  test("puts each into the zone of its sector, none on another", () => {
    const changes = placeAll(bare, of.sockets);
    expect(changes).toHaveLength(12);
    const places = new Set<string>();
    for (const change of changes) {
      if (change.kind !== "module" || !change.value) throw new Error("no module");
      const { x, y } = change.value;
      places.add(`${x} ${y}`);
      const socket = of.sockets.find(({ device }) => device === change.id)!;
      const home = bare.zones.find(({ device }) => device === socket.sector);
      if (home) expect(contains(home.points, x, y)).toBe(true);
    }
    expect(places.size).toBe(12);
  });

  test("leaves alone what is there, and does not cover it", () => {
    const there = { ...arranged.modules[0]!, x: 1500, y: 1500 };
    const rest = of.sockets.filter(({ device }) => device !== there.device);
    const changes = placeAll({ ...bare, modules: [there] }, rest);
    expect(changes.map(({ id }) => id)).not.toContain(there.device);
    const nearest = Math.min(
      ...changes.map((change) =>
        change.kind === "module" && change.value
          ? Math.hypot(change.value.x - there.x, change.value.y - there.y)
          : 0,
      ),
    );
    expect(nearest).toBeGreaterThan(200);
  });

  test("fills a plan without zones from below", () => {
    const changes = placeAll({ ...bare, zones: [] }, of.sockets);
    expect(changes).toHaveLength(12);
    const box = boxOf(
      changes.map((change) =>
        change.kind === "module" && change.value
          ? ([change.value.x, change.value.y] as const)
          : ([0, 0] as const),
      ),
    );
    expect(box.y).toBeGreaterThan(bare.height * 0.7);
    expect(box.y + box.height).toBeLessThan(bare.height);
  });

  test("knows what is missing on all plans together", () => {
    const [first, ...others] = arranged.modules;
    const plans = [
      { ...bare, modules: [first!] },
      { ...bare, zones: [], modules: others.slice(0, 5) },
    ];
    expect(unplaced(of, plans)).toHaveLength(6);
    expect(undrawn(of, [{ ...bare, zones: bare.zones.slice(1) }])).toHaveLength(1);
  });
});
