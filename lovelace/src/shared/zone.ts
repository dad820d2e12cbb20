/** Calendar days of the house: they begin at its midnight, not at the browser's. */

import type { Hass } from "./hass.js";

export function timeZone(hass: Hass): string | undefined {
  return hass.locale.time_zone === "server" ? hass.config.time_zone : undefined;
}

/** The offset of a zone at a time, in milliseconds. */
function offset(at: Date, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    ...(zone !== undefined && { timeZone: zone }),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const get = (type: string): number =>
    Number(parts.find((part) => part.type === type)!.value);
  const local = Date.UTC(
    get("year"),
    get("month") - 1,
    get("day"),
    get("hour"),
    get("minute"),
    get("second"),
  );
  return local - Math.floor(at.getTime() / 1000) * 1000;
}

/** Midnight of the day of a time, moved by whole days. */
export function startOfDay(at: Date, zone: string | undefined, days = 0): Date {
  const local = new Date(at.getTime() + offset(at, zone));
  const midnight = Date.UTC(
    local.getUTCFullYear(),
    local.getUTCMonth(),
    local.getUTCDate() + days,
  );
  // The offset of that midnight may be another than now's.
  const guess = new Date(midnight - offset(at, zone));
  return new Date(midnight - offset(guess, zone));
}
