/** The cards' visual editors, as forms that Home Assistant draws. */

import { plansOf, planFeed } from "../plan/document.js";
import { parkFeed } from "./hub.js";
import type { Hass } from "./hass.js";
import { loadTexts, translator, type TextKey } from "./i18n.js";

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
  const language = page?.language ?? "en";
  await loadTexts(language);
  const t = translator(language)!;
  const label = (key: string): string => t(key as TextKey);
  const fields: Fields = {
    choices: (name, values) => ({
      name,
      selector: {
        select: {
          mode: "dropdown",
          options: values.map((value) => ({ value, label: label(`${name}_${value}`) })),
        },
      },
    }),
    watts: (name) => ({
      name,
      selector: { number: { min: 1, mode: "box", unit_of_measurement: "W" } },
    }),
    yesNo: (name) => ({ name, selector: { boolean: {} } }),
    devices: (name, multiple = false) => ({
      name,
      selector: { device: { multiple, filter: { integration: "energy_park" } } },
    }),
    plans: (name) => ({
      name,
      selector: { select: { mode: "dropdown", options: planOptions() } },
    }),
  };
  return {
    schema: [
      { name: "title", selector: { text: {} } },
      { name: "park", selector: { config_entry: { integration: "energy_park" } } },
      ...own(fields),
    ],
    computeLabel: ({ name }) => label(`config_${name}`),
  };
}

function planOptions(): { value: string; label: string }[] {
  if (!page) return [];
  const document = planFeed(page.connection).value;
  const parks = parkFeed(page.connection).value?.parks ?? [];
  return parks.flatMap(({ id }) =>
    plansOf(document, id).map((plan) => ({ value: plan.id, label: plan.name })),
  );
}
