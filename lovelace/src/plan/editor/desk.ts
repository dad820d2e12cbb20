/** What the parts of the editor share, and the buttons they are made of. */

import { html, nothing, type TemplateResult } from "lit";

import type { TextKey } from "../../shared/i18n.js";
import { icon } from "../../shared/icons.js";
import type { Change } from "../document.js";
import type { Session } from "./session.js";
import type { Selection, Stage } from "./stage.js";

export interface Desk {
  readonly stage: Stage;
  readonly session: Session;
  readonly selection: Selection;
  /** Where a question is asked. */
  readonly renderRoot: HTMLElement | DocumentFragment;
  readonly select: (selection: Selection) => void;
  readonly commit: (changes: readonly Change[]) => void;
  /** Moves the chosen part by units. */
  nudge(dx: number, dy: number): void;
}

interface ToolState {
  pressed?: boolean;
  disabled?: boolean;
}

/** A button that is an icon. */
export function tool(
  { stage }: Desk,
  path: string,
  key: TextKey,
  action: () => unknown,
  { pressed, disabled = false }: ToolState = {},
): TemplateResult {
  const label = stage.scene.t(key);
  return html`<button
    class="tool"
    aria-label=${label}
    title=${label}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)}
    ?disabled=${disabled}
    @click=${action}
  >
    ${icon(path)}
  </button>`;
}

export function newId(): string {
  // A page without TLS, as in most houses, has no randomUUID.
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
