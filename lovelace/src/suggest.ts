/** Which of the cards suit an entity of ours, set for its park and its device. */

import type { Hass, HassEntity } from "./shared/hass.js";

// By translation keys: these outlive every renaming, as ids do not.
const METER = new Set([
  "apparent_power",
  "color_today",
  "color_tomorrow",
  "cost_today",
  "energy_drawn",
  "grid_power",
  "headroom",
  "injected_power",
  "max_power",
  "next_tariff",
  "next_tariff_at",
  "overload",
  "peak_notice",
  "peak_running",
  "phase_headroom",
  "phase_power",
  "subscribed_power",
  "tariff",
  "time_to_trip",
  "trip_margin",
  "will_trip",
]);
/** What nothing but a meter has. */
const METER_ALONE = new Set(["headroom", "overload", "will_trip"]);
const METER_HISTORY = new Set(["apparent_power", "energy_drawn", "grid_power"]);
const SHEDDING = new Set([
  "longest_off",
  "next_restored",
  "next_shed",
  "shed_power",
  "shedding",
]);
const SAVINGS = new Set([
  "avoided",
  "avoided_co2",
  "avoided_cost",
  "baseline",
  "coverage",
  "measured",
  "waste_power",
]);
const SWITCHES = new Set([undefined, "computers", "monitors"]);

type Suited = Readonly<Record<string, unknown>> | null;

/** How a card is set for an entity; null where another suits better. */
export type Suits = (hass: Hass, id: string, entity: HassEntity) => Suited;

export const suitsPlan: Suits = (hass, id, { translation_key: key, device_id }) =>
  id.startsWith("switch.") && SWITCHES.has(key) ? parkOf(hass, device_id) : null;

export const suitsMeter: Suits = (hass, _id, { translation_key: key, device_id }) =>
  METER.has(key ?? "") && isMeter(hass, device_id)
    ? { ...parkOf(hass, device_id), meter: device_id }
    : null;

/** Powers and energies of sockets and sectors are named by their class alone. */
export const suitsHistory: Suits = (hass, id, { translation_key: key, device_id }) => {
  const { device_class } = hass.states[id]?.attributes ?? {};
  const suits =
    key === undefined
      ? device_class === "power" || device_class === "energy"
      : METER_HISTORY.has(key) && isMeter(hass, device_id);
  return suits ? { ...parkOf(hass, device_id), sources: [device_id] } : null;
};

export const suitsSavings: Suits = (hass, _id, { translation_key: key, device_id }) =>
  SAVINGS.has(key ?? "") ? parkOf(hass, device_id) : null;

export const suitsShedding: Suits = (hass, id, { translation_key: key, device_id }) =>
  id.startsWith("sensor.") && SHEDDING.has(key ?? "")
    ? { ...parkOf(hass, device_id), meter: device_id }
    : null;

function isMeter({ entities }: Hass, device: string | undefined): boolean {
  return Object.values(entities).some(
    (entity) =>
      entity?.device_id === device && METER_ALONE.has(entity?.translation_key ?? ""),
  );
}

/** The park of a device, where Home Assistant tells; a card shows the first without. */
function parkOf({ devices }: Hass, device: string | undefined): { park?: string } {
  const [park, ...others] = devices[device ?? ""]?.config_entries ?? [];
  return park !== undefined && !others.length ? { park } : {};
}
