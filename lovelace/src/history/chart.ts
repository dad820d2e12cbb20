/** Axes and paths of a chart; no element of a page. */

import type { Point } from "./series.js";

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  start: number;
  end: number;
  max: number;
}

export function x(frame: Frame, at: number): number {
  const share = (at - frame.start) / (frame.end - frame.start);
  return frame.left + share * (frame.width - frame.left - frame.right);
}

export function y(frame: Frame, value: number): number {
  const room = frame.height - frame.top - frame.bottom;
  return frame.top + room * (1 - value / frame.max);
}

export function timeAt(frame: Frame, px: number): number {
  const share = (px - frame.left) / (frame.width - frame.left - frame.right);
  return frame.start + Math.max(0, Math.min(1, share)) * (frame.end - frame.start);
}

/** Round values from 0 up to at least the largest, a handful of them. */
export function ticks(largest: number): number[] {
  if (!(largest > 0)) return [0, 1];
  const rough = largest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((by) => by * power).find((by) => by >= rough)!;
  const count = Math.ceil(largest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** A line through the points, interrupted at gaps. */
export function path(frame: Frame, points: readonly Point[]): string {
  let drawn = "";
  let pen = false;
  for (const { at, value } of points) {
    if (value === null) {
      pen = false;
      continue;
    }
    const place = `${x(frame, at).toFixed(1)} ${y(frame, Math.max(0, value)).toFixed(1)}`;
    // A point on its own is seen as a dot: lines have round ends.
    drawn += pen ? `L${place}` : `M${place}h0`;
    pen = true;
  }
  return drawn;
}

export interface Bar {
  value: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Bars of one of several series, side by side within each period. */
export function barsOf(
  frame: Frame,
  points: readonly Point[],
  step: number,
  place: number,
  count: number,
): Bar[] {
  return points.flatMap(({ at, value }) => {
    if (value === null) return [];
    const from = x(frame, at);
    const to = x(frame, Math.min(at + step, frame.end));
    const room = (to - from) * 0.8;
    const top = y(frame, Math.max(0, value));
    return [
      {
        value,
        x: from + (to - from) * 0.1 + (room / count) * place,
        y: top,
        width: Math.max(1, room / count - 1),
        height: frame.height - frame.bottom - top,
      },
    ];
  });
}

/** A small line of its own scale, as wide as 100 and as high as 24. */
export function spark(points: readonly Point[], start: number, end: number): string {
  const max = Math.max(1, ...points.map(({ value }) => value ?? 0));
  const frame = { start, end, max, left: 1, right: 1, top: 2, bottom: 2 };
  return path({ ...frame, width: 100, height: 24 }, points);
}
