/** The buttons above a plan, and a tab for each of several plans. */

import { html, nothing, type TemplateResult } from "lit";

import { icon, ICONS } from "../shared/icons.js";
import type { TextKey, Translate } from "../shared/i18n.js";
import type { Storey } from "./storeys.js";

export interface Tool {
  name: keyof typeof ICONS;
  key: TextKey;
  action: () => void;
  /** Whether what it shows is shown; undefined for what is no switch. */
  pressed?: boolean;
}

export function toolbar(t: Translate, tools: readonly Tool[]): TemplateResult[] {
  return tools.map(({ name, key, action, pressed }) => {
    const label = t(key);
    return html`<button
      class="tool ${name}"
      aria-label=${label}
      title=${label}
      aria-pressed=${pressed === undefined ? nothing : String(pressed)}
      @click=${action}
    >
      ${icon(ICONS[name])}
    </button>`;
  });
}

export function tabs(
  plans: readonly Storey[],
  shown: string | undefined,
  choose: (id: string) => void,
): TemplateResult {
  return html`<nav>
    ${plans.map(
      ({ plan, name }) =>
        html`<button
          aria-current=${plan.id === shown ? "page" : nothing}
          @click=${() => {
            choose(plan.id);
          }}
        >
          ${name}
        </button>`,
    )}
  </nav>`;
}
