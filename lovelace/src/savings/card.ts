/** The savings card: what was measured, what it would have been, what was avoided. */

import { html, nothing, type TemplateResult } from "lit";

import { ParkCard, type CardConfig, type Scene } from "../shared/card.js";
import { configForm, type ConfigForm } from "../shared/form.js";
import { openMoreInfo } from "../shared/ha.js";
import type { EntityKey } from "../shared/entities.js";
import {
  entityIds,
  isKnown,
  numberOf,
  stateOf,
  type Park,
  type Sector,
} from "../shared/park.js";
import { added, statistics } from "../shared/statistics.js";
import { dayOf, midnight, timeZone } from "../shared/zone.js";
import { cardStyles } from "../shared/styles.js";
import { styles } from "./styles.js";

/**
 * What the park and its sectors may tell of savings, by the keys of their entities.
 * Energies in Wh, money in the house's currency, CO2 in grams; coverage in percent.
 */
export const KEYS = {
  measured: "measured",
  baseline: "baseline",
  avoided: "avoided",
  avoidedCost: "avoided_cost",
  avoidedCo2: "avoided_co2",
  coverage: "coverage",
  waste: "waste_power",
} as const satisfies Readonly<Record<string, EntityKey>>;

/** Sums of days move slowly. */
const ASK_MS = 15 * 60_000;

export class SavingsCard extends ParkCard {
  static override styles = [cardStyles, styles];
  static override properties = { ...ParkCard.properties, month: { state: true } };

  static getStubConfig(): Partial<CardConfig> {
    return {};
  }

  static getConfigForm(): Promise<ConfigForm> {
    return configForm(() => []);
  }

  /** Energy of this month in Wh by entity. */
  declare private month: Readonly<Record<string, number | null>>;
  #asked = { ids: "", at: -Infinity };

  constructor() {
    super();
    this.month = {};
  }

  getCardSize(): number {
    return 4;
  }

  getGridOptions(): Record<string, number | string> {
    return { columns: 12, rows: "auto", min_columns: 6 };
  }

  protected watched(park: Park): readonly string[] {
    return [park, ...park.sectors].flatMap((part) =>
      entityIds(part, Object.values(KEYS)),
    );
  }

  protected renderPark(scene: Scene): TemplateResult {
    const { park, hass, t, f } = scene;
    const value = (key: EntityKey): number | null =>
      numberOf(stateOf(hass.states, park, key));
    const avoided = value(KEYS.avoided);
    const baseline = value(KEYS.baseline);
    const coverage = value(KEYS.coverage);
    const cost = value(KEYS.avoidedCost);
    const co2 = value(KEYS.avoidedCo2);
    const waste = value(KEYS.waste);
    void this.#askMonth(scene);
    return html`
      <header><h2>${this.config!.title ?? t("savings")}</h2></header>
      ${
        avoided === null
          ? html`<p class="hint">${t("no_savings")}</p>`
          : html`<p class="avoided ${avoided < 0 ? "lost" : ""}">
                <strong>${f.energy(avoided)}</strong>
                <span
                  >${t(avoided < 0 ? "more_used" : "avoided")}${
                    cost === null ? "" : `, ${f.money(cost, hass.config.currency)}`
                  }</span
                >
              </p>
              <dl>
                ${fact(t("measured"), value(KEYS.measured), f.energy)}
                ${fact(t("baseline"), baseline, f.energy)}
                ${
                  baseline
                    ? fact(t("avoided_share"), avoided / baseline, f.percent)
                    : nothing
                }
                ${fact(t("avoided_co2"), co2, (grams) => `${f.number(grams / 1000, 1)} kg`)}
                ${fact(t("coverage"), coverage, (percent) => f.percent(percent / 100))}
              </dl>`
      }
      ${
        waste === null
          ? nothing
          : html`<p class="hint">${t("waste_now", { power: f.power(waste) })}</p>`
      }
      ${this.#ranking(scene)}
    `;
  }

  /** Where the energy of this month went, the largest first. */
  #ranking(scene: Scene): TemplateResult | typeof nothing {
    const { park, t, f } = scene;
    const ranked = park.sectors
      .map((sector) => ({ sector, wh: this.month[sector.entities["energy"] ?? ""] }))
      .filter(
        (one): one is { sector: Sector; wh: number } => typeof one.wh === "number",
      )
      .sort((a, b) => b.wh - a.wh);
    if (!ranked.length) return nothing;
    const largest = Math.max(1, ranked[0]!.wh);
    return html`<h3>${t("this_month")}</h3>
      <ul>
        ${ranked.map(
          ({ sector, wh }) =>
            html`<li>
              <button
                @click=${() => {
                  openMoreInfo(this, sector.entities["energy"]!, "history");
                }}
              >
                <span>${sector.name}</span>
                <span class="bar"><i style="width:${(wh / largest) * 100}%"></i></span>
                <strong>${f.energy(wh)}</strong>
                ${this.#sectorAvoided(scene, sector)}
              </button>
            </li>`,
        )}
      </ul>`;
  }

  #sectorAvoided(
    { hass, t, f }: Scene,
    sector: Sector,
  ): TemplateResult | typeof nothing {
    const state = stateOf(hass.states, sector, KEYS.avoided);
    const avoided = numberOf(state);
    return isKnown(state) && avoided !== null
      ? html`<small>${t("avoided_of", { energy: f.energy(avoided) })}</small>`
      : nothing;
  }

  async #askMonth({ hass, park }: Scene): Promise<void> {
    const wanted = park.sectors.flatMap(({ entities }) => entities["energy"] ?? []);
    const ids = wanted.join(" ");
    const now = performance.now();
    if (!wanted.length || (ids === this.#asked.ids && now - this.#asked.at < ASK_MS)) {
      return;
    }
    this.#asked = { ids, at: now };
    const zone = timeZone(hass);
    const { year, month } = dayOf(new Date(), zone);
    const start = midnight(year, month, 1, zone);
    try {
      const rows = await statistics(hass, wanted, start, undefined, "hour", ["change"]);
      this.month = Object.fromEntries(wanted.map((id) => [id, added(rows[id])]));
    } catch {
      // A Home Assistant without recorder has no such figures.
      this.month = {};
    }
  }
}

function fact(
  label: string,
  value: number | null,
  text: (value: number) => string,
): TemplateResult | typeof nothing {
  return value === null
    ? nothing
    : html`<dt>${label}</dt>
        <dd>${text(value)}</dd>`;
}
