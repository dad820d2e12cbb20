/** The scale of heat, with its powers. */

import { html, nothing, type TemplateResult } from "lit";

import type { Scene } from "../shared/card.js";
import { HEAT_STEPS, heatColor, heatPower } from "../shared/heat.js";

export function legend({ t, f }: Scene, heatMax: number): TemplateResult {
  return html`<footer aria-hidden="true">
    ${Array.from(
      { length: HEAT_STEPS + 1 },
      (_, step) =>
        html`<i style="background:${heatColor(step)}"></i>${
            step % 4 === 0
              ? html`<span
                  >${step ? f.power(heatPower(step, heatMax)) : t("off")}</span
                >`
              : nothing
          }`,
    )}
  </footer>`;
}
