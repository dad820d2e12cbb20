import { expect, test, vi } from "vitest";

import { arrange } from "../../src/plan/arrange.js";
import type { PlanCardConfig } from "../../src/plan/config.js";
import { creation } from "../../src/plan/editor/changes.js";
import type { Plan } from "../../src/plan/model.js";
import type { ParkCard } from "../../src/shared/card.js";
import { loaded } from "../../src/shared/lazy.js";
import type { Hass, HassState } from "../../src/shared/hass.js";
import type { Park } from "../../src/shared/park.js";
import { withBackend } from "../backend.js";
import { FakeConnection, hass, park, socket, state, statesOf } from "../park.js";
import {
  all,
  appears,
  button,
  create,
  intoCell,
  isAccessible,
  mount,
  one,
  repainted,
  settled,
  update,
} from "./page.js";

const TYPE = "energy-park-plan-card";

type Card = ParkCard<PlanCardConfig>;

function plan(of: Hass, config: Partial<PlanCardConfig> = {}): Promise<Card> {
  return mount<PlanCardConfig>(TYPE, of, config);
}

function centre(node: Element): { clientX: number; clientY: number } {
  const { left, top, width, height } = node.getBoundingClientRect();
  return { clientX: left + width / 2, clientY: top + height / 2 };
}

function point(card: Card, type: string, at: object, pointerId = 1): void {
  one(card, ".viewport").dispatchEvent(
    new PointerEvent(type, { ...at, pointerId, bubbles: true, composed: true }),
  );
}

function tap(card: Card, node: Element): void {
  point(card, "pointerdown", centre(node));
  point(card, "pointerup", centre(node));
}

function module(card: Card, name: string): HTMLElement {
  return all(card, ".module").find((node) =>
    node.getAttribute("aria-label")!.startsWith(`${name},`),
  )!;
}

function watts(card: Card, name: string): string {
  return module(card, name).querySelector(".watts")!.textContent;
}

test("all sockets and sectors are there, with their watts", async () => {
  const card = await plan(hass(park([12, 6])));

  expect(all(card, ".module")).toHaveLength(18);
  expect(all(card, ".zone-label").map((label) => label.textContent)).toEqual([
    "Room 0300 W12/12",
    "Room 1150 W6/6",
  ]);
  expect(module(card, "0 0").getAttribute("aria-label")).toBe("0 0, 25 W, on");
  expect(one(card, ".total").textContent).toBe("450 W");
});

test("it is accessible, as a plan and as a table", async () => {
  const card = await plan(hass(park([4, 2], 1)));
  await isAccessible(card);
  button(card, "Show as a table").click();
  await appears(card, "div.table");
  await isAccessible(card);
});

test("a change touches what shows it, and nothing else", async () => {
  const card = await plan(hass(park([12, 6])));
  await repainted(card);
  const touched = new Set<Node>();
  const observer = new MutationObserver((records) => {
    for (const { target } of records) touched.add(target);
  });
  observer.observe(card.renderRoot, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });

  update(card, state("sensor.0_3_power", "26", { unit_of_measurement: "W" }));
  update(card, state("light.of_another_integration", "on"));
  await repainted(card);

  expect(watts(card, "0 3")).toBe("26 W");
  const node = module(card, "0 3");
  expect([...touched].filter((one) => !node.contains(one))).toEqual([]);
});

test("many changes are drawn twice a second at most", async () => {
  const card = await plan(hass(park([3])));
  await repainted(card);
  const drawn: string[] = [];
  new MutationObserver(() => drawn.push(watts(card, "0 0"))).observe(
    module(card, "0 0"),
    { subtree: true, characterData: true, childList: true },
  );

  const start = performance.now();
  for (let value = 30; performance.now() - start < 1100; value++) {
    update(card, state("sensor.0_0_power", String(value)));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  expect(drawn.length).toBeGreaterThanOrEqual(1);
  expect(drawn.length).toBeLessThanOrEqual(3);
});

test("a socket that is not heard is neither on nor off", async () => {
  const of = park([2]);
  const card = await plan(
    hass(of, {
      states: {
        ...statesOf(of),
        "switch.0_1": state("switch.0_1", "unavailable"),
        "sensor.0_1_power": state("sensor.0_1_power", "unavailable"),
      },
    }),
  );
  const node = module(card, "0 1");
  expect(node.getAttribute("aria-label")).toBe("0 1, power unknown, not heard");
  expect(node.getAttribute("aria-pressed")).toBe("mixed");
  expect(node.classList.contains("unheard")).toBe(true);
});

test("the legend shows what is off, and what is on at 0 W, as the plan does", async () => {
  const of = park([3]);
  const card = await plan(
    hass(of, {
      states: {
        ...statesOf(of),
        "switch.0_0": state("switch.0_0", "off"),
        "sensor.0_0_power": state("sensor.0_0_power", "0"),
        "sensor.0_1_power": state("sensor.0_1_power", "0"),
        "sensor.0_2_power": state("sensor.0_2_power", "200"),
      },
    }),
  );
  const discs = ["0 0", "0 1", "0 2"].map((name) => {
    const { fill } = getComputedStyle(module(card, name).querySelector(".disc")!);
    return fill;
  });
  const swatches = all(card, ".scale i");
  const shown = [swatches[0]!, swatches[1]!, swatches.at(-1)!].map(
    (swatch) => getComputedStyle(swatch).backgroundColor,
  );
  expect(shown).toEqual(discs);
  expect(all(card, ".scale span").map((text) => text.textContent)).toEqual([
    "off",
    "0 W",
    "18 W",
    "200 W",
  ]);
});

test("why a socket is in its state is told in words", async () => {
  const of = park([2]);
  const since = new Date(Date.now() - 60_000);
  const reason = state("sensor.0_1_reason", "shed", { since: since.toISOString() });
  const card = await plan(
    hass(of, { states: { ...statesOf(of), "sensor.0_1_reason": reason } }),
  );
  const node = module(card, "0 1");
  expect(node.getAttribute("aria-label")).toBe("0 1, 25 W, on, <shed>");

  node.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  expect(one(card, ".about").textContent).toMatch(
    /^0 1 · on · 25 W · <shed> · since \d+:\d\d$/,
  );
  module(card, "0 0").focus();
  expect(one(card, ".about").textContent).toMatch(/^0 0 · on · 25 W · <as_found>$/);
  update(card, state("sensor.0_0_power", "99"));
  await repainted(card);
  expect(one(card, ".about").textContent).toContain("99 W");
});

test("a total that changed survives the next rendering", async () => {
  const card = await plan(hass(park([2])));
  update(card, state("sensor.park_power", "1234", { unit_of_measurement: "W" }));
  await repainted(card);
  expect(one(card, ".total").textContent).toBe("1.23 kW");
  button(card, "Show as a table").click();
  await appears(card, "div.table");
  expect(one(card, ".total").textContent).toBe("1.23 kW");
});

test("a tap switches, and shows at once that it does", async () => {
  const ticks: unknown[] = [];
  const felt = ({ detail }: CustomEventInit): void => void ticks.push(detail);
  window.addEventListener("haptic", felt);
  const callService = vi.fn(() => Promise.resolve());
  const card = await plan(hass(park([2]), { callService }));

  tap(card, module(card, "0 1"));
  await settled(card);

  expect(callService).toHaveBeenCalledExactlyOnceWith(
    "switch",
    "turn_off",
    {},
    { entity_id: "switch.0_1" },
    false,
  );
  window.removeEventListener("haptic", felt);
  expect(ticks).toEqual(["light"]);
  expect(module(card, "0 1").classList.contains("busy")).toBe(true);
  update(card, state("switch.0_1", "off"));
  await repainted(card);
  expect(module(card, "0 1").classList.contains("busy")).toBe(false);
  expect(module(card, "0 1").getAttribute("aria-pressed")).toBe("false");
});

test("a switch that fails tells why", async () => {
  const card = await plan(
    hass(park([1]), { callService: () => Promise.reject(new Error("not confirmed")) }),
  );
  const toasts: unknown[] = [];
  card.addEventListener("hass-notification", (event) =>
    toasts.push((event as CustomEvent<{ message: string }>).detail.message),
  );

  tap(card, module(card, "0 0"));
  await settled(card);

  expect(toasts).toEqual(["not confirmed"]);
  expect(module(card, "0 0").classList.contains("busy")).toBe(false);
});

test("a computer is not cut before someone is sure", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const of = { ...park([]), sockets: [socket("PC", null, "computer")] };
  const card = await plan(hass(of, { callService }));

  tap(card, module(card, "PC"));
  expect((await appears(card, "dialog")).textContent).toContain("it draws 25 W");
  await isAccessible(card);
  button(card, "Cancel").click();
  await settled(card);
  expect(callService).not.toHaveBeenCalled();

  tap(card, module(card, "PC"));
  await appears(card, "dialog");
  button(card, "Switch off").click();
  await vi.waitFor(() => {
    expect(callService).toHaveBeenCalledOnce();
  });
});

test("a key that is held asks once, and answers nothing", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const of = { ...park([]), sockets: [socket("PC", null, "computer"), socket("Lamp")] };
  const card = await plan(hass(of, { callService }));
  const held = (key: string, repeat: boolean): boolean => {
    const { activeElement } = card.renderRoot as ShadowRoot;
    return activeElement!.dispatchEvent(
      new KeyboardEvent("keydown", {
        key,
        repeat,
        bubbles: true,
        composed: true,
        cancelable: true,
      }),
    );
  };

  module(card, "PC").focus();
  held("Enter", false);
  await appears(card, "dialog");
  // A browser presses the button that has the focus, unless that is prevented.
  expect((card.renderRoot as ShadowRoot).activeElement!.textContent).toBe("Cancel");
  expect(held("Enter", true)).toBe(false);
  button(card, "Cancel").click();
  await settled(card);
  held("Enter", true);
  await settled(card);
  expect(all(card, "dialog")).toEqual([]);

  module(card, "Lamp").focus();
  for (const repeat of [false, true, true]) held(" ", repeat);
  await settled(card);
  expect(callService).toHaveBeenCalledOnce();
});

test("a slip or a scroll is no tap", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const card = await plan(hass(park([2]), { callService }));
  const at = centre(module(card, "0 0"));

  point(card, "pointerdown", at);
  point(card, "pointermove", { ...at, clientY: at.clientY + 30 });
  point(card, "pointerup", { ...at, clientY: at.clientY + 30 });
  point(card, "pointerdown", at);
  point(card, "pointercancel", at);
  await settled(card);

  expect(callService).not.toHaveBeenCalled();
});

test("a long press opens the last 24 hours", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const card = await plan(hass(park([2]), { callService }));
  const opened: unknown[] = [];
  card.addEventListener("hass-more-info", (event) =>
    opened.push((event as CustomEvent<unknown>).detail),
  );

  point(card, "pointerdown", centre(module(card, "0 0")));
  await new Promise((resolve) => setTimeout(resolve, 550));
  point(card, "pointerup", centre(module(card, "0 0")));

  expect(opened).toEqual([{ entityId: "sensor.0_0_power", view: "history" }]);
  expect(callService).not.toHaveBeenCalled();
});

test("a tap can be set to open instead", async () => {
  const card = await plan(hass(park([2])), { tap: "details" });
  const opened = vi.fn();
  card.addEventListener("hass-more-info", opened);
  tap(card, module(card, "0 0"));
  expect(opened).toHaveBeenCalledOnce();
});

test("a tap beside the modules goes near, another shows all again", async () => {
  const card = await plan(hass(park(Array.from({ length: 9 }, () => 4))));
  const zone = all(card, ".zone")[1]!;
  const { right, bottom } = zone.getBoundingClientRect();
  const corner = { clientX: right - 4, clientY: bottom - 4 };
  const width = (): number => zone.getBoundingClientRect().width;
  const before = width();

  point(card, "pointerdown", corner);
  point(card, "pointerup", corner);
  expect(width()).toBeGreaterThan(before * 1.2);

  const near = zone.getBoundingClientRect();
  const again = { clientX: near.right - 4, clientY: near.bottom - 4 };
  point(card, "pointerdown", again);
  point(card, "pointerup", again);
  expect(width()).toBeCloseTo(before);
});

test("what the keyboard goes to comes into view, and taps still hit", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const card = await plan(hass(park([12, 6]), { callService }));
  for (let times = 0; times < 3; times++) button(card, "Zoom in").click();
  const viewport = one(card, ".viewport");
  const stops = all(card, ".viewport [role=button], .zone-power");
  stops.at(-1)!.focus();
  stops[0]!.focus();
  stops
    .at(-1)!
    .dispatchEvent(
      new KeyboardEvent("keydown", { key: "Home", bubbles: true, composed: true }),
    );
  const { activeElement } = card.renderRoot as ShadowRoot;
  activeElement!.dispatchEvent(
    new KeyboardEvent("keydown", { key: "End", bubbles: true, composed: true }),
  );
  const last = (card.renderRoot as ShadowRoot).activeElement as HTMLElement;

  expect(last.dataset["device"]).toBe("device_1_5");
  expect([viewport.scrollLeft, viewport.scrollTop]).toEqual([0, 0]);
  const inside = viewport.getBoundingClientRect();
  const box = last.querySelector(".disc")!.getBoundingClientRect();
  expect(box.left).toBeGreaterThanOrEqual(inside.left);
  expect(box.right).toBeLessThanOrEqual(inside.right);
  expect(box.top).toBeGreaterThanOrEqual(inside.top);
  expect(box.bottom).toBeLessThanOrEqual(inside.bottom);
  // A page cannot scroll it away by itself.
  viewport.scrollLeft = 100;
  expect(viewport.scrollLeft).toBe(0);
  tap(card, last.querySelector(".disc")!);
  await settled(card);
  expect(callService).toHaveBeenCalledExactlyOnceWith(
    "switch",
    "turn_off",
    {},
    { entity_id: "switch.1_5" },
    false,
  );
});

/** A page whose plan was changed by hand. */
function drawn(
  of: Park,
  change: (plan: Plan) => Partial<Plan>,
  overrides: Partial<Hass> = {},
): Hass {
  const { hass: page, backend } = withBackend(hass(of, overrides));
  const arranged = { ...arrange(of, { width: 800, height: 480 }), id: "ground" };
  backend.take(creation(of.id, { ...arranged, ...change(arranged) }, 0));
  return page;
}

test("a card whose plan is gone says so, and shows no other floor", async () => {
  const page = drawn(park([2]), () => ({}));
  const card = await plan(page, { plan: "attic" });
  expect(one(card, ".notice").textContent).toContain("The plan of this card is gone.");
  expect(all(card, ".module")).toEqual([]);
  await isAccessible(card);

  card.setConfig({ type: `custom:${TYPE}`, plan: "ground" });
  await settled(card);
  expect(all(card, ".module")).toHaveLength(2);
  expect(all(card, ".notice")).toEqual([]);
});

test("a picture that cannot be loaded is tried again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const answers = [
      new Response("", { status: 502 }),
      new Response("", { status: 502 }),
      new Response(new Blob(["<svg xmlns='http://www.w3.org/2000/svg'/>"])),
    ];
    const fetchWithAuth = vi.fn(() => Promise.resolve(answers.shift()!));
    const picture = { digest: "e".repeat(64), width: 8, height: 6, invert: false };
    const page = drawn(park([2]), () => ({ picture }), { fetchWithAuth });
    const toasts = vi.fn();
    document.addEventListener("hass-notification", toasts);
    const card = await plan(page);
    const image = one(card, ".picture");
    await vi.waitFor(() => {
      expect(toasts).toHaveBeenCalledOnce();
    });
    for (let times = 0; times < 2; times++) {
      expect(image.hasAttribute("href")).toBe(false);
      await vi.advanceTimersByTimeAsync(60_000);
    }
    await vi.waitFor(() => {
      expect(image.getAttribute("href")).toMatch(/^blob:/);
    });
    expect(toasts).toHaveBeenCalledOnce();
    document.removeEventListener("hass-notification", toasts);
  } finally {
    vi.useRealTimers();
  }
});

test("an enlarged module is all of it a module", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const page = drawn(
    park([2]),
    ({ modules: [large, ...others] }) => ({
      modules: [{ ...large!, size: 400 }, ...others],
    }),
    { callService },
  );
  const card = await plan(page);
  const { left, top, width, height } = module(card, "0 0")
    .querySelector(".disc")!
    .getBoundingClientRect();
  expect(width).toBeGreaterThan(120);
  const at = { clientX: left + 8, clientY: top + height / 2 };
  point(card, "pointerdown", at);
  point(card, "pointerup", at);
  await settled(card);
  expect(callService).toHaveBeenCalledOnce();
});

test("a tap on a dot that no zone surrounds comes near, and switches nothing", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const of = park(Array.from({ length: 40 }, () => 50));
  const card = await plan(drawn(of, () => ({ zones: [] }), { callService }));
  expect(one(card, ".drawing").classList.contains("level-0")).toBe(true);
  const node = module(card, "3 7");
  const before = centre(node);
  for (let taps = 0; taps < 9; taps++) {
    if (!one(card, ".drawing").classList.contains("level-0")) break;
    expect(callService).not.toHaveBeenCalled();
    tap(card, node);
    await settled(card);
  }
  expect(one(card, ".drawing").classList.contains("level-0")).toBe(false);
  expect(callService).not.toHaveBeenCalled();
  // What was tapped stays under the finger.
  expect(Math.abs(centre(node).clientX - before.clientX)).toBeLessThan(60);
});

test("two fingers zoom, one pans what is zoomed", async () => {
  const card = await plan(hass(park([6])));
  const viewport = one(card, ".viewport");
  const drawing = one(card, ".drawing");
  const { left, top } = viewport.getBoundingClientRect();
  const at = (x: number, y: number): object => ({
    clientX: left + x,
    clientY: top + y,
  });
  const width = (): number => drawing.getBoundingClientRect().width;
  const before = width();
  // A synthetic finger cannot be captured.
  viewport.setPointerCapture = () => undefined;

  point(card, "pointerdown", at(300, 200), 1);
  point(card, "pointerdown", at(400, 200), 2);
  point(card, "pointermove", at(200, 200), 1);
  point(card, "pointermove", at(500, 200), 2);
  point(card, "pointerup", at(200, 200), 1);
  point(card, "pointerup", at(500, 200), 2);
  expect(width()).toBeCloseTo(before * 3, -1);
  expect(viewport.hasAttribute("zoomed")).toBe(true);

  const x = drawing.getBoundingClientRect().left;
  point(card, "pointerdown", at(300, 200));
  point(card, "pointermove", at(280, 200));
  point(card, "pointermove", at(240, 200));
  point(card, "pointerup", at(240, 200));
  expect(drawing.getBoundingClientRect().left).toBeCloseTo(x - 60, -1.4);

  button(card, "Show all").click();
  expect(width()).toBeCloseTo(before);
});

test("a sector is switched when someone is sure, and each refusal is told", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const card = await plan(hass(park([3]), { callService }));

  all(card, ".zone-power")[0]!.click();
  await appears(card, "dialog");
  button(card, "Switch off").click();
  await vi.waitFor(() => {
    expect(callService).toHaveBeenCalledWith(
      "switch",
      "turn_off",
      {},
      { entity_id: "switch.room_0" },
      false,
    );
  });
  update(
    card,
    state("switch.0_0", "off"),
    state("sensor.0_1_reason", "as_found", { refused: "running" }),
    state("switch.0_2", "unavailable"),
  );

  await vi.waitFor(
    () => {
      expect(one(card, "dialog").textContent.replace(/\s+/g, " ")).toContain(
        "1 of 3 sockets are off. These are not: 0 1<running>0 2not heard",
      );
    },
    { timeout: 3000 },
  );
});

const JOB = {
  ...park([2, 1]),
  sectors: park([2, 1]).sectors.map((sector) => ({
    ...sector,
    entities: {
      ...sector.entities,
      job: `sensor.${sector.device}_job`,
      cancel_job: `button.${sector.device}_cancel`,
    },
  })),
};

function job(stage: string, progress: number | null): HassState {
  return state("sensor.sector_0_job", stage, { on: false, progress });
}

test("a switching job shows on its zone how far it is, and can be cancelled", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const states = { ...statesOf(JOB), "sensor.sector_0_job": job("idle", 100) };
  const card = await plan(hass(JOB, { states, callService }));
  const lines = all(card, ".zone-job");
  expect(lines.map(({ hidden }) => hidden)).toEqual([true, true]);

  update(card, job("shutting_down", 40));
  await repainted(card);
  expect(lines.map(({ hidden }) => hidden)).toEqual([false, true]);
  expect(lines[0]!.textContent).toBe("<shutting_down>40%");
  await isAccessible(card);
  button(card, "Cancel the switching of Room 0").click();
  expect(callService).toHaveBeenCalledExactlyOnceWith(
    "button",
    "press",
    {},
    { entity_id: "button.sector_0_cancel" },
    false,
  );

  update(card, job("idle", 100));
  await repainted(card);
  expect(lines[0]!.hidden).toBe(true);
});

test.each([360, 1000])("a job moves and covers nothing, %d px wide", async (width) => {
  const states = { ...statesOf(JOB), "sensor.sector_0_job": job("idle", 100) };
  const card = await plan(hass(JOB, { states }));
  await intoCell(card, width, 600);
  const places = (): object[] =>
    all(card, ".module .disc, .zone-power, .tool").map(centre);
  const before = places();

  update(card, job("shutting_down", 40));
  await repainted(card);

  expect(places()).toEqual(before);
  const cancel = button(card, "Cancel the switching of Room 0");
  const label = cancel.closest(".zone-label")!.getBoundingClientRect();
  const { right, bottom } = cancel.getBoundingClientRect();
  expect(bottom).toBeLessThanOrEqual(label.bottom);
  expect(right).toBeLessThanOrEqual(label.right);
  const lowest = all(card, ".zone-job *").map(
    (node) => node.getBoundingClientRect().bottom,
  );
  expect(Math.max(...lowest)).toBeLessThanOrEqual(label.bottom + 1);
});

test.each([360, 800])(
  "a glance at a socket moves nothing, %d px wide",
  async (width) => {
    const card = await plan(hass(park([12, 6])));
    await intoCell(card, width, 600);
    const before = centre(module(card, "1 5"));
    module(card, "1 5").dispatchEvent(
      new PointerEvent("pointerover", { bubbles: true }),
    );
    expect(one(card, ".about").textContent).toContain("1 5");
    await repainted(card);
    expect(centre(module(card, "1 5"))).toEqual(before);
  },
);

test("what became of a sector is told when its job is over, not before", async () => {
  const states = { ...statesOf(JOB), "sensor.sector_0_job": job("idle", null) };
  const card = await plan(hass(JOB, { states }));
  button(card, "Switch Room 0 off, 50 W 2/2").click();
  await appears(card, "dialog");
  button(card, "Switch off").click();
  update(card, job("warning", 0));
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(all(card, "dialog")).toHaveLength(0);

  update(card, job("idle", 100), state("switch.0_0", "off"));
  await vi.waitFor(
    () => {
      expect(one(card, "dialog").textContent).toContain("1 of 2 sockets are off");
    },
    { timeout: 3000 },
  );
});

test("the view of waste tells left on from standby, and dims the rest", async () => {
  const of = park([3], 1);
  const told = (id: string, value: string, sockets: string[]): HassState =>
    state(id, value, { unit_of_measurement: "W", sockets });
  const wasting = {
    ...of,
    entities: { ...of.entities, waste_power: "sensor.w", standby_power: "sensor.s" },
    sectors: of.sectors.map((sector) => ({
      ...sector,
      entities: {
        ...sector.entities,
        waste_power: "sensor.w0",
        left_on_power: "sensor.l0",
        standby_power: "sensor.s0",
      },
    })),
  };
  const states = [
    told("sensor.w", "41", []),
    told("sensor.s", "9", ["loose 0"]),
    told("sensor.w0", "32", []),
    told("sensor.l0", "30", ["0 0"]),
    told("sensor.s0", "2", ["0 1"]),
  ];
  const card = await plan(
    hass(wasting, {
      states: {
        ...statesOf(of),
        ...Object.fromEntries(states.map((one) => [one.entity_id, one])),
      },
    }),
  );
  const wastes = (): string[] =>
    all(card, ".module.wasting").map((node) => node.getAttribute("aria-label")!);
  expect(wastes()).toEqual([]);

  button(card, "Show what is wasted").click();
  await settled(card);
  expect(wastes()).toEqual([
    "0 0, 25 W, on, left on",
    "0 1, 25 W, on, in standby",
    "loose 0, 25 W, on, in standby",
  ]);
  expect(one(card, ".total").textContent).toBe("41 W wasted");
  expect(one(card, ".zone-total").textContent).toBe("32 W");
  expect(all(card, ".mark.left_on")).toHaveLength(1);
  await isAccessible(card);

  // It follows what is told.
  update(card, told("sensor.l0", "0", []));
  await repainted(card);
  expect(wastes()).toHaveLength(2);
  button(card, "Show as a table").click();
  await appears(card, "div.table");
  expect(one(card, ".table").textContent).toContain("in standby");
});

test("one tab stop, and arrows from sign to sign", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const card = await plan(hass(park([4, 2]), { callService }));
  const stops = (): HTMLElement[] => all(card, ".viewport [tabindex='0']");
  expect(stops()).toHaveLength(1);
  const key = (name: string, shiftKey = false): void => {
    (card.renderRoot as ShadowRoot).activeElement!.dispatchEvent(
      new KeyboardEvent("keydown", {
        key: name,
        shiftKey,
        bubbles: true,
        composed: true,
      }),
    );
  };

  stops()[0]!.focus();
  key("ArrowDown");
  const first = stops()[0]!;
  expect(first.getAttribute("aria-label")).toContain("0 0");
  key("ArrowRight");
  expect(stops()[0]!.getAttribute("aria-label")).toContain("0 1");
  key("Enter");
  await settled(card);
  expect(callService).toHaveBeenCalledOnce();
  const opened = vi.fn();
  card.addEventListener("hass-more-info", opened);
  key("Enter", true);
  expect(opened).toHaveBeenCalledOnce();
  key("End");
  expect(stops()[0]!.getAttribute("aria-label")).toContain("1 1");
  key("Home");
  expect(stops()[0]!.getAttribute("aria-label")).toContain("Room 0");
  expect(stops()).toHaveLength(1);
});

test("the table says the same and switches as well", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const card = await plan(hass(park([2], 1), { callService }));

  button(card, "Show as a table").click();
  await appears(card, "div.table");

  const rows = all(card, "tbody tr").map((row) =>
    row.textContent.replace(/\s+/g, " ").trim(),
  );
  expect(rows).toEqual([
    "Room 0 50 W on 2/2",
    "0 0 Other 25 W on <as_found>",
    "0 1 Other 25 W on <as_found>",
    "Without a sector",
    "loose 0 Other 25 W on <as_found>",
  ]);
  button(card, "0 1, on").click();
  await settled(card);
  expect(callService).toHaveBeenCalledOnce();

  button(card, "Show the plan").click();
  await settled(card);
  expect(all(card, ".module")).toHaveLength(3);
});

test("the table shows what is on its way, and switches sectors and their jobs", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const states = {
    ...statesOf(JOB),
    "switch.0_1": state("switch.0_1", "on", { wanted: false }),
    "sensor.sector_1_job": state("sensor.sector_1_job", "shutting_down", {
      progress: 40,
    }),
  };
  const card = await plan(hass(JOB, { states, callService }));
  const opened: unknown[] = [];
  card.addEventListener("hass-more-info", (event) =>
    opened.push((event as CustomEvent<unknown>).detail),
  );
  button(card, "Show as a table").click();
  const table = await appears(card, "div.table");
  await isAccessible(card);
  const rows = (): string[] =>
    all(card, "tbody tr").map((row) => row.textContent.replace(/\s+/g, " ").trim());
  expect(rows()[2]).toBe("0 1 Other 25 W on being switched off <as_found>");
  expect(rows()[3]).toBe("Room 1 25 W on 1/1 <shutting_down> 40% Cancel");

  button(card, "Cancel the switching of Room 1").click();
  expect(callService).toHaveBeenCalledExactlyOnceWith(
    "button",
    "press",
    {},
    { entity_id: "button.sector_1_cancel" },
    false,
  );
  button(card, "Last 24 hours of 0 1").click();
  button(card, "Last 24 hours of Room 0").click();
  expect(opened).toEqual([
    { entityId: "sensor.0_1_power", view: "history" },
    { entityId: "sensor.room_0_power", view: "history" },
  ]);

  button(card, "Room 0, on 2/2").click();
  await appears(card, "dialog");
  button(card, "Switch off").click();
  await vi.waitFor(() => {
    expect(callService).toHaveBeenLastCalledWith(
      "switch",
      "turn_off",
      {},
      { entity_id: "switch.room_0" },
      false,
    );
  });
  update(card, state("sensor.room_0_power", "7", { unit_of_measurement: "W" }));
  await repainted(card);
  expect(table.textContent).toContain("7.0 W");
});

test("a file that an update took away is told, and nothing is switched", async () => {
  const toasts: unknown[] = [];
  const card = await plan(hass(park([1])));
  card.addEventListener("hass-notification", (event) =>
    toasts.push((event as CustomEvent<{ message: string }>).detail.message),
  );
  const gone: Promise<unknown> = Promise.reject(new Error("404"));
  expect(await loaded(card, gone)).toBeUndefined();
  expect(toasts).toEqual(["Energy Park was updated."]);
});

test("a card that is put away draws nothing, and is whole when it comes back", async () => {
  const card = await plan(hass(park([12, 6])));
  const before = module(card, "1 0").getAttribute("transform");
  const drawn = vi.fn();
  new MutationObserver(drawn).observe(card.renderRoot, {
    subtree: true,
    childList: true,
    attributes: true,
  });
  card.remove();
  update(card, state("sensor.0_0_power", "77"));
  await repainted(card);
  expect(drawn).not.toHaveBeenCalled();

  document.body.append(card);
  await repainted(card);
  expect(module(card, "1 0").getAttribute("transform")).toBe(before);
  expect(watts(card, "0 0")).toBe("77 W");
});

test("a sector that is removed leaves no ghost", async () => {
  const of = hass(park([2, 2]));
  const card = await plan(of);

  (of.connection as unknown as FakeConnection).tell(
    { cards: "", parks: [park([2])] },
    "energy_park/park/subscribe",
  );
  await settled(card);

  expect(all(card, ".module")).toHaveLength(2);
  expect(all(card, ".zone-label")).toHaveLength(1);
});

test("a park that is told again, as after a lost connection, is not drawn anew", async () => {
  const of = hass(park([2, 2]));
  const card = await plan(of);
  const before = module(card, "0 0");

  (of.connection as unknown as FakeConnection).tell(
    { cards: "", parks: [park([2, 2])] },
    "energy_park/park/subscribe",
  );
  await settled(card);

  expect(module(card, "0 0")).toBe(before);
});

test("a card that is only to be looked at switches nothing, nor looks as if", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const states = { ...statesOf(JOB), "sensor.sector_0_job": job("warning", 10) };
  const card = await plan(hass(JOB, { states, callService }), {
    read_only: true,
    zone_tap: "toggle",
  });
  const opened: unknown[] = [];
  card.addEventListener("hass-more-info", (event) =>
    opened.push((event as CustomEvent<{ entityId: string }>).detail.entityId),
  );
  const seen = all(card, ".zone-power, .zone-cancel").filter(
    (node) => node.getBoundingClientRect().width > 0,
  );
  expect(seen).toEqual([]);
  tap(card, module(card, "0 0"));
  const stop = one(card, ".viewport [tabindex='0']");
  expect(stop.getAttribute("aria-label")).toContain("0 0");
  const zone = all(card, ".zone")[0]!.getBoundingClientRect();
  const beside = { clientX: zone.left + 4, clientY: zone.bottom - 4 };
  point(card, "pointerdown", beside);
  point(card, "pointerup", beside);

  button(card, "Show as a table").click();
  await appears(card, "div.table");
  const buttons = all(card, ".table button").map((node) => node.ariaLabel);
  expect(buttons.filter((label) => !label?.startsWith("Last 24 hours"))).toEqual([]);
  button(card, "Last 24 hours of 0 1").click();
  await settled(card);
  expect(opened).toEqual(["sensor.0_0_power", "sensor.0_1_power"]);
  expect(callService).not.toHaveBeenCalled();
  expect(all(card, "dialog")).toEqual([]);

  // Who may switch again has the buttons again.
  card.setConfig({ type: `custom:${TYPE}` });
  button(card, "Show the plan").click();
  await repainted(card);
  expect(all(card, ".zone-power")[0]!.hidden).toBe(false);
});

test("a tap on a zone can be set to switch its sector, after a question", async () => {
  const callService = vi.fn(() => Promise.resolve());
  const of = park([4]);
  const [lamp, pc, screen, router] = of.sockets;
  const named = {
    ...of,
    sockets: [
      lamp!,
      { ...pc!, name: "PC", role: "computer" as const },
      { ...screen!, name: "Board" },
      { ...router!, name: "Switch cabinet", role: "network" as const },
    ],
  };
  const states = {
    ...statesOf(of),
    [screen!.entities["protected"]!]: state(screen!.entities["protected"]!, "on"),
  };
  const card = await plan(hass(named, { states, callService }), { zone_tap: "toggle" });
  const { left, bottom } = one(card, ".zone").getBoundingClientRect();
  const beside = { clientX: left + 4, clientY: bottom - 4 };
  point(card, "pointerdown", beside);
  point(card, "pointerup", beside);
  const question = await appears(card, "dialog");
  expect(question.textContent).toContain("The 4 sockets of this sector");
  const rows = [...question.querySelectorAll("li")].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );
  expect(rows).toEqual([
    ["PC", "Computer, 25 W"],
    ["Board", "protected, 25 W"],
    ["Switch cabinet", "Network, 25 W"],
  ]);
  await isAccessible(card);
  button(card, "Cancel").click();
  await settled(card);
  expect(callService).not.toHaveBeenCalled();
});

test("a long press on a zone, or its key, opens the last 24 hours of its sector", async () => {
  const card = await plan(hass(park([2])));
  const opened: unknown[] = [];
  card.addEventListener("hass-more-info", (event) =>
    opened.push((event as CustomEvent<unknown>).detail),
  );
  const { left, bottom } = one(card, ".zone").getBoundingClientRect();
  const beside = { clientX: left + 4, clientY: bottom - 4 };
  point(card, "pointerdown", beside);
  await new Promise((resolve) => setTimeout(resolve, 550));
  point(card, "pointerup", beside);
  const power = one(card, ".zone-power");
  power.focus();
  power.dispatchEvent(
    new KeyboardEvent("keydown", {
      key: "Enter",
      shiftKey: true,
      bubbles: true,
      composed: true,
    }),
  );
  const sheet = { entityId: "sensor.room_0_power", view: "history" };
  expect(opened).toEqual([sheet, sheet]);
});

test("on a phone the keyboard finds the buttons that have no room", async () => {
  const card = await plan(hass(park([4])));
  await intoCell(card, 360, 700);
  const title = one(card, "h2").getBoundingClientRect().width;
  const plus = button(card, "Zoom in");
  expect(getComputedStyle(plus).position).toBe("absolute");
  plus.focus();
  expect(getComputedStyle(plus).position).toBe("static");
  plus.click();
  expect(one(card, ".viewport").hasAttribute("zoomed")).toBe(true);
  expect(title).toBeGreaterThan(40);
});

test.each([
  [{ tap: "explode" }, /tap/],
  [{ heat_max: -1 }, /heat_max/],
  [{ park: 5 }, /park/],
])("a configuration of %o is refused in words", (config, text) => {
  const card = create<PlanCardConfig>(TYPE);
  expect(() => {
    card.setConfig({ type: TYPE, ...config } as unknown as PlanCardConfig);
  }).toThrow(text);
});

test("a plan drawn for a wide screen can be read and used on a phone", async () => {
  const of = park([12, 6, 4, 2]);
  const { hass: page, backend } = withBackend(hass(of));
  const drawn = { ...arrange(of, { width: 1100, height: 600 }), id: "wide" };
  backend.take(creation(of.id, drawn, 0));
  const card = await plan(page);
  await intoCell(card, 360, 700);
  const discs = all(card, ".module .disc").map((node) => node.getBoundingClientRect());
  const headings = all(card, ".zone-label *").map((node) =>
    node.getBoundingClientRect(),
  );
  for (const heading of headings) {
    for (const disc of discs) {
      const apart =
        heading.width === 0 ||
        heading.right <= disc.left ||
        disc.right <= heading.left ||
        heading.bottom <= disc.top + 2 ||
        disc.bottom <= heading.top;
      expect(apart, JSON.stringify([heading, disc])).toBe(true);
    }
  }

  // A tap on a room comes near; there its switch is.
  const room = all(card, ".zone")[1]!.getBoundingClientRect();
  const corner = { clientX: room.right - 3, clientY: room.bottom - 3 };
  point(card, "pointerdown", corner);
  point(card, "pointerup", corner);
  const power = all(card, ".zone-power")[1]!;
  expect(power.getBoundingClientRect().width).toBe(36);
});

test("other languages and numbers", async () => {
  const card = await plan(
    hass(park([2]), {
      language: "fr",
      locale: { language: "fr", number_format: "language", time_format: "24" },
    }),
  );
  await vi.waitFor(() => {
    expect(module(card, "0 0").getAttribute("aria-label")).toBe("0 0, 25 W, allumée");
  });
});

test("5 to 500 sockets are drawn, each level with what can be read", async () => {
  const few = await plan(hass(park([5])));
  expect(one(few, ".drawing").classList.contains("level-3")).toBe(true);
  const many = await plan(hass(park(Array.from({ length: 40 }, () => 50))));
  expect(all(many, ".module")).toHaveLength(2000);
  expect(one(many, ".drawing").classList.contains("level-0")).toBe(true);
});
