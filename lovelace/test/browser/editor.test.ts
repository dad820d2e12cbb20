import { describe, expect, test, vi } from "vitest";

import { arrange } from "../../src/plan/arrange.js";
import { planForm, type PlanCardConfig } from "../../src/plan/config.js";
import { creation } from "../../src/plan/editor/changes.js";
import type { PlanEditor } from "../../src/plan/editor/panel.js";
import { boxOf, type Point } from "../../src/plan/model.js";
import type { ParkCard } from "../../src/shared/card.js";
import type { Hass } from "../../src/shared/hass.js";
import type { Park } from "../../src/shared/park.js";
import { withBackend, type FakeBackend } from "../backend.js";
import { hass, park } from "../park.js";
import {
  all,
  button,
  intoCell,
  isAccessible,
  mount,
  one,
  repainted,
  settled,
} from "./page.js";

type Card = ParkCard<PlanCardConfig>;

interface Edited {
  card: Card;
  editor: PlanEditor;
  backend: FakeBackend;
  callService: ReturnType<typeof vi.fn>;
}

/** A card whose plan is being edited. */
async function edit(
  of: Park,
  {
    drawn = true,
    overrides = {},
    config = {},
  }: {
    drawn?: boolean;
    overrides?: Partial<Hass>;
    config?: Partial<PlanCardConfig>;
  } = {},
): Promise<Edited> {
  const callService = vi.fn(() => Promise.resolve());
  const made = withBackend(hass(of, { callService, ...overrides }));
  if (drawn) {
    const plan = { ...arrange(of, { width: 800, height: 480 }), id: "ground" };
    made.backend.take(creation(of.id, { ...plan, name: "Ground" }, 0));
  }
  const card = await mount<PlanCardConfig>("energy-park-plan-card", made.hass, config);
  button(card, "Edit the plan").click();
  await vi.waitFor(() => one(card, "energy-park-plan-editor"));
  const editor = one(card, "energy-park-plan-editor") as unknown as PlanEditor;
  await editor.updateComplete;
  one(card, ".viewport").setPointerCapture = () => undefined;
  return { card, editor, backend: made.backend, callService };
}

/** Chooses a file in the editor's first field for one. */
function choose(editor: PlanEditor): void {
  const input = editor.renderRoot.querySelector<HTMLInputElement>("input[type=file]")!;
  const files = new DataTransfer();
  files.items.add(new File(["x"], "plan.png"));
  input.files = files.files;
  input.dispatchEvent(new Event("change"));
}

function press(editor: PlanEditor, label: string): void {
  const found = [...editor.renderRoot.querySelectorAll("button")].filter(
    (node) =>
      node.textContent.trim() === label || node.getAttribute("aria-label") === label,
  );
  expect(found, label).toHaveLength(1);
  found[0]!.click();
}

function text(editor: PlanEditor): string {
  return editor.renderRoot.textContent.replace(/\s+/g, " ");
}

function place(backend: FakeBackend, device: string): unknown {
  return Object.values(backend.document.plans)[0]!.modules[device];
}

function zone(backend: FakeBackend, device: string): readonly Point[] {
  const { zones } = Object.values(backend.document.plans)[0]!;
  return Object.values(zones).find((one) => one.device === device)!.points;
}

function node(card: Card, device: string): Element {
  return one(card, `.module[data-device="${device}"] .disc`);
}

function drag(
  card: Card,
  at: Element | [number, number],
  dx: number,
  dy: number,
): void {
  const [x, y] = at instanceof Element ? centre(at) : at;
  const fire = (type: string, clientX: number, clientY: number): void => {
    one(card, ".viewport").dispatchEvent(
      new PointerEvent(type, {
        clientX,
        clientY,
        pointerId: 1,
        isPrimary: true,
        bubbles: true,
        composed: true,
        cancelable: true,
      }),
    );
  };
  fire("pointerdown", x, y);
  if (dx || dy) {
    fire("pointermove", x + dx / 2, y + dy / 2);
    fire("pointermove", x + dx, y + dy);
  }
  fire("pointerup", x + dx, y + dy);
}

function centre(of: Element): [number, number] {
  const { left, top, width, height } = of.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}

test.each([360, 800])("taking up parts moves nothing, %d px wide", async (width) => {
  const { card, editor } = await edit(park([4, 2]));
  await intoCell(card, width, 700);
  const { width: wide, height } = one(card, ".viewport").getBoundingClientRect();
  for (const selection of [
    { kind: "module", id: "device_0_0" },
    { kind: "zone", id: "sector_0" },
  ] as const) {
    editor.select(selection);
    await editor.updateComplete;
    const now = one(card, ".viewport").getBoundingClientRect();
    expect([now.width, now.height]).toEqual([wide, height]);
  }
});

describe("a plan that nobody has drawn", () => {
  test("is kept as it was seen before the editor took room", async () => {
    const made = withBackend(hass(park([12, 6, 4])));
    const card = await mount<PlanCardConfig>("energy-park-plan-card", made.hass);
    await intoCell(card, 360, 700);
    const heights = (): number[] =>
      all(card, ".zone").map((one) => {
        const { width, height } = (one as unknown as SVGPathElement).getBBox();
        return Math.round((100 * height) / width);
      });
    const before = heights();
    button(card, "Edit the plan").click();
    await vi.waitFor(() => one(card, "energy-park-plan-editor"));
    await repainted(card);
    expect(heights()).toEqual(before);
  });

  test("is kept as it was arranged by one click", async () => {
    const { editor, backend, card } = await edit(park([4, 2], 1), { drawn: false });
    press(editor, "Keep this arrangement");
    await vi.waitFor(() => {
      expect(Object.values(backend.document.plans)).toHaveLength(1);
    });
    const [plan] = Object.values(backend.document.plans);
    expect(Object.keys(plan!.modules)).toHaveLength(7);
    expect(Object.keys(plan!.zones)).toHaveLength(2);
    await settled(card);
    expect(text(editor)).toContain("All sockets are on a plan.");
  });

  test("can begin empty; then all are placed in a grid by one click", async () => {
    const { editor, backend } = await edit(park([4, 2]), { drawn: false });
    press(editor, "Begin with an empty plan");
    await vi.waitFor(() => {
      expect(text(editor)).toContain("Place all 6 in a grid");
    });
    press(editor, "Place all 6 in a grid");
    await vi.waitFor(() => {
      const [plan] = Object.values(backend.document.plans);
      expect(Object.keys(plan!.modules)).toHaveLength(6);
    });
  });

  test("can begin with a picture, in its shape", async () => {
    const fetchWithAuth = vi.fn((path: string, init?: RequestInit) =>
      Promise.resolve(
        init?.method === "POST"
          ? Response.json({ digest: "d".repeat(64), width: 400, height: 300 })
          : new Response(new Blob(["<svg xmlns='http://www.w3.org/2000/svg'/>"])),
      ).then((response) => (path ? response : response)),
    );
    const { editor, backend, card } = await edit(park([2]), {
      drawn: false,
      overrides: { fetchWithAuth },
    });
    choose(editor);

    await vi.waitFor(() => {
      const [plan] = Object.values(backend.document.plans);
      expect(plan).toMatchObject({ height: 7500, picture: { width: 400 } });
    });
    await vi.waitFor(() => {
      expect(one(card, ".picture").getAttribute("href")).toMatch(/^blob:/);
    });
  });
});

test("a module is moved where it is dragged, and switches nothing", async () => {
  const { card, backend, callService } = await edit(park([4, 2]));
  const before = place(backend, "device_0_0") as { x: number; y: number };
  const scale = one(card, ".drawing").getBoundingClientRect().width / 10_000;

  drag(card, node(card, "device_0_0"), 300 * scale, -200 * scale);

  await vi.waitFor(() => {
    const after = place(backend, "device_0_0") as { x: number; y: number };
    expect(Math.abs(after.x - before.x - 300)).toBeLessThanOrEqual(100);
    expect(Math.abs(after.y - before.y + 200)).toBeLessThanOrEqual(100);
    expect(after.x % 100).toBe(0);
  });
  expect(callService).not.toHaveBeenCalled();
});

test("a drag that the browser ends leaves all where it was", async () => {
  const { card, backend } = await edit(park([2]));
  const place = (): [number, number] => centre(node(card, "device_0_0"));
  const before = place();
  const stored = backend.document;
  for (const type of ["pointerdown", "pointermove", "pointercancel"]) {
    const by = type === "pointermove" ? 90 : 0;
    one(card, ".viewport").dispatchEvent(
      new PointerEvent(type, {
        clientX: before[0] + by,
        clientY: before[1] + by,
        pointerId: 1,
        isPrimary: true,
        bubbles: true,
        composed: true,
        cancelable: true,
      }),
    );
  }
  await settled(card);
  expect(place()).toEqual(before);
  expect(backend.document).toBe(stored);
});

test("undo, redo and removal by keys", async () => {
  const { card, editor, backend } = await edit(park([2, 2]));
  const before = place(backend, "device_0_0");
  const key = (of: HTMLElement, key: string, options: object = {}): boolean =>
    of.dispatchEvent(
      new KeyboardEvent("keydown", {
        key,
        ...options,
        bubbles: true,
        composed: true,
        cancelable: true,
      }),
    );
  const viewport = one(card, ".viewport");
  // What is not an element of its own can be clicked, and has the keys then.
  viewport.focus();
  expect((card.renderRoot as ShadowRoot).activeElement).toBe(viewport);

  drag(card, node(card, "device_0_0"), 60, 60);
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).not.toEqual(before);
  });
  const moved = place(backend, "device_0_0");
  expect(key(viewport, "z", { ctrlKey: true })).toBe(false);
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).toEqual(before);
  });
  key(viewport, "Z", { metaKey: true, shiftKey: true });
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).toEqual(moved);
  });

  key(viewport, "Delete");
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).toBeUndefined();
  });
  const [button] = editor.renderRoot.querySelectorAll("button");
  key(button!, "z", { ctrlKey: true });
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).toEqual(moved);
  });

  // In a field they are the field's.
  await editor.updateComplete;
  const field = editor.renderRoot.querySelector<HTMLInputElement>("input")!;
  expect(key(field, "z", { ctrlKey: true })).toBe(true);
  expect(key(field, "Delete")).toBe(true);
  await settled(card);
  expect(place(backend, "device_0_0")).toEqual(moved);
});

test("undo and redo, by button", async () => {
  const { card, editor, backend } = await edit(park([2]));
  const before = place(backend, "device_0_0");
  drag(card, node(card, "device_0_0"), 60, 60);
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).not.toEqual(before);
  });
  const moved = place(backend, "device_0_0");
  await editor.updateComplete;
  press(editor, "Undo");
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).toEqual(before);
  });
  await editor.updateComplete;
  press(editor, "Redo");
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).toEqual(moved);
  });
});

test("a module is turned, sized and taken off", async () => {
  const { card, editor, backend } = await edit(park([2]));
  drag(card, node(card, "device_0_1"), 0, 0);
  await editor.updateComplete;
  press(editor, "Turn");
  press(editor, "Larger");
  await vi.waitFor(() => {
    expect(place(backend, "device_0_1")).toMatchObject({ rotation: 15, size: 120 });
  });
  await editor.updateComplete;
  press(editor, "Take off the plan");
  await vi.waitFor(() => {
    expect(place(backend, "device_0_1")).toBeUndefined();
  });
  await settled(card);
  expect(text(editor)).toContain("Place all 1 in a grid");
});

test("a socket is placed where one taps", async () => {
  const { card, editor, backend } = await edit(park([2]));
  drag(card, node(card, "device_0_0"), 0, 0);
  await editor.updateComplete;
  press(editor, "Take off the plan");
  await settled(card);
  await editor.updateComplete;

  press(editor, "0 0");
  const drawing = one(card, ".drawing").getBoundingClientRect();
  drag(
    card,
    [drawing.left + drawing.width / 4, drawing.top + drawing.height / 2],
    0,
    0,
  );

  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).toMatchObject({ x: 2500 });
  });
});

test("a zone is chosen, moved with what stands in it, and pulled by a corner", async () => {
  const { card, backend } = await edit(park([2, 2]));
  const zones = (): Record<string, { points: readonly (readonly number[])[] }> =>
    backend.document.plans["ground"]!.zones;
  const box = all(card, ".zone")[0]!.getBoundingClientRect();
  const inside: [number, number] = [box.left + 6, box.bottom - 30];
  const before = zones()["sector_0"]!.points;
  const module = place(backend, "device_0_0") as { x: number };

  drag(card, inside, 0, 0);
  expect(all(card, ".corner")).toHaveLength(4);
  drag(card, [box.left + box.width / 2, box.bottom - 40], 40, 0);
  await vi.waitFor(() => {
    const moved = zones()["sector_0"]!.points;
    expect(moved[0]![0]).toBeGreaterThan(before[0]![0]!);
    expect(moved[1]![0]! - moved[0]![0]!).toBe(before[1]![0]! - before[0]![0]!);
    expect((place(backend, "device_0_0") as { x: number }).x).toBeGreaterThan(module.x);
  });

  await settled(card);
  const moved = zones()["sector_0"]!.points;
  drag(card, all(card, ".corner")[2]!, 30, 30);
  await vi.waitFor(() => {
    const pulled = zones()["sector_0"]!.points;
    expect(pulled[2]).not.toEqual(moved[2]);
    expect(pulled[0]).toEqual(moved[0]);
  });
});

test("a zone gets another corner where its side is pulled", async () => {
  const { card, backend } = await edit(park([2]));
  const box = all(card, ".zone")[0]!.getBoundingClientRect();
  drag(card, [box.left + 6, box.bottom - 30], 0, 0);
  drag(card, all(card, ".side")[1]!, -40, 0);
  await vi.waitFor(() => {
    expect(backend.document.plans["ground"]!.zones["sector_0"]!.points).toHaveLength(5);
  });
});

test("all works by keyboard: take up, move, put down", async () => {
  const { card, backend } = await edit(park([2]));
  const before = place(backend, "device_0_0") as { x: number; y: number };
  const group = one(card, `.module[data-device="device_0_0"]`);
  const key = (name: string, shiftKey = false): void => {
    one(card, `.module[data-device="device_0_0"]`).dispatchEvent(
      new KeyboardEvent("keydown", {
        key: name,
        shiftKey,
        bubbles: true,
        composed: true,
      }),
    );
  };
  group.focus();
  key("Enter");
  key("ArrowRight");
  await settled(card);
  key("ArrowDown", true);
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).toMatchObject({
      x: before.x + 100,
      y: before.y + 10,
    });
  });
  await settled(card);
  const focused = (card.renderRoot as ShadowRoot).activeElement as HTMLElement;
  expect(focused.dataset["device"]).toBe("device_0_0");
});

test("a zone is taken up and moved by keyboard", async () => {
  const { card, backend, callService } = await edit(park([2, 2]));
  const before = zone(backend, "sector_0");
  const key = (key: string): void => {
    (card.renderRoot as ShadowRoot).activeElement!.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, composed: true }),
    );
  };

  one(card, '[data-power="sector_0"]').focus();
  key("Enter");
  key("ArrowRight");
  await vi.waitFor(() => {
    expect(zone(backend, "sector_0")[0]).toEqual([before[0]![0] + 100, before[0]![1]]);
  });
  key("Enter");
  key("ArrowRight");
  await settled(card);
  expect(zone(backend, "sector_0")[0]![0]).toBe(before[0]![0] + 100);
  expect(callService).not.toHaveBeenCalled();
});

test("a zone is chosen by its name; turned, sized, and changed corner by corner", async () => {
  const { card, editor, backend } = await edit(park([2, 2]));
  const before = zone(backend, "sector_1");

  press(editor, "Room 1");
  await editor.updateComplete;
  press(editor, "Larger");
  await vi.waitFor(() => {
    expect(boxOf(zone(backend, "sector_1")).width).toBeCloseTo(
      boxOf(before).width * 1.2,
      -1,
    );
  });
  press(editor, "Turn");
  await vi.waitFor(() => {
    expect(zone(backend, "sector_1")[0]![1]).not.toBe(zone(backend, "sector_1")[1]![1]);
  });
  press(editor, "Undo");
  press(editor, "Undo");
  await vi.waitFor(() => {
    expect(zone(backend, "sector_1")).toEqual(before);
  });

  press(editor, "Next corner");
  await editor.updateComplete;
  press(editor, "Next corner");
  await settled(card);
  expect(all(card, ".corner.marked")).toHaveLength(1);
  press(editor, "Move down");
  const [x, y] = before[1]!;
  await vi.waitFor(() => {
    expect(zone(backend, "sector_1")[1]).toEqual([x, y + 100]);
  });
  press(editor, "Remove the corner");
  await vi.waitFor(() => {
    expect(zone(backend, "sector_1")).toHaveLength(3);
  });
  await editor.updateComplete;
  press(editor, "Next corner");
  await editor.updateComplete;
  expect(
    editor.renderRoot.querySelector('[aria-label="Remove the corner"]'),
  ).toHaveProperty("disabled", true);
});

test("a new zone is drawn for a sector, and given to another", async () => {
  const { card, editor, backend } = await edit(park([2, 2]));
  const box = all(card, ".zone")[1]!.getBoundingClientRect();
  drag(card, [box.left + 6, box.bottom - 30], 0, 0);
  await editor.updateComplete;
  press(editor, "Remove the zone");
  await settled(card);
  await editor.updateComplete;
  press(editor, "Draw Room 1");
  await vi.waitFor(() => {
    const zones = Object.values(backend.document.plans["ground"]!.zones);
    expect(zones.map(({ device }) => device).sort()).toEqual(["sector_0", "sector_1"]);
  });
});

test("several floors: added, named, shown by tabs, removed", async () => {
  const { card, editor, backend } = await edit(park([2]));
  press(editor, "Add a plan");
  await settled(card);
  await editor.updateComplete;
  const name = editor.renderRoot.querySelector<HTMLInputElement>(
    "input[aria-label='Name of the plan']",
  )!;
  expect(name.value).toBe("New plan");
  name.value = "Attic";
  name.dispatchEvent(new Event("change"));
  await vi.waitFor(() => {
    expect(all(card, "nav button").map((tab) => tab.textContent.trim())).toEqual([
      "Ground",
      "Attic",
    ]);
  });
  button(card, "Ground").click();
  await settled(card);
  await settled(card);
  expect(all(card, ".module")).toHaveLength(2);
  button(card, "Attic").click();
  await settled(card);
  await settled(card);
  expect(all(card, ".module")).toHaveLength(0);
  await editor.updateComplete;
  press(editor, "Remove this plan");
  await editor.updateComplete;
  const question = editor.renderRoot.querySelector("dialog")!;
  expect(question.textContent).toContain("its zones (0)");
  question.querySelector<HTMLButtonElement>("[value=no]")!.click();
  await settled(card);
  expect(Object.values(backend.document.plans)).toHaveLength(2);
  press(editor, "Remove this plan");
  await editor.updateComplete;
  editor.renderRoot.querySelector<HTMLButtonElement>("dialog [value=yes]")!.click();
  await vi.waitFor(() => {
    expect(Object.values(backend.document.plans)).toHaveLength(1);
  });
  localStorage.clear();
});

test("plans are called and ordered by their floors, else by hand", async () => {
  const floors = {
    cellar: { floor_id: "cellar", name: "Cellar" },
    first: { floor_id: "first", name: "First floor" },
  };
  const { card, editor, backend } = await edit(park([2]), { overrides: { floors } });
  const head = { park: "park", height: 6000, picture: null };
  const also = (id: string, order: number, floor: string | null): void => {
    const value = { ...head, name: id, floor, order };
    backend.take([{ plan: id, kind: "plan", id, value }]);
  };
  also("Annex", 1, null);
  also("Yard", 2, null);
  also("Old cellar name", 3, "cellar");
  await settled(card);
  const tabs = (): string[] =>
    all(card, "nav button").map((tab) => tab.textContent.trim());
  expect(tabs()).toEqual(["Cellar", "Ground", "Annex", "Yard"]);

  await editor.updateComplete;
  const field = (): HTMLInputElement | null =>
    editor.renderRoot.querySelector("input[aria-label='Name of the plan']");
  expect(field()!.value).toBe("Ground");
  press(editor, "Put this plan after the next one");
  await vi.waitFor(() => {
    expect(tabs()).toEqual(["Cellar", "Annex", "Ground", "Yard"]);
  });
  await editor.updateComplete;
  press(editor, "Put this plan before the one before it");
  await vi.waitFor(() => {
    expect(tabs()).toEqual(["Cellar", "Ground", "Annex", "Yard"]);
  });
  // What has a floor stays where the floors put it.
  await editor.updateComplete;
  const before = editor.renderRoot.querySelector<HTMLButtonElement>(
    "[aria-label='Put this plan before the one before it']",
  )!;
  expect(before.disabled).toBe(true);

  const floor = editor.renderRoot.querySelector("select")!;
  floor.value = "first";
  floor.dispatchEvent(new Event("change"));
  await vi.waitFor(() => {
    expect(tabs()).toEqual(["Cellar", "First floor", "Annex", "Yard"]);
  });
  await editor.updateComplete;
  expect(field()).toBeNull();
  await isAccessible(card);

  const renamed = { ...floors, first: { floor_id: "first", name: "Upstairs" } };
  card.hass = { ...card.hass!, floors: renamed };
  await settled(card);
  expect(tabs()[1]).toBe("Upstairs");
  // So are they in the form of a card that shows one of them.
  const { schema } = await planForm();
  const { selector } = schema.find(({ name }) => name === "plan")!;
  const { options } = selector["select"] as { options: { label: string }[] };
  expect(options.map(({ label }) => label)).toEqual(tabs());
  also("Other cellar", 4, "cellar");
  await settled(card);
  expect(tabs().slice(0, 2)).toEqual(["Old cellar name", "Other cellar"]);
});

test("a card that names its plan shows the one that is added to it, until it is done", async () => {
  const { card, editor, backend } = await edit(park([2]), {
    config: { plan: "ground" },
  });
  press(editor, "Add a plan");
  await settled(card);
  await settled(card);
  expect(all(card, ".module")).toHaveLength(0);
  const name = editor.renderRoot.querySelector<HTMLInputElement>(
    "input[aria-label='Name of the plan']",
  )!;
  expect(name.value).toBe("New plan");
  button(card, "Ground").click();
  await settled(card);
  await settled(card);
  expect(all(card, ".module")).toHaveLength(2);
  button(card, "New plan").click();
  await settled(card);
  button(card, "Done").click();
  await settled(card);
  await settled(card);
  expect(all(card, ".module")).toHaveLength(2);
  expect(all(card, "nav")).toEqual([]);
  expect(Object.values(backend.document.plans)).toHaveLength(2);
  localStorage.clear();
});

test("another picture keeps all where it was on the picture, in one step", async () => {
  const { card, editor, backend } = await edit(park([4, 2]), {
    overrides: {
      fetchWithAuth: () =>
        Promise.resolve(
          Response.json({ digest: "d".repeat(64), width: 1000, height: 300 }),
        ),
    },
  });
  const before = backend.document.plans["ground"]!;
  const { height } = before;
  choose(editor);
  await vi.waitFor(() => {
    expect(backend.document.plans["ground"]!.height).toBe(3000);
  });
  const after = backend.document.plans["ground"]!;
  for (const [device, { x, y }] of Object.entries(before.modules)) {
    const place = after.modules[device]!;
    expect(place.x).toBe(x);
    expect(place.y).toBe(Math.round((y * 3000) / height));
  }
  expect(boxOf(after.zones["sector_1"]!.points).width).toBe(
    boxOf(before.zones["sector_1"]!.points).width,
  );
  await settled(card);
  await editor.updateComplete;
  press(editor, "Undo");
  await vi.waitFor(() => {
    expect(backend.document.plans["ground"]).toEqual(before);
  });
});

test("nothing is dragged off the plan, and what was is offered again", async () => {
  const { card, editor, backend } = await edit(park([2, 2]));
  drag(card, node(card, "device_0_0"), -2000, -2000);
  await vi.waitFor(() => {
    expect(place(backend, "device_0_0")).toMatchObject({ x: 0, y: 0 });
  });
  await settled(card);
  const box = all(card, ".zone")[1]!.getBoundingClientRect();
  drag(card, [box.left + 6, box.bottom - 30], 0, 0);
  drag(card, [box.left + box.width / 2, box.bottom - 40], 0, 5000);
  await vi.waitFor(() => {
    const { y, height } = boxOf(zone(backend, "sector_1"));
    expect(y + height).toBe(backend.document.plans["ground"]!.height);
  });
  await settled(card);
  drag(card, all(card, ".corner")[0]!, -5000, -5000);
  await vi.waitFor(() => {
    expect(zone(backend, "sector_1")[0]).toEqual([0, 0]);
  });

  const value = { x: 4000, y: 90_000, rotation: 0, size: 100 };
  backend.take([{ plan: "ground", kind: "module", id: "device_0_1", value }]);
  await settled(card);
  await editor.updateComplete;
  press(editor, "Place all 1 in a grid");
  await vi.waitFor(() => {
    const { y } = place(backend, "device_0_1") as { y: number };
    expect(y).toBeLessThan(backend.document.plans["ground"]!.height);
  });
});

test("a plan that another person removes is left for one that is there", async () => {
  const { card, editor, backend } = await edit(park([2]));
  const errors = vi.fn();
  window.addEventListener("unhandledrejection", errors);
  const value = { park: "park", name: "Attic", floor: null, order: 1, height: 6000 };
  backend.take([
    { plan: "attic", kind: "plan", id: "attic", value: { ...value, picture: null } },
  ]);
  await settled(card);
  backend.take([{ plan: "ground", kind: "plan", id: "ground", value: null }]);
  await settled(card);
  await editor.updateComplete;
  expect(all(card, ".module")).toEqual([]);
  expect(text(editor)).toContain("Place all 2 in a grid");
  backend.take([{ plan: "attic", kind: "plan", id: "attic", value: null }]);
  await settled(card);
  await editor.updateComplete;
  expect(text(editor)).toContain("Keep this arrangement");
  expect(errors).not.toHaveBeenCalled();
  window.removeEventListener("unhandledrejection", errors);
});

test("what another person moves is seen while editing", async () => {
  const { card, backend } = await edit(park([2]));
  const before = node(card, "device_0_1").getBoundingClientRect().left;
  backend.take([
    {
      plan: "ground",
      kind: "module",
      id: "device_0_1",
      value: { x: 9000, y: 3000, rotation: 0, size: 100 },
    },
  ]);
  await settled(card);
  expect(node(card, "device_0_1").getBoundingClientRect().left).not.toBe(before);
});

test("a conflict is told, and the other's change stays", async () => {
  const { card, backend } = await edit(park([2]));
  const toasts: string[] = [];
  card.addEventListener("hass-notification", (event) =>
    toasts.push((event as CustomEvent<{ message: string }>).detail.message),
  );
  const before = place(backend, "device_0_0");
  backend.refuse = "conflict";
  drag(card, node(card, "device_0_0"), 50, 50);
  await vi.waitFor(() => {
    expect(toasts).toEqual([expect.stringContaining("Somebody else changed")]);
  });
  expect(place(backend, "device_0_0")).toEqual(before);
});

test("a picture that cannot be used says why", async () => {
  const { card, editor } = await edit(park([2]), {
    overrides: {
      fetchWithAuth: () =>
        Promise.resolve(Response.json({ code: "picture_too_big" }, { status: 413 })),
    },
  });
  const toasts: string[] = [];
  card.addEventListener("hass-notification", (event) =>
    toasts.push((event as CustomEvent<{ message: string }>).detail.message),
  );
  choose(editor);
  await vi.waitFor(() => {
    expect(toasts).toEqual([expect.stringContaining("at most 10 MB")]);
  });
});

test("it is accessible, with a module and with a zone chosen", async () => {
  const { card, editor } = await edit(park([2, 2]));
  await isAccessible(card);
  drag(card, node(card, "device_0_0"), 0, 0);
  await editor.updateComplete;
  await isAccessible(card);
  const box = all(card, ".zone")[0]!.getBoundingClientRect();
  drag(card, [box.left + 6, box.bottom - 30], 0, 0);
  await editor.updateComplete;
  await isAccessible(card);
});

test("only administrators may edit", async () => {
  const card = await mount(
    "energy-park-plan-card",
    hass(park([2]), { user: { is_admin: false } }),
  );
  expect(all(card, "[aria-label='Edit the plan']")).toEqual([]);
});

test("when it is done, taps switch again", async () => {
  const { card, callService } = await edit(park([2]));
  button(card, "Done").click();
  await settled(card);
  drag(card, node(card, "device_0_0"), 0, 0);
  await settled(card);
  expect(callService).toHaveBeenCalledOnce();
  expect(all(card, ".corner")).toEqual([]);
});
