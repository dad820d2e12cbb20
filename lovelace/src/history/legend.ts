/** The names of what is compared, what each was, and what to compare it with. */

import { mdiClose } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";

import { icon } from "../shared/icons.js";
import { mean, sum } from "./series.js";
import {
  atCursor,
  energyAtCursor,
  powerText,
  when,
  type Series,
  type Sight,
} from "./sight.js";
import type { Source } from "./source.js";

/** More lines are told apart by nobody. */
export const COMPARED_MAX = 8;

export function legend(
  sight: Sight,
  all: readonly Source[],
  choose: (devices: readonly string[]) => void,
): TemplateResult {
  const { series, cursor } = sight;
  const shown = series.map(({ source }) => source.device);
  return html`<ul class="legend">
      ${cursor === null ? nothing : html`<li class="when">${when(sight, cursor)}</li>`}
      ${series.map((one) =>
        row(sight, one, () => {
          choose(shown.filter((device) => device !== one.source.device));
        }),
      )}
    </ul>
    ${
      shown.length < COMPARED_MAX
        ? more(sight, all, shown, (device) => {
            choose([...shown, device]);
          })
        : nothing
    }`;
}

function row(sight: Sight, series: Series, hide: () => void): TemplateResult {
  const { name } = series.source;
  return html`<li>
    <svg width="28" height="8" aria-hidden="true">
      <path
        class="line"
        d="M2 4h24"
        stroke=${series.color}
        stroke-dasharray=${series.dash}
      ></path>
    </svg>
    <span>${name}</span> <strong>${value(sight, series)}</strong>
    <button
      class="tool small"
      aria-label=${sight.scene.t("hide_name", { name })}
      @click=${hide}
    >
      ${icon(mdiClose)}
    </button>
  </li>`;
}

/** At the cursor; on average and in all where there is none. */
function value(sight: Sight, series: Series): string {
  const { t, f } = sight.scene;
  if (sight.cursor !== null) {
    const told = [atCursor(sight, series), energyAtCursor(sight, series)];
    return told.filter(Boolean).join(" · ") || "–";
  }
  const average = mean(series.power);
  const energy = sum(series.energy);
  const told = [
    average !== null && `⌀ ${powerText(sight, series.source, average)}`,
    energy !== null && f.energy(energy),
  ];
  return told.filter(Boolean).join(" · ") || t("no_data");
}

function more(
  { scene: { t } }: Sight,
  all: readonly Source[],
  shown: readonly string[],
  add: (device: string) => void,
): TemplateResult {
  return html`<select
    aria-label=${t("compare")}
    @change=${(event: Event) => {
      const select = event.target as HTMLSelectElement;
      add(select.value);
      select.value = "";
    }}
  >
    <option value="">${t("compare")}</option>
    ${all
      .filter(({ device }) => !shown.includes(device))
      .map(({ device, name }) => html`<option value=${device}>${name}</option>`)}
  </select>`;
}
