/** Whatever is missing, a card says so in words. */

import { expect, test, vi } from "vitest";

import { FakeConnection, hass as page, park } from "../park.js";
import { mount, settled } from "./page.js";

const TYPES = [
  "energy-park-plan-card",
  "energy-park-meter-card",
  "energy-park-history-card",
  "energy-park-savings-card",
  "energy-park-shedding-card",
];

/** A page whose recorder knows nothing yet. */
const hass: typeof page = (of, overrides) => {
  const callWS = <T>(): Promise<T> => Promise.resolve({} as T);
  return page(of, { callWS, ...overrides });
};

function text(card: Element): string {
  const notice = card.shadowRoot!.querySelector("[role=status]");
  return (notice?.textContent ?? "").replace(/\s+/g, " ").trim();
}

test.each(TYPES)("%s without a park tells where to add one", async (type) => {
  const card = await mount(type, hass(null));
  expect(text(card)).toBe("No park is set up yet. Add a park");
  expect(card.shadowRoot!.querySelector("a")!.href).toContain("energy_park");
});

test.each(TYPES)("%s of a removed park asks for another", async (type) => {
  const card = await mount(type, hass(park()), { park: "gone" });
  expect(text(card)).toContain("The park of this card is gone");
});

test.each(TYPES)("%s waits while Home Assistant starts", async (type) => {
  const connection = new FakeConnection();
  connection.refuse = { code: "unknown_command", message: "Unknown command." };
  const card = await mount(type, hass(null, { connection }));
  expect(text(card)).toBe("Connecting to Energy Park…");

  connection.refuse = null;
  connection.answers = { "energy_park/park/subscribe": { cards: "", parks: [park()] } };

  await vi.waitFor(
    () => {
      expect(text(card)).toBe("");
    },
    { timeout: 3000 },
  );
});

test.each(TYPES)("%s without its entities shows what there is", async (type) => {
  const card = await mount(type, hass(park(), { states: {} }));
  await settled(card);
  expect(text(card)).toBe("");
});

test.each(["meter", "shedding"])("a %s card without a meter says so", async (name) => {
  const of = hass({ ...park(), meters: [] });
  const card = await mount(`energy-park-${name}-card`, of);
  expect(text(card)).toContain("no such meter");
});

test.each(TYPES)(
  "%s listens no more when it is gone, and again when back",
  async (type) => {
    const of = hass(park());
    const connection = of.connection as unknown as FakeConnection;
    const card = await mount(type, of);
    const { size } = connection.subscribers;
    expect(size).toBeGreaterThan(0);
    card.remove();
    await vi.waitFor(() => {
      expect(connection.subscribers.size).toBe(0);
    });
    document.body.append(card);
    expect(connection.subscribers.size).toBe(size);
  },
);
