/** Puts a card on a page as a dashboard does. */

import "../../src/entry.js";

import axe from "axe-core";
import { expect, vi } from "vitest";

import type { CardConfig, ParkCard } from "../../src/shared/card.js";
import type { Hass, HassState } from "../../src/shared/hass.js";

if (!customElements.get("ha-card")) {
  customElements.define("ha-card", class extends HTMLElement {});
}

export function create<C extends CardConfig>(type: string): ParkCard<C> {
  return document.createElement(type) as unknown as ParkCard<C>;
}

export async function mount<C extends CardConfig>(
  type: string,
  hass: Hass,
  config: Partial<C> = {},
): Promise<ParkCard<C>> {
  document.body.replaceChildren();
  const card = create<C>(type);
  card.setConfig({ type: `custom:${type}`, ...config } as C);
  card.hass = hass;
  card.style.width = "800px";
  document.body.append(card);
  await settled(card);
  return card;
}

/** Waits for the card's repaint, which comes twice a second at most. */
export async function settled(card: ParkCard): Promise<void> {
  await card.updateComplete;
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await card.updateComplete;
}

export async function repainted(card: ParkCard): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 600));
  await settled(card);
}

/** Gives a card the next `hass`, with some states changed. */
export function update(card: ParkCard, ...states: HassState[]): void {
  const hass = card.hass!;
  const changed = Object.fromEntries(states.map((state) => [state.entity_id, state]));
  card.hass = { ...hass, states: { ...hass.states, ...changed } };
}

export function all(card: ParkCard, selector: string): HTMLElement[] {
  return [...card.renderRoot.querySelectorAll<HTMLElement>(selector)];
}

export function one(card: ParkCard, selector: string): HTMLElement {
  const found = all(card, selector);
  expect(found, selector).toHaveLength(1);
  return found[0]!;
}

export function button(card: ParkCard, label: string): HTMLElement {
  const found = all(card, "button").filter(
    (node) =>
      node.textContent.trim() === label || node.getAttribute("aria-label") === label,
  );
  expect(found, label).toHaveLength(1);
  return found[0]!;
}

/** Waits for what is loaded when it is first needed. */
export async function appears(card: ParkCard, selector: string): Promise<HTMLElement> {
  return vi.waitFor(() => one(card, selector));
}

export async function isAccessible(card: ParkCard): Promise<void> {
  const { violations } = await axe.run(card, {
    rules: {
      // The page around a card is the dashboard's.
      region: { enabled: false },
      "page-has-heading-one": { enabled: false },
      // Experimental: takes the two texts of a module for one word.
      "label-content-name-mismatch": { enabled: false },
    },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

/** Puts a card into the cell of a dashboard's grid. */
export async function intoCell(
  card: ParkCard,
  width: number,
  height: number,
): Promise<void> {
  card.layout = "grid";
  card.style.width = `${width}px`;
  card.style.height = `${height}px`;
  one(card, "ha-card").style.height = "100%";
  await repainted(card);
}
