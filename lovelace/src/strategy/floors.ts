/** Sectors by Home Assistant's floors, in the order that the user gave those. */

import type { Hass, HassFloor } from "../shared/hass.js";
import type { Sector } from "../shared/park.js";

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
