/** The cards' visual editors, as forms that Home Assistant draws. */

import type { Hass } from "./hass.js";

export interface Field {
  name: string;
  selector: Readonly<Record<string, unknown>>;
}

export interface ConfigForm {
  schema: readonly Field[];
  computeLabel: (field: Field) => string;
}

export interface Fields {
  readonly choices: (name: string, values: readonly string[]) => Field;
  readonly watts: (name: string) => Field;
  readonly yesNo: (name: string) => Field;
  /** One of the park's devices, or several. */
  readonly devices: (name: string, multiple?: boolean) => Field;
  readonly plans: (name: string) => Field;
}

let page: Hass | undefined;

/** Keeps the page's `hass`: Home Assistant asks for a form without one. */
export function lend(hass: Hass): void {
  page = hass;
}

/** Makes a form of a card's own fields, after those that all cards have. */
export async function configForm(
  own: (fields: Fields) => readonly Field[],
): Promise<ConfigForm> {
  const { makeForm } = await import("./fields.js");
  return makeForm(page, own);
}
