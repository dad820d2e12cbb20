/** Plans and sectors by Home Assistant's floors, in the order that the user gave those. */

import type { Plan } from "../plan/model.js";
import type { Hass, HassFloor } from "../shared/hass.js";
import type { Sector } from "../shared/park.js";

export interface Storey {
  plan: Plan;
  name: string;
  floor: HassFloor | undefined;
}

/** Plans in the order of their floors; one that has its floor for itself is called so. */
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
      return { plan, name: floor && alone ? floor.name : plan.name, floor };
    });
}

/** Sectors by the floor of their area; undefined are those that are on none. */
export function sectorsByFloor(
  sectors: readonly Sector[],
  { areas, floors }: Hass,
): [HassFloor | undefined, Sector[]][] {
  const floorOf = ({ area }: Sector): HassFloor | undefined =>
    floors[areas[area ?? ""]?.floor_id ?? ""];
  return [...Object.values(floors), undefined]
    .map((floor): [HassFloor | undefined, Sector[]] => [
      floor,
      sectors.filter((sector) => floorOf(sector) === floor),
    ])
    .filter(([, own]) => own.length);
}
