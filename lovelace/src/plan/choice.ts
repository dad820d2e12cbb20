/** Which plan a card shows: the one it names, the one chosen here, or an arrangement. */

import type { Park } from "../shared/park.js";
import { arrange } from "./arrange.js";
import type { Size } from "./camera.js";
import type { Plan } from "./model.js";

/** What a card's size must change by to be worth another arrangement. */
const COARSE_PX = 120;

/** The plan of an id, else the first. */
export function choose(
  plans: readonly Plan[],
  ...ids: readonly (string | undefined)[]
): Plan | undefined {
  const id = ids.find((id) => id !== undefined);
  return plans.find((plan) => plan.id === id) ?? plans[0];
}

/** Arranges what nobody has drawn; the same plan for the same park and room. */
export class Arrangement {
  #plan: Plan | undefined;
  #basis: readonly unknown[] = [];

  of(park: Park, screen: Size): Plan {
    const coarse = [screen.width, screen.height].map((side) =>
      Math.round(side / COARSE_PX),
    );
    const basis = [park, ...coarse];
    if (!this.#plan || basis.some((value, index) => value !== this.#basis[index])) {
      this.#basis = basis;
      this.#plan = arrange(park, screen);
    }
    return this.#plan;
  }
}

// Which floor a screen shows is its own affair.

export function recall(park: string): string | undefined {
  try {
    return localStorage.getItem(`energy-park-plan-${park}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(park: string, plan: string): void {
  try {
    localStorage.setItem(`energy-park-plan-${park}`, plan);
  } catch {
    // A browser that keeps nothing shows the first plan next time.
  }
}
