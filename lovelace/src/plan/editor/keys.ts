/** Keys of the editor, wherever its focus is; but those in a field are the field's. */

import type { Desk } from "./desk.js";
import { removeSelected } from "./selected.js";

export function onKey(desk: Desk, event: KeyboardEvent): void {
  const [target] = event.composedPath();
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
  if (event.ctrlKey || event.metaKey ? !shortcut(desk, event) : !removal(desk, event)) {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function shortcut({ session }: Desk, { key, shiftKey }: KeyboardEvent): boolean {
  const letter = key.toLowerCase();
  if (letter !== "z" && letter !== "y") return false;
  void (letter === "y" || shiftKey ? session.redo() : session.undo());
  return true;
}

function removal(desk: Desk, { key }: KeyboardEvent): boolean {
  if (key !== "Delete" && key !== "Backspace") return false;
  removeSelected(desk);
  return true;
}
