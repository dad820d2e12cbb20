/** The fields of the cards' forms: loaded when somebody opens an editor. */

import { plansOf, planFeed } from "../plan/document.js";
import { storeys } from "../plan/storeys.js";
import type { ConfigForm, Field, Fields } from "./form.js";
import type { Hass } from "./hass.js";
import { parkFeed } from "./hub.js";
import { loadTexts, translator, type TextKey } from "./i18n.js";

export async function makeForm(
  page: Hass | undefined,
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
      selector: { select: { mode: "dropdown", options: planOptions(page) } },
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

function planOptions(page: Hass | undefined): { value: string; label: string }[] {
  if (!page) return [];
  const document = planFeed(page.connection).value;
  const parks = parkFeed(page.connection).value?.parks ?? [];
  return parks.flatMap(({ id }) =>
    storeys(plansOf(document, id), page).map(({ plan, name }) => ({
      value: plan.id,
      label: name,
    })),
  );
}
