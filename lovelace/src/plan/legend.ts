/** Below the plan: the scale of heat with its powers, and room for a line of text. */

import { html, nothing, type TemplateResult } from "lit";

import type { Scene } from "../shared/card.js";
import { HEAT_STEPS, heatColor, heatPower } from "../shared/heat.js";

export function legend({ t, f }: Scene, heatMax: number): TemplateResult {
  return html`<footer aria-hidden="true">
    <div class="scale">
      <i class="off"></i><span>${t("off")}</span>
      ${Array.from(
        { length: HEAT_STEPS + 1 },
        (_, step) =>
          html`<i style="background:${heatColor(step)}"></i>${
              step % 4 === 0
                ? html`<span>${f.power(heatPower(step, heatMax))}</span>`
                : nothing
            }`,
      )}
    </div>
    <div class="about"></div>
  </footer>`;
}
