/** Calendar days of the house: they begin at its midnight, not at the browser's. */

import type { Hass } from "./hass.js";

export function timeZone(hass: Hass): string | undefined {
  return hass.locale.time_zone === "server" ? hass.config.time_zone : undefined;
}

const MONDAY = 1;
const WEEKDAYS = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
];

/** What a language's own calendar tells; the names that browsers gave it. */
interface Calendar {
  getWeekInfo?: () => { firstDay: number };
  weekInfo?: { firstDay: number };
}

/** The day that a week begins with, by the user's choice; 0 is Sunday. */
export function firstWeekday({ locale }: Hass): number {
  const { first_weekday, language } = locale;
  if (first_weekday === "language") {
    const calendar = new Intl.Locale(language) as Calendar;
    const week = calendar.getWeekInfo?.() ?? calendar.weekInfo;
    return (week?.firstDay ?? MONDAY) % 7;
  }
  const day = WEEKDAYS.indexOf(first_weekday ?? "");
  return day < 0 ? MONDAY : day;
}

const clocks = new Map<string | undefined, Intl.DateTimeFormat>();

/** Reads a zone's wall clock; one is slow to make. */
function clock(zone: string | undefined): Intl.DateTimeFormat {
  let made = clocks.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat("en-US", {
      ...(zone !== undefined && { timeZone: zone }),
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    clocks.set(zone, made);
  }
  return made;
}

/** The offset of a zone at a time, in milliseconds. */
function offset(at: Date, zone: string | undefined): number {
  const parts = clock(zone).formatToParts(at);
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

export interface Day {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  /** 0 is Sunday. */
  weekday: number;
}

/** The calendar day of a time. */
export function dayOf(at: Date, zone: string | undefined): Day {
  const local = new Date(at.getTime() + offset(at, zone));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
  };
}

/** The midnight that begins a day; days and months beyond their range count on. */
export function midnight(
  year: number,
  month: number,
  day: number,
  zone: string | undefined,
): Date {
  const local = Date.UTC(year, month - 1, day);
  // The offset of that midnight may be another than that of the time guessed.
  const guess = new Date(local - offset(new Date(local), zone));
  return new Date(local - offset(guess, zone));
}

/** Midnight of the day of a time, moved by whole days. */
export function startOfDay(at: Date, zone: string | undefined, days = 0): Date {
  const { year, month, day } = dayOf(at, zone);
  return midnight(year, month, day + days, zone);
}
