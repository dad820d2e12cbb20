/** The cards' own texts. English is there at once, others are loaded. */

import en from "../lang/en.json" with { type: "json" };

export type Texts = typeof en;
export type TextKey = keyof Texts;

/** Puts values into the text of a key. */
export type Translate = (
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
) => string;

const LOADERS: Readonly<Record<string, () => Promise<{ default: Texts }>>> = {
  fr: () => import("../lang/fr.json"),
  es: () => import("../lang/es.json"),
};

function translate(texts: Texts): Translate {
  return (key, values) => (values ? fill(texts[key], values) : texts[key]);
}

const loaded = new Map<string, Translate>([["en", translate(en)]]);

function base(language: string): string {
  const code = language.split("-")[0]!.toLowerCase();
  return code in LOADERS ? code : "en";
}

/** The texts of a language, or null until `load` brought them. */
export function translator(language: string): Translate | null {
  return loaded.get(base(language)) ?? null;
}

/** Brings the texts of a language; English stands in for what cannot be loaded. */
export async function loadTexts(language: string): Promise<void> {
  const code = base(language);
  if (loaded.has(code)) return;
  try {
    loaded.set(code, translate((await LOADERS[code]!()).default));
  } catch {
    loaded.set(code, translate(en));
  }
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}
