/** What is wasted now, socket by socket: left on with nobody there, or in standby. */

import type { HassState, HassStates } from "../shared/hass.js";
import type { Park, Part } from "../shared/park.js";

export type Waste = "left_on" | "standby";

/** Waste by the device of a socket. */
export type Wastes = ReadonlyMap<string, Waste>;

const KINDS: readonly Waste[] = ["left_on", "standby"];

/** Whether the park tells of waste at all. */
export function tellsWaste({ entities }: Park): boolean {
  return entities["waste_power"] !== undefined;
}

/** The same map as long as the sensors tell the same. */
export class WasteWatch {
  #seen: readonly (HassState | undefined)[] = [];
  #park: Park | undefined;
  #wastes: Wastes = new Map();

  of(park: Park, states: HassStates): Wastes {
    const parts: readonly (Part | Park)[] = [park, ...park.sectors];
    const told = parts.flatMap((part) =>
      KINDS.map((kind) => states[part.entities[`${kind}_power`] ?? ""]),
    );
    if (
      park !== this.#park ||
      told.some((state, index) => state !== this.#seen[index])
    ) {
      this.#park = park;
      this.#seen = told;
      this.#wastes = wastes(park, states);
    }
    return this.#wastes;
  }
}

/** A sector names its own sockets, the park those that have no sector. */
function wastes(park: Park, states: HassStates): Wastes {
  const found = new Map<string, Waste>();
  const parts: readonly (Part | Park)[] = [park, ...park.sectors];
  for (const part of parts) {
    const own = park.sockets.filter(
      ({ sector }) => sector === (part === park ? null : part.device),
    );
    for (const kind of KINDS) {
      const names = states[part.entities[`${kind}_power`] ?? ""]?.attributes["sockets"];
      if (!Array.isArray(names)) continue;
      for (const { device, label } of own) {
        if (names.includes(label)) found.set(device, kind);
      }
    }
  }
  return found;
}
