/** What is shown of the history is chosen above it: when, and how. */

import { mdiChevronLeft, mdiChevronRight } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";

import type { Scene } from "../shared/card.js";
import { icon, ICONS } from "../shared/icons.js";
import { RANGES, spanName, type Range, type Span } from "./range.js";

export type View = "chart" | "table" | "modules";

/** What somebody wants to see. */
export interface Wish {
  range: Range;
  /** How many ranges back, as a negative number. */
  moved: number;
  view: View;
}

type Change = (wished: Partial<Wish>) => void;

export function header(
  { t, f }: Scene,
  title: string,
  span: Span,
  { moved, view }: Wish,
  change: Change,
): TemplateResult {
  const table = view === "table";
  return html`<header>
    <h2>${title}</h2>
    <div class="tools">
      ${tool(mdiChevronLeft, t("earlier"), () => {
        change({ moved: moved - 1 });
      })}
      <span class="span">${spanName(span, f.date)}</span>
      ${tool(
        mdiChevronRight,
        t("later"),
        () => {
          change({ moved: moved + 1 });
        },
        moved >= 0,
      )}
      ${tool(
        table ? ICONS.chart : ICONS.table,
        t(table ? "show_chart" : "show_table"),
        () => {
          change({ view: table ? "chart" : "table" });
        },
      )}
    </div>
  </header>`;
}

export function rangeButtons(
  { park, t }: Scene,
  { range, view }: Wish,
  change: Change,
): TemplateResult {
  const modules = view === "modules";
  return html`<nav>
    ${RANGES.map(
      (one) =>
        html`<button
          aria-pressed=${String(one === range)}
          @click=${() => {
            change({ range: one, moved: 0 });
          }}
        >
          ${t(`range_${one}`)}
        </button>`,
    )}
    ${
      park.sockets.length
        ? html`<button
            aria-pressed=${String(modules)}
            @click=${() => {
              change({ view: modules ? "chart" : "modules" });
            }}
          >
            ${t("modules")}
          </button>`
        : nothing
    }
  </nav>`;
}

function tool(
  shape: string,
  label: string,
  action: () => void,
  disabled = false,
): TemplateResult {
  return html`<button
    class="tool"
    aria-label=${label}
    title=${label}
    ?disabled=${disabled}
    @click=${action}
  >
    ${icon(shape)}
  </button>`;
}
