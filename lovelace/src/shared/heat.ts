/** The scale from idle to hot: a colour never stands without its number. */

import { unsafeCSS } from "lit";

export const HEAT_STEPS = 8;

/** Watts at which a socket is as hot as the scale goes, unless a card says else. */
export const HEAT_MAX_W = 200;

/**
 * The step of a power, 0 to `HEAT_STEPS`; 0 is nothing drawn.
 *
 * Logarithmic: the difference between standby and idle matters as much as the one
 * between a working computer and a heater.
 */
export function heatStep(watts: number | null, max = HEAT_MAX_W): number {
  if (watts === null || watts < 0.05) return 0;
  const share = Math.log1p(told(watts) / 2) / Math.log1p(max / 2);
  return Math.max(1, Math.min(HEAT_STEPS, Math.round(share * HEAT_STEPS)));
}

/** A power as it is written: what reads the same has the same colour. */
function told(watts: number): number {
  if (watts >= 9995) return Math.round(watts / 100) * 100;
  if (watts >= 999.5) return Math.round(watts / 10) * 10;
  return watts >= 9.95 ? Math.round(watts) : Math.round(watts * 10) / 10;
}

/** The power in the middle of a step, for a legend. */
export function heatPower(step: number, max = HEAT_MAX_W): number {
  return 2 * Math.expm1((step / HEAT_STEPS) * Math.log1p(max / 2));
}

// From a calm blue over green and amber to red, told apart by the colour-blind
// through their lightness.
const COLORS = [
  "#5b6b7a",
  "#2c7fb8",
  "#35a0ab",
  "#5fb67a",
  "#a6c64c",
  "#e8c22e",
  "#f29a2e",
  "#e8622c",
  "#c92a2a",
] as const;

export function heatColor(step: number): string {
  return COLORS[step]!;
}

/** What is seen on such a colour. */
export function signColor(step: number): string {
  return step < 2 || step > 7 ? "#fff" : "#1b1b1b";
}

/** A class for each step, that gives its colour. */
export const heatStyles = unsafeCSS(
  COLORS.map((color, step) => `.h${step} { --c: ${color}; }`).join("\n"),
);
