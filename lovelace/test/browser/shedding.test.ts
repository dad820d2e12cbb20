import { expect, test, vi } from "vitest";

import type { ParkCard } from "../../src/shared/card.js";
import type { Hass, HassState } from "../../src/shared/hass.js";
import type { SheddingCardConfig } from "../../src/shedding/card.js";
import { hass, park, state, statesOf } from "../park.js";
import {
  all,
  button,
  isAccessible,
  mount,
  one,
  repainted,
  settled,
  update,
} from "./page.js";

const TYPE = "energy-park-shedding-card";
const NOW = new Date();

type Card = ParkCard<SheddingCardConfig>;

const of = {
  ...park([3, 1]),
  meters: [
    {
      device: "device_meter",
      name: "Linky",
      entities: {
        apparent_power: "sensor.drawn",
        subscribed_power: "sensor.subscribed",
        trip_margin: "sensor.margin",
        shedding: "sensor.shedding",
        shed_power: "sensor.shed_power",
        next_shed: "sensor.next_shed",
        next_restored: "sensor.next_restored",
        shedding_test: "switch.shedding_test",
      },
    },
  ],
};

const PRIORITIES = { "0_0": 9, "0_1": 9, "0_2": 4, "1_0": 1 };

const CALM: Record<string, HassState> = Object.fromEntries(
  [
    state("sensor.drawn", "4500", { unit_of_measurement: "VA" }),
    state("sensor.subscribed", "6", { unit_of_measurement: "kVA" }),
    state("sensor.margin", "82"),
    state("sensor.shedding", "clear", { ready: [], shed: [], seconds_left: null }),
    state("sensor.shed_power", "0", { unit_of_measurement: "W" }),
    state("sensor.next_shed", "0 0", { socket_id: "id_0_0", priority: 9, power: 25 }),
    state("sensor.next_restored", "unknown"),
    state("switch.shedding_test", "off"),
    ...Object.entries(PRIORITIES).map(([key, value]) =>
      state(`number.${key}_priority`, String(value)),
    ),
    state("switch.1_0_protected", "on"),
  ].map((one) => [one.entity_id, one]),
);

const SHED = {
  socket: "0 0",
  socket_id: "id_0_0",
  power: 744,
  reason: "limit",
  since: NOW.toISOString(),
  until: new Date(NOW.getTime() + 600_000).toISOString(),
};

async function shedding(
  states: Record<string, HassState> = {},
  overrides: Partial<Hass> = {},
  config: Partial<SheddingCardConfig> = {},
): Promise<{ card: Card; callService: ReturnType<typeof vi.fn> }> {
  const callService = vi.fn(() => Promise.resolve());
  const page = hass(of, {
    states: { ...statesOf(of), ...CALM, ...states },
    callService,
    ...overrides,
  });
  return { card: await mount<SheddingCardConfig>(TYPE, page, config), callService };
}

function text(card: Card, selector: string): string[] {
  return all(card, selector).map((node) =>
    node.textContent.replace(/\s+/g, " ").trim(),
  );
}

/** Which sockets stand in which lane. */
function order(card: Card): Record<string, string[]> {
  return Object.fromEntries(
    all(card, "[data-lane]").flatMap((lane) => {
      const names = [...lane.querySelectorAll(".chip span")].map(
        (node) => node.textContent,
      );
      return names.length ? [[lane.dataset["lane"]!, names]] : [];
    }),
  );
}

function chip(card: Card, name: string): HTMLElement {
  return all(card, "button.chip").find(
    (node) => node.querySelector("span")!.textContent === name,
  )!;
}

function middle(node: Element): { clientX: number; clientY: number } {
  const { left, top, width, height } = node.getBoundingClientRect();
  return { clientX: left + width / 2, clientY: top + height / 2 };
}

function point(
  node: EventTarget,
  type: string,
  at: object,
  pointerType = "mouse",
): void {
  const shared = { pointerId: 1, isPrimary: true, bubbles: true, composed: true };
  node.dispatchEvent(new PointerEvent(type, { ...shared, ...at, pointerType }));
}

function lane(card: Card, level: number | string): HTMLElement {
  return one(card, `[data-lane="${level}"]`);
}

function set(callService: ReturnType<typeof vi.fn>): unknown[] {
  return callService.mock.calls.map(([domain, service, data, target]) => [
    `${domain as string}.${service as string}`,
    (data as { value: number }).value,
    (target as { entity_id: string }).entity_id,
  ]);
}

test("how near the limit is, what goes next, and the order of it all", async () => {
  const { card } = await shedding();
  expect(text(card, ".badge")).toEqual(["<clear>"]);
  expect(text(card, ".room")).toEqual([
    "Power4.50 kVA of 6.00 kVA subscribed",
    "Margin to cut-off82%",
  ]);
  expect(text(card, ".next")).toEqual(["Goes next: 0 0priority 9 · 25 W"]);
  expect(order(card)).toEqual({
    "9": ["0 0", "0 1"],
    "4": ["0 2"],
    protected: ["1 0"],
  });
  expect(all(card, "button.chip")).toHaveLength(3);
  await isAccessible(card);
});

test("what is shed, why and until when; one or all can be restored", async () => {
  const other = { ...SHED, socket: "0 1", socket_id: "id_0_1", until: null };
  const { card, callService } = await shedding({
    "sensor.shedding": state("sensor.shedding", "shedding", { shed: [SHED, other] }),
    "sensor.shed_power": state("sensor.shed_power", "769", {
      unit_of_measurement: "W",
    }),
    "sensor.next_restored": state("sensor.next_restored", "0 0", {
      waits: "room",
      not_before: null,
    }),
  });
  expect(text(card, "#shed")).toEqual(["Shed now: 2 769 W"]);
  expect(text(card, ".shed li")[0]).toMatch(
    /^0 0744 W · the contract's limit · since \d+:\d\d · until \d+:\d\d Restore$/,
  );
  expect(text(card, ".next").at(-1)).toBe("Comes back next: 0 0waits for enough room");
  await isAccessible(card);

  button(card, "Restore 0 0").click();
  button(card, "Restore all").click();
  expect(callService.mock.calls.map((call) => call.slice(1, 3) as unknown[])).toEqual([
    ["restore", { meter: ["device_meter"], sockets: ["switch.0_0"] }],
    ["restore", { meter: ["device_meter"] }],
  ]);
});

test("an overload that is predicted is told before it is cut", async () => {
  const { card } = await shedding({
    "sensor.shedding": state("sensor.shedding", "predicted", {
      seconds_left: 42,
      ready: ["0 0", "0 1"],
      enough: false,
      shed: [],
    }),
  });
  expect(text(card, ".alarm")).toEqual(["The meter will cut off in 42 s"]);
  expect(text(card, "[role=alert]")).toEqual(["The meter will cut off"]);
  expect(text(card, ".next")).toEqual([
    "Will be shed if it stays so: 0 0, 0 1 That will not be enough.",
  ]);
});

test("a test that cuts nothing says so", async () => {
  const { card } = await shedding({
    "switch.shedding_test": state("switch.shedding_test", "on"),
  });
  expect(text(card, ".hint")[0]).toContain("nothing is cut");
});

test("a mouse drags a socket to another priority", async () => {
  const { card, callService } = await shedding();
  const node = chip(card, "0 0");
  point(node, "pointerdown", middle(node));
  point(window, "pointermove", middle(lane(card, 5)));
  await settled(card);
  expect(lane(card, 5).classList.contains("over")).toBe(true);
  point(window, "pointermove", middle(lane(card, 2)));
  point(window, "pointerup", middle(lane(card, 2)));
  node.click();
  await settled(card);

  expect(set(callService)).toEqual([["number.set_value", 2, "number.0_0_priority"]]);
  // At once, and it is not taken up by the click that ends a drag.
  expect(order(card)["2"]).toEqual(["0 0"]);
  expect(all(card, ".held, .over, .dragged")).toEqual([]);

  // The next click is one, also when it comes from a key.
  await new Promise((resolve) => setTimeout(resolve));
  chip(card, "0 0").click();
  await settled(card);
  expect(chip(card, "0 0").classList.contains("held")).toBe(true);
});

test("a finger drags when it rests first; else it scrolls", async () => {
  const { card, callService } = await shedding();
  const node = chip(card, "0 2");
  point(node, "pointerdown", middle(node), "touch");
  point(window, "pointermove", middle(lane(card, 8)), "touch");
  point(window, "pointerup", middle(lane(card, 8)), "touch");
  expect(callService).not.toHaveBeenCalled();

  point(node, "pointerdown", middle(node), "touch");
  await vi.waitFor(() => {
    expect(node.classList.contains("dragged")).toBe(true);
  });
  const scroll = new Event("touchmove", { bubbles: true, cancelable: true });
  window.dispatchEvent(scroll);
  expect(scroll.defaultPrevented).toBe(true);
  point(window, "pointermove", middle(lane(card, 8)), "touch");
  point(window, "pointerup", middle(lane(card, 8)), "touch");
  expect(set(callService)).toEqual([["number.set_value", 8, "number.0_2_priority"]]);
});

test("a tap takes a socket up, another puts it down", async () => {
  const { card, callService } = await shedding();
  chip(card, "0 1").click();
  await settled(card);
  expect(chip(card, "0 1").getAttribute("aria-pressed")).toBe("true");
  // What is protected has no priority to take.
  lane(card, "protected").click();
  expect(callService).not.toHaveBeenCalled();
  lane(card, 3).click();
  expect(set(callService)).toEqual([["number.set_value", 3, "number.0_1_priority"]]);
  await settled(card);
  expect(all(card, ".held")).toEqual([]);
});

test("keys move a socket, keep the focus on it, and say where it went", async () => {
  const { card, callService } = await shedding();
  const key = (name: string): void => {
    (card.renderRoot as ShadowRoot).activeElement!.dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true, composed: true }),
    );
  };
  const focused = (): string | undefined =>
    ((card.renderRoot as ShadowRoot).activeElement as HTMLElement | null)?.dataset[
      "device"
    ];
  chip(card, "0 0").focus();
  chip(card, "0 0").click();
  key("ArrowUp");
  await settled(card);
  expect(focused()).toBe("device_0_0");
  // There is nothing beyond 10.
  key("ArrowUp");
  key("ArrowDown");
  key("ArrowDown");
  await settled(card);
  expect(set(callService).map((call) => (call as unknown[])[1])).toEqual([10, 9, 8]);
  expect(focused()).toBe("device_0_0");
  expect(one(card, ".said").textContent).toBe("0 0 now has priority 8.");
  key("Escape");
  await settled(card);
  expect(all(card, ".held")).toEqual([]);
});

test("a priority that is refused goes back, and says why", async () => {
  const { card } = await shedding(
    {},
    { callService: () => Promise.reject(new Error("No permission.")) },
  );
  const told: unknown[] = [];
  card.addEventListener("hass-notification", ({ detail }: CustomEventInit) =>
    told.push(detail),
  );
  chip(card, "0 2").click();
  await settled(card);
  lane(card, 7).click();
  await vi.waitFor(() => {
    expect(told).toEqual([{ message: "No permission." }]);
  });
  await settled(card);
  expect(order(card)["4"]).toEqual(["0 2"]);
});

test("a card that is only to be looked at moves and restores nothing", async () => {
  const { card } = await shedding(
    { "sensor.shedding": state("sensor.shedding", "shedding", { shed: [SHED, SHED] }) },
    {},
    { read_only: true },
  );
  expect(all(card, "button")).toEqual([]);
  expect(text(card, ".shed li")).toHaveLength(2);
});

test("another priority is shown when it is told", async () => {
  const { card } = await shedding();
  update(card, state("number.0_2_priority", "10"));
  await repainted(card);
  expect(order(card)["10"]).toEqual(["0 2"]);
});

test("a socket that would not be shed tells why", async () => {
  const { card } = await shedding(
    Object.fromEntries(
      [
        state("number.0_0_priority", "9", { not_shed: "unknown" }),
        state("number.0_1_priority", "9", { not_shed: "unreachable" }),
        state("number.0_2_priority", "4", { not_shed: "idle" }),
      ].map((one) => [one.entity_id, one]),
    ),
  );
  expect(chip(card, "0 0").textContent).toContain("not shed: no power is measured");
  expect(chip(card, "0 1").getAttribute("aria-label")).toContain("not shed: not heard");
  expect(chip(card, "0 2").textContent).not.toContain("not shed");
  await isAccessible(card);
});

test("a park whose meter tells no shedding still has its order", async () => {
  const page = hass(park([2]), { states: { ...statesOf(park([2])), ...CALM } });
  const card = await mount<SheddingCardConfig>(TYPE, page);
  expect(text(card, ".hint")[0]).toContain("nothing of shedding yet");
  expect(order(card)).toEqual({ "9": ["0 0", "0 1"] });
});
