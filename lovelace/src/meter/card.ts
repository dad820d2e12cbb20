/** The meter card: what is drawn against what may be drawn, and what it costs. */

import { html, nothing, svg, type TemplateResult } from "lit";

import { ParkCard, type CardConfig, type Scene } from "../shared/card.js";
import { configForm, type ConfigForm } from "../shared/form.js";
import { openMoreInfo } from "../shared/ha.js";
import type { EntityKey } from "../shared/entities.js";
import {
  entityIds,
  isKnown,
  isOn,
  numberOf,
  stateOf,
  type Park,
  type Part,
} from "../shared/park.js";
import { added, statistics } from "../shared/statistics.js";
import { startOfDay, timeZone } from "../shared/zone.js";
import { cutOff } from "./alarm.js";
import { arc, load, type Load } from "./gauge.js";
import { cardStyles } from "../shared/styles.js";
import { styles } from "./styles.js";

export interface MeterCardConfig extends CardConfig {
  meter?: string;
}

/** Statistics are made every five minutes. */
const ENERGY_EVERY_MS = 5 * 60_000;

const PHASES = [1, 2, 3] as const;

/** All that a meter may tell; what it does not tell is not shown. */
const KEYS: readonly EntityKey[] = [
  "apparent_power",
  "power",
  "injected_power",
  "subscribed_power",
  "headroom",
  "overload",
  "will_trip",
  "time_to_trip",
  "trip_margin",
  "max_power",
  "tariff",
  "next_tariff",
  "next_tariff_at",
  "color_today",
  "color_tomorrow",
  "peak_running",
  "peak_notice",
  "energy_drawn",
  "cost_today",
  ...PHASES.flatMap((phase): EntityKey[] => [
    `phase_power_${phase}`,
    `phase_headroom_${phase}`,
  ]),
];

export class MeterCard extends ParkCard<MeterCardConfig> {
  static override styles = [cardStyles, styles];
  static override properties = { ...ParkCard.properties, today: { state: true } };

  static getStubConfig(): Partial<MeterCardConfig> {
    return {};
  }

  static getConfigForm(): Promise<ConfigForm> {
    return configForm(({ devices }) => [devices("meter")]);
  }

  /** Energy drawn since midnight, in Wh. */
  declare private today: number | null;
  #asked = { entity: "", at: -Infinity };

  constructor() {
    super();
    this.today = null;
  }

  getCardSize(): number {
    return 5;
  }

  getGridOptions(): Record<string, number | string> {
    return { columns: 12, rows: "auto", min_columns: 6 };
  }

  protected watched(park: Park): readonly string[] {
    const meter = this.#meter(park);
    return meter ? entityIds(meter, KEYS) : [];
  }

  #meter(park: Park): Part | undefined {
    const { meter } = this.config ?? {};
    return meter === undefined
      ? park.meters[0]
      : park.meters.find(({ device }) => device === meter);
  }

  protected renderPark(scene: Scene): TemplateResult {
    const { park, hass, t, f } = scene;
    const meter = this.#meter(park);
    if (!meter) return html`<p class="notice" role="status">${t("no_meter")}</p>`;
    void this.#askEnergy(scene, meter);
    const value = (key: EntityKey): number | null =>
      numberOf(stateOf(hass.states, meter, key));
    const drawn = value("apparent_power");
    const subscribed = value("subscribed_power");
    const injected = value("injected_power");
    const now = load(drawn, subscribed, isOn(stateOf(hass.states, meter, "overload")));
    return html`
      <header>
        <h2>${this.config!.title ?? meter.name}</h2>
        ${this.#words(scene, meter, "tariff")}
      </header>
      <button
        class="gauge ${now.level}"
        aria-label=${[
          drawn === null ? t("meter_silent") : f.apparent(drawn),
          subscribed === null
            ? ""
            : t("of_subscribed", { power: f.apparent(subscribed) }),
          t(`load_${now.level}`),
        ]
          .filter(Boolean)
          .join(", ")}
        @click=${() => {
          const entity = meter.entities["apparent_power"];
          if (entity) openMoreInfo(this, entity, "history");
        }}
      >
        ${renderArc(now)}
        <span class="now">${drawn === null ? "–" : f.apparent(drawn)}</span>
        <span class="of"
          >${
            subscribed === null
              ? nothing
              : t("of_subscribed", { power: f.apparent(subscribed) })
          }</span
        >
        <span class="level"
          >${drawn === null ? t("meter_silent") : t(`load_${now.level}`)}</span
        >
      </button>
      ${this.#trip(scene, meter)} ${this.#phases(scene, meter)}
      <dl>
        ${fact(t("headroom"), value("headroom"), f.apparent)}
        ${fact(t("trip_margin"), value("trip_margin"), (percent) =>
          f.percent(percent / 100),
        )}
        ${fact(t("active_power"), value("power"), f.power)}
        ${injected ? fact(t("injected"), injected, f.apparent) : nothing}
        ${fact(t("max_power"), value("max_power"), f.apparent)}
        ${fact(t("today"), this.today, f.energy)}
        ${fact(t("cost_today"), value("cost_today"), (cost) =>
          f.money(cost, hass.config.currency),
        )}
        ${this.#next(scene, meter)}
        ${this.#word(scene, meter, "color_today", t("today_color"))}
        ${this.#word(scene, meter, "color_tomorrow", t("tomorrow_color"))}
      </dl>
    `;
  }

  /** What must not be missed: the cut-off that is near, an expensive hour. */
  #trip(scene: Scene, meter: Part): TemplateResult | typeof nothing {
    const { hass, t } = scene;
    const seconds = numberOf(stateOf(hass.states, meter, "time_to_trip"));
    const is = (key: EntityKey): boolean =>
      isOn(stateOf(hass.states, meter, key)) === true;
    if (seconds !== null || is("will_trip")) return cutOff(scene, seconds);
    if (is("peak_running")) return html`<p class="alarm">${t("peak_running")}</p>`;
    return is("peak_notice") ? html`<p class="alarm">${t("peak_notice")}</p>` : nothing;
  }

  /** Each phase of three: what it draws of what it may. */
  #phases({ hass, t, f }: Scene, meter: Part): TemplateResult | typeof nothing {
    const value = (key: EntityKey): number | null =>
      numberOf(stateOf(hass.states, meter, key));
    const phases = PHASES.filter((phase) => value(`phase_power_${phase}`) !== null);
    if (!phases.length) return nothing;
    return html`<div class="phases">
      ${phases.map((phase) => {
        const drawn = value(`phase_power_${phase}`)!;
        const left = value(`phase_headroom_${phase}`);
        const now = load(drawn, left === null ? null : drawn + left, null);
        return html`<div class=${now.level}>
          <span>${t("phase", { phase })}</span>
          <span class="bar"
            ><i style="width:${Math.min(1, now.share ?? 0) * 100}%"></i
          ></span>
          <span class="drawn">${f.apparent(drawn)}</span>
        </div>`;
      })}
    </div>`;
  }

  #next(scene: Scene, meter: Part): TemplateResult | typeof nothing {
    const { hass, t, f } = scene;
    const next = stateOf(hass.states, meter, "next_tariff");
    const at = stateOf(hass.states, meter, "next_tariff_at");
    if (!isKnown(at)) return nothing;
    const time = f.time(new Date(at.state));
    return html`<dt>${t("next_tariff")}</dt>
      <dd>${isKnown(next) ? `${hass.formatEntityState(next)}, ${time}` : time}</dd>`;
  }

  #words(
    { hass }: Scene,
    meter: Part,
    key: EntityKey,
  ): TemplateResult | typeof nothing {
    const state = stateOf(hass.states, meter, key);
    if (!isKnown(state)) return nothing;
    return html`<span class="badge ${state.state}"
      >${hass.formatEntityState(state)}</span
    >`;
  }

  #word(
    scene: Scene,
    meter: Part,
    key: EntityKey,
    label: string,
  ): TemplateResult | typeof nothing {
    const words = this.#words(scene, meter, key);
    return words === nothing
      ? nothing
      : html`<dt>${label}</dt>
          <dd>${words}</dd>`;
  }

  async #askEnergy({ hass }: Scene, meter: Part): Promise<void> {
    const entity = meter.entities["energy_drawn"];
    const now = Date.now();
    if (!entity) return;
    if (this.#asked.entity === entity && now - this.#asked.at < ENERGY_EVERY_MS) return;
    this.#asked = { entity, at: now };
    try {
      const midnight = startOfDay(new Date(now), timeZone(hass));
      const rows = await statistics(hass, [entity], midnight, undefined, "5minute", [
        "change",
      ]);
      this.today = added(rows[entity]);
    } catch {
      // A Home Assistant without recorder has no such figure.
      this.today = null;
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

function renderArc({ share }: Load): TemplateResult {
  return html`<svg viewBox="0 0 200 108" aria-hidden="true">
    ${svg`<path class="scale" d=${arc(1)}></path>
      ${share === null ? nothing : svg`<path class="load" d=${arc(share)}></path>`}`}
  </svg>`;
}
