/** Defines the cards and tells Home Assistant's pickers about them. */

import { HistoryCard } from "./history/card.js";
import { MeterCard } from "./meter/card.js";
import { PlanCard } from "./plan/card.js";
import type { Hass } from "./shared/hass.js";
import { loadTexts, translator, type TextKey } from "./shared/i18n.js";
import { SavingsCard } from "./savings/card.js";
import { SheddingCard } from "./shedding/card.js";
import { ParkStrategy } from "./strategy/strategy.js";

interface Suggestion {
  config: { type: string };
}

interface PickerEntry {
  type: string;
  name: string;
  description: string;
  preview: boolean;
  documentationURL: string;
  getEntitySuggestion: (hass: Hass, entityId: string) => Suggestion | null;
}

interface StrategyEntry {
  type: string;
  strategyType: "dashboard";
  name: string;
  description: string;
  documentationURL: string;
}

declare global {
  interface Window {
    customCards?: PickerEntry[];
    customStrategies?: StrategyEntry[];
  }
}

const DOCUMENTATION = "https://github.com/energy-park/energy_park#cards";

/** The cards, and the entities each is the card for: a part of their ids' keys. */
const CARDS: readonly {
  type: string;
  element: CustomElementConstructor;
  text: "plan_card" | "meter_card" | "history_card" | "savings_card" | "shedding_card";
  suggests: (hass: Hass, entityId: string) => boolean;
}[] = [
  {
    type: "energy-park-plan-card",
    element: PlanCard,
    text: "plan_card",
    suggests: (_hass, id) => id.startsWith("switch."),
  },
  {
    type: "energy-park-meter-card",
    element: MeterCard,
    text: "meter_card",
    suggests: (hass, id) =>
      hass.states[id]?.attributes["device_class"] === "apparent_power",
  },
  {
    type: "energy-park-history-card",
    element: HistoryCard,
    text: "history_card",
    suggests: (hass, id) =>
      ["power", "energy"].includes(String(hass.states[id]?.attributes["device_class"])),
  },
  {
    type: "energy-park-savings-card",
    element: SavingsCard,
    text: "savings_card",
    suggests: (hass, id) => hass.states[id]?.attributes["device_class"] === "energy",
  },
  {
    type: "energy-park-shedding-card",
    element: SheddingCard,
    text: "shedding_card",
    suggests: (hass, id) => hass.entities[id]?.translation_key === "shedding",
  },
];

// A second copy, from another address, must neither throw nor list the cards twice.
for (const { type, element } of CARDS) {
  if (!customElements.get(type)) customElements.define(type, element);
}

const STRATEGY = "energy-park";
const STRATEGY_TAG = `ll-strategy-dashboard-${STRATEGY}`;
if (!customElements.get(STRATEGY_TAG))
  customElements.define(STRATEGY_TAG, ParkStrategy);

const listed = (window.customCards ??= []);
const language = document.documentElement.lang || navigator.language;

function list(): void {
  const t = translator(language)!;
  for (const { type, text, suggests } of CARDS) {
    const entry: PickerEntry = {
      type,
      name: t(text),
      description: t(`${text}_text` as TextKey),
      preview: true,
      documentationURL: DOCUMENTATION,
      getEntitySuggestion: (hass, id) =>
        hass.entities[id]?.platform === "energy_park" && suggests(hass, id)
          ? { config: { type: `custom:${type}` } }
          : null,
    };
    const known = listed.findIndex((other) => other.type === type);
    if (known < 0) listed.push(entry);
    else listed[known] = entry;
  }
}

function listStrategy(): void {
  const t = translator(language)!;
  const entry: StrategyEntry = {
    type: STRATEGY,
    strategyType: "dashboard",
    name: "Energy Park",
    description: t("dashboard_text"),
    documentationURL: DOCUMENTATION,
  };
  const strategies = (window.customStrategies ??= []);
  const known = strategies.findIndex(({ type }) => type === STRATEGY);
  if (known < 0) strategies.push(entry);
  else strategies[known] = entry;
}

void loadTexts(language).then(() => {
  list();
  listStrategy();
});
