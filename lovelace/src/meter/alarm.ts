/** The cut-off that is near: a screen reader is told once, not at each second. */

import { html, nothing, type TemplateResult } from "lit";

import type { Scene } from "../shared/card.js";

export function cutOff({ t, f }: Scene, seconds: number | null): TemplateResult {
  return html`<p class="alarm">
    <span role="alert">${t("will_trip")}</span>
    ${
      seconds === null
        ? nothing
        : html`<span>${t("in_time", { time: f.duration(seconds) })}</span>`
    }
  </p>`;
}
