/** The same history as a table. */

import { html, type TemplateResult } from "lit";

import { mean } from "./series.js";
import { powerText, when, type Series, type Sight } from "./sight.js";

const HOUR_MS = 3_600_000;
const ROWS_MAX = 48;

export function historyTable(sight: Sight): TemplateResult {
  const { scene, span, series } = sight;
  const { t } = scene;
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
  return html`<div class="table" role="region" tabindex="0" aria-label=${t("table")}>
    <table>
      <thead>
        <tr>
          <th scope="col">${t("time")}</th>
          ${series.map(
            ({ source }) => html`<th scope="col" class="number">${source.name}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${times.map(
          (at) =>
            html`<tr>
              <th scope="row">${when(sight, at)}</th>
              ${series.map((one) => html`<td class="number">${cell(one, at)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
