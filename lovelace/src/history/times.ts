/** Marks below a chart: hours, days or months, as many as have room. */

import { svg, type SVGTemplateResult } from "lit";

import { dayOf, midnight, startOfDay, timeZone } from "../shared/zone.js";
import { x, type Frame } from "./chart.js";
import type { Sight } from "./sight.js";

const ROOM_PX = 80;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function timeMarks(
  { scene: { f, hass }, span: { range } }: Sight,
  frame: Frame,
): SVGTemplateResult[] {
  const zone = timeZone(hass);
  const room = Math.max(2, Math.floor(frame.width / ROOM_PX));
  const hourly = range === "24h" || range === "day";
  const marksOf = hourly ? hours : range === "year" ? months : days;
  const marks = marksOf(frame, room, zone);
  const options: Intl.DateTimeFormatOptions =
    range === "year" ? { month: "short" } : { day: "numeric", month: "short" };
  return marks.map(
    (at) =>
      svg`<text class="axis" text-anchor="middle" x=${x(frame, at.getTime())}
        y=${frame.height - 6}>${hourly ? f.time(at) : f.date(at, options)}</text>`,
  );
}

function hours({ start, end }: Frame, room: number, zone: string | undefined): Date[] {
  const every = [1, 2, 3, 4, 6, 12].find((hours) => 24 / hours <= room) ?? 12;
  const marks: Date[] = [];
  for (let at = Math.ceil(start / HOUR_MS) * HOUR_MS; at <= end; at += HOUR_MS) {
    const hour = new Date(at);
    const local = (at - startOfDay(hour, zone).getTime()) / HOUR_MS;
    if (Math.round(local) % every === 0) marks.push(hour);
  }
  return marks;
}

function days({ start, end }: Frame, room: number, zone: string | undefined): Date[] {
  const count = (end - start) / DAY_MS;
  const every = Math.ceil(count / room);
  // From the first noon: midnights are not always a day apart.
  const noon = new Date(start + DAY_MS / 2);
  return Array.from({ length: Math.ceil(count / every) }, (_, index) =>
    startOfDay(noon, zone, index * every),
  );
}

function months({ start }: Frame, room: number, zone: string | undefined): Date[] {
  const every = [1, 2, 3, 4].find((months) => 12 / months <= room) ?? 6;
  const { year } = dayOf(new Date(start + DAY_MS / 2), zone);
  return Array.from({ length: 12 / every }, (_, index) =>
    midnight(year, 1 + index * every, 1, zone),
  );
}
