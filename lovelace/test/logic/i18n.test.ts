import { expect, test } from "vitest";

import en from "../../src/lang/en.json" with { type: "json" };
import es from "../../src/lang/es.json" with { type: "json" };
import fr from "../../src/lang/fr.json" with { type: "json" };
import { loadTexts, translator } from "../../src/shared/i18n.js";

const ENGLISH: Record<string, string> = en;

function places(text: string): string[] {
  return (text.match(/\{\w+\}/g) ?? []).sort();
}

test.each([
  ["es", es],
  ["fr", fr],
])("%s says all that English says, with the same values", (_, texts) => {
  const translated: Record<string, string> = texts;
  expect(Object.keys(translated)).toEqual(Object.keys(ENGLISH));
  for (const [key, text] of Object.entries(ENGLISH)) {
    expect(places(translated[key]!), key).toEqual(places(text));
    expect(translated[key]!.trim()).not.toBe("");
    const words = text.split(" ").length;
    if (words > 2 && !text.startsWith("Energy Park")) {
      expect(translated[key], key).not.toBe(text);
    }
  }
});

test("English is there at once, others after they were loaded", async () => {
  expect(translator("en-GB")!("switch_off_name", { name: "A1" })).toBe("Switch A1 off");
  expect(translator("fr")).toBeNull();
  await loadTexts("fr-CA");
  expect(translator("fr")!("switch_off_name", { name: "A1" })).toBe("Éteindre A1");
});

test("a language that nobody translated is read in English", () => {
  expect(translator("nl")!("cancel")).toBe("Cancel");
});
