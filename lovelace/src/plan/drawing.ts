/** What all parts of a drawing use. */

import type { Format } from "../shared/format.js";
import type { HassState, HassStates } from "../shared/hass.js";
import type { Translate } from "../shared/i18n.js";
import type { Wastes } from "./waste.js";

/** Everything that a repaint needs of the page. */
export interface Ink {
  states: HassStates;
  t: Translate;
  f: Format;
  heatMax: number;
  /** What is wasted, where that is looked at. */
  wastes: Wastes | null;
  /** A state in the user's words. */
  say: (state: HassState) => string;
}

const SVG = "http://www.w3.org/2000/svg";

export function make<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
