import { beforeEach, expect, test, vi } from "vitest";

import type { HistoryCardConfig } from "../../src/history/card.js";
import type { ParkCard } from "../../src/shared/card.js";
import type { Hass } from "../../src/shared/hass.js";
import type { Park } from "../../src/shared/park.js";
import { hass, park } from "../park.js";
import { all, button, isAccessible, mount, one, settled } from "./page.js";

const TYPE = "energy-park-history-card";
const FIVE = 300_000;

interface Asked {
  type: string;
  statistic_ids: string[];
  period: string;
  types: string[];
  start_time: string;
}

let asked: Asked[];

beforeEach(() => {
  asked = [];
});

/** A recorder that knows the last hour of everything, but for ten minutes of it. */
function recorder(message: unknown): Promise<unknown> {
  const ask = message as Asked;
  asked.push(ask);
  const now = Math.floor(Date.now() / FIVE) * FIVE;
  const rows = Array.from({ length: 12 }, (_, index) => {
    const start = now - (12 - index) * FIVE;
    return { start, end: start + FIVE, mean: 100 + index, change: 1000 };
  }).filter((_, index) => index !== 5 && index !== 6);
  return Promise.resolve(Object.fromEntries(ask.statistic_ids.map((id) => [id, rows])));
}

async function history(
  of: Park,
  config: Partial<HistoryCardConfig> = {},
  callWS: (message: unknown) => Promise<unknown> = recorder,
): Promise<ParkCard<HistoryCardConfig>> {
  const card = await mount<HistoryCardConfig>(
    TYPE,
    hass(of, { callWS: callWS as Hass["callWS"] }),
    config,
  );
  await settled(card);
  return card;
}

/** A park whose parts count energy as well. */
function counting(sizes: readonly number[]): Park {
  const of = park(sizes);
  return {
    ...of,
    sectors: of.sectors.map((sector) => ({
      ...sector,
      entities: { ...sector.entities, energy: `sensor.${sector.device}_energy` },
    })),
  };
}

function names(card: ParkCard): string[] {
  return all(card, ".legend li > span").map((node) => node.textContent);
}

test("the sectors of the last 24 hours, compared, with their gaps", async () => {
  const card = await history(park([2, 1]));
  expect(names(card)).toEqual(["Room 0", "Room 1"]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    period: "5minute",
    statistic_ids: ["sensor.room_0_power", "sensor.room_1_power"],
  });
  const lines = all(card, ".chart .line");
  expect(lines).toHaveLength(2);
  expect(lines[0]!.getAttribute("d")!.match(/M/g)).toHaveLength(2);
  await isAccessible(card);
});

test("any part can be compared, or hidden", async () => {
  const card = await history(park([2]));
  const select = one(card, "select") as HTMLSelectElement;
  select.value = "device_0_1";
  select.dispatchEvent(new Event("change"));
  await settled(card);
  expect(names(card)).toEqual(["Room 0", "0 1"]);
  button(card, "Hide Room 0").click();
  await settled(card);
  expect(names(card)).toEqual(["0 1"]);
});

test("watts and volt-amperes have a chart each", async () => {
  const card = await history(park([1]), { sources: ["device_meter", "sector_0"] });
  expect(all(card, ".chart").map((chart) => chart.getAttribute("aria-label"))).toEqual([
    expect.stringContaining("in W."),
    expect.stringContaining("in VA."),
  ]);
});

test("longer ranges show energy in bars, and can be walked back", async () => {
  const card = await history(counting([2]));
  button(card, "Month").click();
  await settled(card);
  await settled(card);
  expect(asked.slice(1).map(({ period, types }) => [period, types[0]])).toEqual([
    ["hour", "mean"],
    ["day", "change"],
  ]);
  expect(all(card, ".chart rect").length).toBeGreaterThan(0);
  const before = one(card, ".span").textContent;
  button(card, "Earlier").click();
  await settled(card);
  expect(one(card, ".span").textContent).not.toBe(before);
  expect(new Date(asked.at(-1)!.start_time).getTime()).toBeLessThan(
    new Date(asked[1]!.start_time).getTime(),
  );
  button(card, "Later").click();
  await settled(card);
  expect((button(card, "Later") as HTMLButtonElement).disabled).toBe(true);
});

/** A recorder of a week: 10 W all the time, 1 kWh on its first day, 3 on its second. */
function week(message: unknown): Promise<unknown> {
  const { statistic_ids, start_time, types } = message as Asked;
  // The server's midnight is an hour before the page's.
  const start = Date.parse(start_time) - 3_600_000;
  const row = (day: number, value: number) => ({
    start: start + day * 24 * 3_600_000,
    end: start + (day + 1) * 24 * 3_600_000,
    [types[0]!]: value,
  });
  // As the recorder does: also the day that begins when the week is over.
  const energies = [row(0, 1000), row(1, 3000), row(7, 9000)];
  const rows = types[0] === "mean" ? [row(0, 10)] : energies;
  return Promise.resolve(Object.fromEntries(statistic_ids.map((id) => [id, rows])));
}

test("energies are read: in all, day by day, and in the table", async () => {
  const card = await history(counting([2]), { range: "week" }, week);
  await settled(card);
  expect(one(card, ".legend strong").textContent).toBe("⌀ 10 W · 4.00 kWh");
  // Of a single part, each bar has room for its number.
  const numbers = all(card, ".chart rect").map(
    (bar) => bar.nextElementSibling!.textContent,
  );
  expect(numbers).toEqual(["1.00 kWh", "3.00 kWh"]);

  const chart = all(card, ".chart")[1]!;
  const press = async (key: string): Promise<void> => {
    chart.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await settled(card);
  };
  await press("ArrowLeft");
  expect(chart.getAttribute("aria-valuetext")).toMatch(/Room 0 3\.00 kWh$/);
  await press("ArrowLeft");
  expect(chart.getAttribute("aria-valuetext")).toMatch(/Room 0 1\.00 kWh$/);
  expect(one(card, ".legend strong").textContent).toContain("1.00 kWh");
  await press("ArrowLeft");
  expect(chart.getAttribute("aria-valuetext")).toMatch(/Room 0 1\.00 kWh$/);
  await isAccessible(card);

  button(card, "Show as a table").click();
  await settled(card);
  const [, energies] = all(card, "table");
  const cells = [...energies!.querySelectorAll("tbody td")];
  expect(cells.map((cell) => cell.textContent)).toEqual([
    "1.00 kWh",
    "3.00 kWh",
    "4.00 kWh",
  ]);
  await isAccessible(card);
});

test("a value is read by keyboard, in words", async () => {
  const card = await history(park([1]));
  const chart = one(card, ".chart");
  chart.focus();
  for (let step = 0; step < 4; step++) {
    chart.dispatchEvent(
      new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }),
    );
    await settled(card);
  }
  expect(chart.getAttribute("aria-valuetext")).toMatch(/^\d+:\d\d, Room 0 1\d\d W$/);
  expect(one(card, ".when").textContent).toMatch(/\d+:\d\d/);
  await isAccessible(card);
});

test("a finger reads a value as well", async () => {
  const card = await history(park([1]));
  const chart = one(card, ".chart");
  const { left, right, top } = chart.getBoundingClientRect();
  chart.dispatchEvent(
    new PointerEvent("pointermove", {
      clientX: right - 20,
      clientY: top + 9,
      bubbles: true,
    }),
  );
  await settled(card);
  expect(one(card, ".cursor")).toBeTruthy();
  chart.dispatchEvent(
    new PointerEvent("pointermove", {
      clientX: left + 60,
      clientY: top + 9,
      bubbles: true,
    }),
  );
  await settled(card);
  expect(one(card, ".legend strong").textContent).toBe("–");
});

test("the same as a table", async () => {
  const card = await history(park([1]));
  button(card, "Show as a table").click();
  await settled(card);
  expect(all(card, "tbody tr").length).toBeGreaterThanOrEqual(24);
  expect(one(card, ".table").textContent).toMatch(/1\d\d W/);
  await isAccessible(card);
});

test("each socket of a sector on its own, for 24 hours", async () => {
  const card = await history(park([3, 2]));
  button(card, "Each socket").click();
  await settled(card);
  await settled(card);
  expect(all(card, ".modules li")).toHaveLength(3);
  expect(all(card, ".facts")[0]!.textContent).toMatch(/⌀ 1\d\d W · ↑ 111 W/);
  await isAccessible(card);
  const select = one(card, "select") as HTMLSelectElement;
  select.value = "sector_1";
  select.dispatchEvent(new Event("change"));
  await settled(card);
  expect(all(card, ".modules li")).toHaveLength(2);
  button(card, "Show 1 0 alone").click();
  await settled(card);
  expect(names(card)).toEqual(["1 0"]);
});

test("hundreds of sockets are asked for by hours", async () => {
  const card = await history(park([60]));
  button(card, "Each socket").click();
  await settled(card);
  expect(asked.at(-1)).toMatchObject({ period: "hour" });
  expect(asked.at(-1)!.statistic_ids).toHaveLength(60);
});

test("a Home Assistant without recorder says so", async () => {
  const card = await history(park([1]), {}, () =>
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    Promise.reject({ code: "unknown_command", message: "Unknown command." }),
  );
  expect(one(card, "[role=status]").textContent).toContain("its recorder is off");
});

test("an answer that comes too late shows nothing wrong", async () => {
  const waiting: ((value: unknown) => void)[] = [];
  const callWS = vi.fn(() => new Promise((resolve) => waiting.push(resolve)));
  const card = await history(park([1]), {}, callWS);
  button(card, "Day").click();
  await settled(card);
  const row = (value: number) => ({
    "sensor.room_0_power": [{ start: Date.now() - FIVE, end: Date.now(), mean: value }],
  });
  waiting[1]!(row(222));
  await settled(card);
  waiting[0]!(row(111));
  await settled(card);
  expect(one(card, ".legend strong").textContent).toBe("⌀ 222 W");
});

test("a year is not drawn by the hour while a day is asked for", async () => {
  let silent = false;
  const card = await history(park([1]), { range: "year" }, (message) =>
    silent ? new Promise(() => undefined) : recorder(message),
  );
  silent = true;
  button(card, "24 h").click();
  await settled(card);
  expect(button(card, "24 h").getAttribute("aria-pressed")).toBe("true");
  const marks = all(card, '.chart [text-anchor="middle"]');
  expect(marks.map((mark) => mark.textContent)).toContain("Jan");
  expect(marks.length).toBeLessThan(13);
});

test("nothing is asked again for a change of state", async () => {
  const card = await history(park([1]));
  const { hass: now } = card;
  card.hass = { ...now!, states: { ...now!.states } };
  await new Promise((resolve) => setTimeout(resolve, 600));
  await settled(card);
  expect(asked).toHaveLength(1);
});

test("a range that does not exist is refused in words", () => {
  const card = document.createElement(TYPE) as unknown as ParkCard<HistoryCardConfig>;
  expect(() => {
    card.setConfig({ type: TYPE, range: "century" } as unknown as HistoryCardConfig);
  }).toThrow(/range: 24h, day/);
});

/** A database that knows the last hours, or days, of everything. */
function database(questions: Question[]): (message: unknown) => Promise<unknown> {
  return (message) => {
    const question = message as Question;
    questions.push(question);
    const step = { "5minute": 300, hour: 3600, day: 86_400 }[question.resolution]!;
    const now = Math.floor(Date.now() / 1000 / step) * step;
    const at = [now - 3 * step, now - 2 * step, now - step];
    const values = (index: number) => ({
      at,
      mean: at.map(() => 30 + index),
      low: [0, 1000, 3000],
      high: [1000, 3000, 7000],
    });
    const entities = Object.fromEntries(
      question.entity_id.map((id, index) => [id, values(index)]),
    );
    return Promise.resolve({ truncated: false, entities });
  };
}

interface Question {
  type: string;
  entity_id: string[];
  resolution: string;
}

test("powers can come from the mirror, as finely as from the recorder", async () => {
  const questions: Question[] = [];
  const card = await history(park([2]), { origin: "mirror" }, database(questions));
  await vi.waitFor(() => {
    expect(one(card, ".legend strong").textContent).toBe("⌀ 30 W");
  });
  expect(questions).toHaveLength(1);
  expect(questions[0]).toMatchObject({
    type: "energy_park/history",
    entity_id: ["sensor.room_0_power"],
    resolution: "5minute",
  });
  // One line, not three dots.
  expect(one(card, ".chart .line").getAttribute("d")).toMatch(/^M[^M]+L[^M]+$/);
});

test("energies come from the mirror too", async () => {
  const questions: Question[] = [];
  const config = { origin: "mirror", range: "month" } as const;
  const card = await history(counting([2]), config, database(questions));
  button(card, "Earlier").click();
  button(card, "Later").click();
  await vi.waitFor(() => {
    expect(all(card, ".chart rect").length).toBeGreaterThan(0);
  });
  expect(
    questions.map(({ entity_id, resolution }) => [entity_id[0], resolution]),
  ).toEqual(
    expect.arrayContaining([
      ["sensor.room_0_power", "hour"],
      ["sensor.sector_0_energy", "day"],
    ]),
  );
});

test("a counter that is not mirrored leaves the powers", async () => {
  const answer = database([]);
  const card = await history(
    counting([2]),
    { origin: "mirror", range: "week" },
    (message) =>
      (message as Question).resolution === "day"
        ? // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          Promise.reject({ code: "home_assistant_error", message: "not mirrored" })
        : answer(message),
  );
  await vi.waitFor(() => {
    expect(one(card, ".legend strong").textContent).toBe("⌀ 30 W");
  });
  expect(all(card, ".chart")).toHaveLength(1);
});

test("what a database answers instead is told", async () => {
  const card = await history(park([1]), { origin: "mirror" }, () =>
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    Promise.reject({ code: "home_assistant_error", message: "No mirror has it." }),
  );
  expect(one(card, "[role=status]").textContent).toContain("No mirror has it.");
});

test("the months of a year stand where they begin", async () => {
  const card = await history(park([2, 1]), { range: "year" });
  const chart = all(card, ".chart")[0]!;
  const marks = [...chart.querySelectorAll('[text-anchor="middle"]')];
  expect(marks.map((mark) => mark.textContent)).toEqual([
    "Jan",
    "Mar",
    "May",
    "Jul",
    "Sep",
    "Nov",
  ]);
  const [first, second] = marks.map((mark) => Number(mark.getAttribute("x")));
  // Beside its axis: January and February are 59 or 60 days of 365 or 366.
  const width = Number(chart.getAttribute("width")) - 56 - 8;
  expect((second! - first!) / width).toBeCloseTo(59.5 / 365.5, 2);
});

test("alone on a page it takes the height that there is", async () => {
  const card = await history(park([2, 1]));
  const height = (): number => Number(all(card, ".chart")[0]!.getAttribute("height"));
  const usual = height();
  window.innerHeight = 2000;
  card.layout = "panel";
  await settled(card);
  expect(usual).toBeLessThan(400);
  expect(height()).toBe(800);
});
