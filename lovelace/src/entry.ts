/** Defines the cards and tells Home Assistant's pickers about them. */

import { HistoryCard } from "./history/card.js";
import { MeterCard } from "./meter/card.js";
import { PlanCard } from "./plan/card.js";
import type { Hass } from "./shared/hass.js";
import { loadTexts, translator } from "./shared/i18n.js";
import { SavingsCard } from "./savings/card.js";
import { SheddingCard } from "./shedding/card.js";
import { ParkStrategy } from "./strategy/strategy.js";
import {
  suitsHistory,
  suitsMeter,
  suitsPlan,
  suitsSavings,
  suitsShedding,
  type Suits,
} from "./suggest.js";

interface Suggestion {
  config: { type: string; [key: string]: unknown };
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

/** The cards, and how each is set for the entities that it is the card for. */
const CARDS: readonly {
  type: string;
  element: CustomElementConstructor;
  text: "plan_card" | "meter_card" | "history_card" | "savings_card" | "shedding_card";
  suits: Suits;
}[] = [
  {
    type: "energy-park-plan-card",
    element: PlanCard,
    text: "plan_card",
    suits: suitsPlan,
  },
  {
    type: "energy-park-meter-card",
    element: MeterCard,
    text: "meter_card",
    suits: suitsMeter,
  },
  {
    type: "energy-park-history-card",
    element: HistoryCard,
    text: "history_card",
    suits: suitsHistory,
  },
  {
    type: "energy-park-savings-card",
    element: SavingsCard,
    text: "savings_card",
    suits: suitsSavings,
  },
  {
    type: "energy-park-shedding-card",
    element: SheddingCard,
    text: "shedding_card",
    suits: suitsShedding,
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

const page = document.documentElement;

function language(): string {
  return page.lang || navigator.language;
}

/** Tells the pickers of a kind of thing, in place of what they were told before. */
function tell<T extends { type: string }>(known: T[], entry: T): void {
  const index = known.findIndex(({ type }) => type === entry.type);
  if (index < 0) known.push(entry);
  else known[index] = entry;
}

async function list(): Promise<void> {
  await loadTexts(language());
  const t = translator(language());
  // The page has yet another language by now, and that is being loaded.
  if (!t) return;
  for (const { type, text, suits } of CARDS) {
    tell((window.customCards ??= []), {
      type,
      name: t(text),
      description: t(`${text}_text`),
      preview: true,
      documentationURL: DOCUMENTATION,
      getEntitySuggestion: (hass, id) => {
        const entity = hass.entities[id];
        const suited =
          entity?.platform === "energy_park" ? suits(hass, id, entity) : null;
        return suited && { config: { type: `custom:${type}`, ...suited } };
      },
    });
  }
  tell((window.customStrategies ??= []), {
    type: STRATEGY,
    strategyType: "dashboard",
    name: "Energy Park",
    description: t("dashboard_text"),
    documentationURL: DOCUMENTATION,
  });
}

void list();
// Home Assistant tells the page's language when it knows the user.
new MutationObserver(() => void list()).observe(page, { attributeFilter: ["lang"] });
