/** The charts of a history: powers as lines, energies as bars. */

import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";

import { barsOf, path, ticks, timeAt, x, y, type Frame } from "./chart.js";
import { stepMs } from "./series.js";
import {
  atCursor,
  energyAtCursor,
  periods,
  when,
  type Series,
  type Sight,
} from "./sight.js";
import { timeMarks } from "./times.js";

const HEIGHT = 220;
/** Where there is a whole screen for it. */
const HEIGHT_WIDE = 340;
const WIDE_PX = 900;
/** Of the window, on a page of its own. */
const SHARE_ALONE = 0.4;
const MARGIN_PX = 24;
/** A bar as wide as this has room for its number. */
const NUMBER_PX = 52;

export type Point = (at: number | null) => void;

const STEPS: Readonly<Record<string, number | undefined>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageDown: -12,
  PageUp: 12,
};

/** Powers over time, to be read by pointer and by keyboard. */
export function powerChart(
  sight: Sight,
  series: readonly Series[],
  unit: "W" | "VA",
  point: Point,
): TemplateResult {
  const { f, t } = sight.scene;
  const largest = maximum(series.map(({ power }) => power));
  const frame = frameOf(sight, largest);
  const { start, end } = frame;
  const read: Reading = {
    label: t("chart_label", { unit }),
    text: valueText(sight, series, atCursor),
    step: (from, by) => {
      const at = (from ?? end) + by * stepMs(sight.span.power);
      return Math.max(start, Math.min(end, at));
    },
    point,
  };
  return chart(
    sight,
    frame,
    read,
    svg`${grid(frame, largest, unit === "W" ? f.power : f.apparent)}
    ${series.map(
      ({ power, color, dash }) =>
        svg`<path class="line" d=${path(frame, power)} stroke=${color}
          stroke-dasharray=${dash}></path>`,
    )}`,
  );
}

/** Energies of days or months, side by side, to be read likewise. */
export function energyChart(
  sight: Sight,
  series: readonly Series[],
  point: Point,
): TemplateResult {
  const { f, t } = sight.scene;
  const width = stepMs(sight.span.energy!);
  const largest = maximum(series.map(({ energy }) => energy));
  const frame = frameOf(sight, largest);
  const times = periods(series);
  const read: Reading = {
    label: t("energy_label"),
    text: valueText(sight, series, energyAtCursor),
    step: (from, by) => {
      const last = times.length - 1;
      const now = times.findLastIndex((at) => at <= (from ?? Infinity));
      return times[Math.max(0, Math.min(last, from === null ? last : now + by))]!;
    },
    point,
  };
  return chart(
    sight,
    frame,
    read,
    svg`${grid(frame, largest, f.energy)}
    ${series.map(({ energy, color }, place) =>
      barsOf(frame, energy, width, place, series.length).map(
        (bar) =>
          svg`<rect fill=${color} x=${bar.x} y=${bar.y} width=${bar.width}
            height=${bar.height} rx="1"></rect>
            ${
              bar.width < NUMBER_PX
                ? nothing
                : svg`<text class="axis" text-anchor="middle"
                    x=${bar.x + bar.width / 2} y=${bar.y - 2}>${f.energy(bar.value)}</text>`
            }`,
      ),
    )}`,
  );
}

/** How a chart is read: what it says, and where a step leads. */
interface Reading {
  label: string;
  text: string;
  step: (from: number | null, by: number) => number;
  point: Point;
}

function chart(
  sight: Sight,
  frame: Frame,
  { label, text, step, point }: Reading,
  drawn: SVGTemplateResult,
): TemplateResult {
  const { cursor } = sight;
  const { start, end } = frame;
  const share = cursor === null ? 0 : (cursor - start) / (end - start);
  const read = (event: PointerEvent): void => {
    const { left } = (event.currentTarget as Element).getBoundingClientRect();
    point(timeAt(frame, event.clientX - left));
  };
  const press = (event: KeyboardEvent): void => {
    const by = STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    point(step(cursor, by));
  };
  return html`<svg
    class="chart"
    width=${frame.width}
    height=${frame.height}
    role="slider"
    tabindex="0"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${Math.round(share * 100)}
    aria-valuetext=${text}
    @pointermove=${read}
    @pointerdown=${read}
    @pointerleave=${() => {
      point(null);
    }}
    @keydown=${press}
  >
    ${drawn} ${timeMarks(sight, frame)}
    ${
      cursor === null
        ? nothing
        : svg`<line class="cursor" x1=${x(frame, cursor)} x2=${x(frame, cursor)}
            y1=${frame.top} y2=${frame.height - frame.bottom}></line>`
    }
  </svg>`;
}

function maximum(lines: readonly (readonly { value: number | null }[])[]): number {
  return Math.max(0, ...lines.flatMap((line) => line.map(({ value }) => value ?? 0)));
}

function frameOf({ span, width, alone }: Sight, largest: number): Frame {
  return {
    width: Math.max(200, width - MARGIN_PX),
    height: Math.max(
      width > WIDE_PX ? HEIGHT_WIDE : HEIGHT,
      alone ? window.innerHeight * SHARE_ALONE : 0,
    ),
    left: 56,
    right: 8,
    top: 10,
    bottom: 24,
    start: span.start.getTime(),
    end: span.end.getTime(),
    max: ticks(largest).at(-1)!,
  };
}

function grid(
  frame: Frame,
  largest: number,
  text: (value: number) => string,
): SVGTemplateResult[] {
  return ticks(largest).map(
    (value) =>
      svg`<line class="grid" x1=${frame.left} x2=${frame.width - frame.right}
          y1=${y(frame, value)} y2=${y(frame, value)}></line>
        <text class="axis" x=${frame.left - 6} y=${y(frame, value) + 4}
          text-anchor="end">${text(value)}</text>`,
  );
}

/** What a screen reader says of the time that is pointed at. */
function valueText(
  sight: Sight,
  series: readonly Series[],
  told: (sight: Sight, series: Series) => string | null,
): string {
  if (sight.cursor === null) return "";
  const unknown = sight.scene.t("unknown");
  return [
    when(sight, sight.cursor),
    ...series.map((one) => `${one.source.name} ${told(sight, one) ?? unknown}`),
  ].join(", ");
}
