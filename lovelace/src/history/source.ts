/** What has a history: the meter, the park, its sectors and its sockets. */

import type { HassStates } from "../shared/hass.js";
import type { Park, Part } from "../shared/park.js";

export interface Source {
  device: string;
  name: string;
  kind: "meter" | "park" | "sector" | "socket";
  /** Watts and volt-amperes never share an axis. */
  unit: "W" | "VA";
  power: string;
  energy: string | undefined;
  /** Device of the sector of a socket. */
  sector?: string | null;
}

export function sources(park: Park, states: HassStates): Source[] {
  const list: (Source | null)[] = [
    ...park.meters.map((meter) => meterSource(meter, states)),
    source(park, "park"),
    ...park.sectors.map((sector) => source(sector, "sector")),
    ...park.sockets.map((socket) => {
      const made = source(socket, "socket");
      return made && { ...made, sector: socket.sector };
    }),
  ];
  return list.filter((one) => one !== null);
}

function source(
  { device, name, entities: { power, energy } }: Part | Park,
  kind: Source["kind"],
): Source | null {
  if (power === undefined) return null;
  return { device, name, kind, unit: "W", power, energy };
}

function meterSource(meter: Part, states: HassStates): Source | null {
  const { power, apparent_power, energy_drawn: energy } = meter.entities;
  const { device, name } = meter;
  const of = (unit: Source["unit"], id: string): Source => ({
    device,
    name,
    kind: "meter",
    unit,
    power: id,
    energy,
  });
  if (power !== undefined && states[power]) {
    return of("W", power);
  }
  return apparent_power === undefined ? null : of("VA", apparent_power);
}

/** What is shown when nobody chose: the sectors, or all there is. */
export function usual(all: readonly Source[], most: number): string[] {
  const sectors = all.filter(({ kind }) => kind === "sector");
  const shown = sectors.length ? sectors : all.filter(({ kind }) => kind !== "socket");
  return shown.slice(0, most).map(({ device }) => device);
}
