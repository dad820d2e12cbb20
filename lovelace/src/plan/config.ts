/** What can be set of a floor plan card. */

import type { CardConfig } from "../shared/card.js";
import { configForm, type ConfigForm } from "../shared/form.js";

export interface PlanCardConfig extends CardConfig {
  plan?: string;
  tap?: "toggle" | "details";
  zone_tap?: "zoom" | "toggle" | "none";
  heat_max?: number;
  read_only?: boolean;
}

export function planForm(): Promise<ConfigForm> {
  return configForm(({ choices, watts, yesNo, plans }) => [
    plans("plan"),
    choices("tap", ["toggle", "details"]),
    choices("zone_tap", ["zoom", "toggle", "none"]),
    watts("heat_max"),
    yesNo("read_only"),
  ]);
}

/** Throws an error that tells what is wrong. */
export function checkPlanConfig({ tap, zone_tap, heat_max }: PlanCardConfig): void {
  if (!["toggle", "details", undefined].includes(tap)) {
    throw new Error("tap: toggle or details");
  }
  if (!["zoom", "toggle", "none", undefined].includes(zone_tap)) {
    throw new Error("zone_tap: zoom, toggle or none");
  }
  if (heat_max !== undefined && (typeof heat_max !== "number" || heat_max <= 0)) {
    throw new Error("heat_max: watts, more than 0");
  }
}
