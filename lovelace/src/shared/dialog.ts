/**
 * Questions and reports in a native dialog: focus, Escape and backdrop are free.
 *
 * The focus is where nothing happens: what is dangerous is chosen, not slipped into.
 */

import { html, render } from "lit";

import { isPress } from "./keys.js";

export interface Question {
  title: string;
  text?: string;
  rows?: readonly (readonly [string, string])[];
  yes: string;
  no?: string;
}

/** Shows a dialog; true when it was answered with yes. */
export function ask(
  root: HTMLElement | DocumentFragment,
  question: Question,
): Promise<boolean> {
  const dialog = document.createElement("dialog");
  const back = (root as ShadowRoot).activeElement;
  const { title, text, rows = [], yes, no } = question;
  render(
    html`<form method="dialog">
      <h2 id="title">${title}</h2>
      ${text === undefined ? null : html`<p>${text}</p>`}
      ${
        rows.length
          ? html`<ul>
              ${rows.map(
                ([name, note]) =>
                  html`<li><span>${name}</span><span>${note}</span></li>`,
              )}
            </ul>`
          : null
      }
      <div class="actions">
        ${no === undefined ? null : html`<button value="no" autofocus>${no}</button>`}
        <button class="main" value="yes" ?autofocus=${no === undefined}>${yes}</button>
      </div>
    </form>`,
    dialog,
  );
  dialog.setAttribute("aria-labelledby", "title");
  // The key that opened it, still held, is no answer.
  dialog.addEventListener("keydown", (event) => {
    if (event.repeat && isPress(event)) event.preventDefault();
  });
  root.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (back instanceof HTMLElement || back instanceof SVGElement) back.focus();
      resolve(dialog.returnValue === "yes");
    });
  });
}
