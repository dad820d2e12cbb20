/** The same history as tables: powers, then energies where they are known. */

import { html, nothing, type TemplateResult } from "lit";

import { barAt, mean, stepMs, sum } from "./series.js";
import { periods, powerText, when, type Series, type Sight } from "./sight.js";

const HOUR_MS = 3_600_000;
const ROWS_MAX = 48;

type Row = readonly string[];

export function historyTable(sight: Sight): TemplateResult {
  const { t } = sight.scene;
  return html`<div class="table" role="region" tabindex="0" aria-label=${t("table")}>
    ${table(t("power"), t("time"), sight.series, powerRows(sight))} ${energies(sight)}
  </div>`;
}

function powerRows(sight: Sight): Row[] {
  const { span, series } = sight;
  const start = span.start.getTime();
  const end = Math.min(span.end.getTime(), Date.now());
  const step = Math.max(HOUR_MS, (span.end.getTime() - start) / ROWS_MAX);
  const times = Array.from(
    { length: Math.ceil((end - start) / step) },
    (_, row) => start + row * step,
  );
  const cell = ({ source, power }: Series, from: number): string => {
    const within = power.filter(({ at }) => at >= from && at < from + step);
    const value = mean(within);
    return value === null ? "–" : powerText(sight, source, value);
  };
  return times.map((at) => [when(sight, at), ...series.map((one) => cell(one, at))]);
}

/** Days or months, and all of them together. */
function energies(sight: Sight): TemplateResult | typeof nothing {
  const { scene, span } = sight;
  const { t, f } = scene;
  const counted = sight.series.filter(({ energy }) => energy.length);
  if (!counted.length) return nothing;
  const step = stepMs(span.energy!);
  const text = (wh: number | null): string => (wh === null ? "–" : f.energy(wh));
  const options: Intl.DateTimeFormatOptions =
    span.range === "year" ? { month: "long" } : { day: "numeric", month: "short" };
  const rows = periods(counted).map((at) => [
    f.date(new Date(at), options),
    ...counted.map(({ energy }) => text(barAt(energy, at, step))),
  ]);
  const total = [t("total"), ...counted.map(({ energy }) => text(sum(energy)))];
  return table(t("energy"), t("time"), counted, [...rows, total]);
}

function table(
  caption: string,
  first: string,
  series: readonly Series[],
  rows: readonly Row[],
): TemplateResult {
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${first}</th>
        ${series.map(
          ({ source }) => html`<th scope="col" class="number">${source.name}</th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([name, ...cells]) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${cells.map((cell) => html`<td class="number">${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
