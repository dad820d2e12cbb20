/** The plans of a park as the floors of Home Assistant. */

import type { Hass, HassFloor } from "../shared/hass.js";
import type { Plan } from "./model.js";

export interface Storey {
  plan: Plan;
  /** What the plan is called: as its floor is, where it has that for itself. */
  name: string;
  floor: HassFloor | undefined;
  /** Whether it is called by its own name. */
  named: boolean;
}

/** Plans in the order that the user gave their floors, then in their own. */
export function storeys(plans: readonly Plan[], { floors }: Hass): Storey[] {
  const order = Object.keys(floors);
  const rank = ({ floor }: Plan): number => {
    const index = order.indexOf(floor ?? "");
    return index < 0 ? order.length : index;
  };
  return [...plans]
    .sort((a, b) => rank(a) - rank(b))
    .map((plan) => {
      const floor = floors[plan.floor ?? ""];
      const alone = plans.every((one) => one === plan || one.floor !== plan.floor);
      const named = !floor || !alone;
      return { plan, name: named ? plan.name : floor.name, floor, named };
    });
}
