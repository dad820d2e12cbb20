/** Numbers, powers, energies and times as the user wants to read them. */

import type { Hass } from "./hass.js";

const NUMBER_LOCALES: Readonly<Record<string, string[] | undefined>> = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
  system: [],
};

/** Not by `hour12`: without it midnight is 24:00 in English. */
const HOUR_CYCLES: Readonly<Record<string, "h12" | "h23" | undefined>> = {
  "12": "h12",
  "24": "h23",
};

/** Within these no hour of the day stands for two times. */
const NEAR_MS = 12 * 3_600_000;

export interface Format {
  readonly number: (value: number, digits?: number) => string;
  /** Watts; kilowatts from a thousand on. */
  readonly power: (watts: number) => string;
  readonly apparent: (va: number) => string;
  readonly energy: (wh: number) => string;
  readonly percent: (share: number) => string;
  readonly money: (amount: number, currency: string) => string;
  readonly duration: (seconds: number) => string;
  readonly time: (at: Date) => string;
  /** A time; with its day when that was long ago. */
  readonly moment: (at: Date) => string;
  readonly date: (at: Date, options: Intl.DateTimeFormatOptions) => string;
}

/** What a formatter depends on. */
function key(hass: Hass): string {
  const { language, number_format, time_format, time_zone } = hass.locale;
  return [
    language,
    number_format,
    time_format,
    time_zone === "server" ? hass.config.time_zone : "",
  ].join("|");
}

const cache = new Map<string, Format>();

export function format(hass: Hass): Format {
  const id = key(hass);
  let found = cache.get(id);
  if (!found) cache.set(id, (found = makeFormat(hass)));
  return found;
}

function makeFormat(hass: Hass): Format {
  const { language, number_format, time_format, time_zone } = hass.locale;
  const locales = NUMBER_LOCALES[number_format] ?? language;
  const useGrouping = number_format !== "none";
  const zone = time_zone === "server" ? { timeZone: hass.config.time_zone } : {};
  const cycle = HOUR_CYCLES[time_format];
  const hourCycle = cycle ? { hourCycle: cycle } : {};
  const clock = new Intl.DateTimeFormat(language, {
    ...zone,
    ...hourCycle,
    hour: "numeric",
    minute: "2-digit",
  });

  const day = new Intl.DateTimeFormat(language, {
    ...zone,
    ...hourCycle,
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
  });

  const numbers = [0, 1, 2, 3].map(
    (digits) =>
      new Intl.NumberFormat(locales, {
        useGrouping,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
  );
  const number = (value: number, digits = 0): string =>
    numbers[digits]!.format(Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value);

  /** Three digits that tell something, in the unit that fits. */
  const scaled = (value: number, unit: string): string => {
    const size = Math.abs(value);
    if (size >= 999_500) return `${number(value / 1e6, 2)} M${unit}`;
    if (size >= 9995) return `${number(value / 1e3, 1)} k${unit}`;
    if (size >= 999.5) return `${number(value / 1e3, 2)} k${unit}`;
    return `${number(value, size >= 9.95 || size === 0 ? 0 : 1)} ${unit}`;
  };

  const percents = new Intl.NumberFormat(locales, {
    style: "percent",
    maximumFractionDigits: 0,
  });

  return {
    number,
    power: (watts) => scaled(watts, "W"),
    apparent: (va) => scaled(va, "VA"),
    energy: (wh) => scaled(wh, "Wh"),
    percent: (share) => percents.format(share),
    money: (amount, currency) =>
      new Intl.NumberFormat(locales, { style: "currency", currency }).format(amount),
    duration: (seconds) => {
      if (seconds < 100) return `${number(seconds)} s`;
      if (seconds < 6000) return `${number(seconds / 60)} min`;
      return `${number(seconds / 3600)} h`;
    },
    time: (at) => clock.format(at),
    moment: (at) =>
      Math.abs(Date.now() - at.getTime()) < NEAR_MS ? clock.format(at) : day.format(at),
    date: (at, options) =>
      new Intl.DateTimeFormat(language, { ...zone, ...options }).format(at),
  };
}
