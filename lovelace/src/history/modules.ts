/** Each module of a sector on its own: a small line, its mean and its peak. */

import { html, nothing, type TemplateResult } from "lit";

import { spark } from "./chart.js";
import { mean } from "./series.js";
import { COLORS, type Series, type Sight } from "./sight.js";

export function moduleLines(
  sight: Sight,
  alone: (device: string) => void,
): TemplateResult {
  return html`<ul class="modules">
    ${sight.series.map((series) => html`<li>${line(sight, series, alone)}</li>`)}
  </ul>`;
}

function line(
  { scene: { t, f }, span }: Sight,
  { source: { device, name }, power }: Series,
  alone: (device: string) => void,
): TemplateResult {
  const average = mean(power);
  const peak = Math.max(0, ...power.map(({ value }) => value ?? 0));
  return html`<button
    aria-label=${t("compare_name", { name })}
    @click=${() => {
      alone(device);
    }}
  >
    <span>${name}</span>
    <svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <path
        class="line"
        d=${spark(power, span.start.getTime(), span.end.getTime())}
        stroke=${COLORS[0]}
      ></path>
    </svg>
    <span class="facts"
      >${
        average === null ? t("no_data") : `⌀ ${f.power(average)} · ↑ ${f.power(peak)}`
      }</span
    >
  </button>`;
}

/** The sector whose modules are shown; "" are those without one. */
export function sectorChoice(
  { park, t }: Sight["scene"],
  shown: string | null,
  choose: (sector: string) => void,
): TemplateResult {
  const loose = park.sockets.some(({ sector }) => sector === null);
  return html`<select
    aria-label=${t("sector")}
    @change=${(event: Event) => {
      choose((event.target as HTMLSelectElement).value);
    }}
  >
    ${park.sectors.map(
      ({ device, name }) =>
        html`<option value=${device} ?selected=${device === shown}>${name}</option>`,
    )}
    ${
      loose
        ? html`<option value="" ?selected=${shown === null}>${t("no_sector")}</option>`
        : nothing
    }
  </select>`;
}
