/** The history card: power and energy of any parts of the park, side by side. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { ParkCard, type CardConfig, type Scene } from "../shared/card.js";
import { configForm, type ConfigForm } from "../shared/form.js";
import { cardStyles } from "../shared/styles.js";
import { firstWeekday, timeZone } from "../shared/zone.js";
import { header, rangeButtons, type View, type Wish } from "./header.js";
import { COMPARED_MAX, legend } from "./legend.js";
import { moduleLines, sectorChoice } from "./modules.js";
import { energyChart, powerChart } from "./plot.js";
import { Query, type Answer, type Failure, type Origin } from "./query.js";
import { coarser, RANGES, span, type Range, type Span } from "./range.js";
import { seriesOf, type Sight } from "./sight.js";
import { sources, usual, type Source } from "./source.js";
import { styles } from "./styles.js";
import { historyTable } from "./table.js";

export interface HistoryCardConfig extends CardConfig {
  range?: Range;
  /** Devices to compare. */
  sources?: string[];
  /** Where the powers come from. */
  origin?: Origin;
}

const ORIGINS: readonly Origin[] = ["recorder", "mirror"];
/** Five-minute rows of more than these are more than a tablet should load. */
const FINE_MAX = 24;

export class HistoryCard extends ParkCard<HistoryCardConfig> {
  static override styles = [cardStyles, styles];
  static override properties = {
    ...ParkCard.properties,
    range: { state: true },
    moved: { state: true },
    chosen: { state: true },
    view: { state: true },
    cursor: { state: true },
    answer: { state: true },
    failure: { state: true },
    width: { state: true },
    sector: { state: true },
  };

  static getStubConfig(): Partial<HistoryCardConfig> {
    return {};
  }

  static getConfigForm(): Promise<ConfigForm> {
    return configForm(({ choices, devices }) => [
      choices("range", RANGES),
      devices("sources", true),
      choices("origin", ORIGINS),
    ]);
  }

  declare private range: Range;
  /** How many ranges back, as a negative number. */
  declare private moved: number;
  declare private chosen: readonly string[] | undefined;
  declare private view: View;
  declare private cursor: number | null;
  declare private answer: Answer | null;
  declare private failure: Failure | null;
  declare private width: number;
  /** The sector whose modules are shown one by one; "" are those without one. */
  declare private sector: string | undefined;
  readonly #query = new Query(
    (answer) => {
      this.answer = answer;
      this.failure = null;
    },
    (failure) => {
      this.failure = failure;
    },
  );
  readonly #resize = new ResizeObserver(([entry]) => {
    const width = Math.round(entry!.contentRect.width);
    if (width) this.width = width;
  });

  constructor() {
    super();
    this.range = "24h";
    this.moved = 0;
    this.chosen = undefined;
    this.view = "chart";
    this.cursor = null;
    this.answer = null;
    this.failure = null;
    this.width = 600;
    this.sector = undefined;
  }

  override setConfig(config: HistoryCardConfig): void {
    super.setConfig(config);
    if (config.range) this.range = config.range;
    this.chosen = undefined;
  }

  protected override checkConfig(config: HistoryCardConfig): void {
    super.checkConfig(config);
    if (config.range !== undefined && !RANGES.includes(config.range)) {
      throw new Error(`range: ${RANGES.join(", ")}`);
    }
    if (config.sources !== undefined && !Array.isArray(config.sources)) {
      throw new Error("sources: a list of devices");
    }
    if (config.origin !== undefined && !ORIGINS.includes(config.origin)) {
      throw new Error(`origin: ${ORIGINS.join(", ")}`);
    }
  }

  getCardSize(): number {
    return 7;
  }

  getGridOptions(): Record<string, number | string> {
    return { columns: "full", rows: "auto", min_columns: 6 };
  }

  /** Nothing of it changes with a state: it asks again when there is more to know. */
  protected watched(): readonly string[] {
    return [];
  }

  protected override paint(): void {
    if (this.scene && this.#query.stale) this.#ask(this.scene);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  protected override updated(changes: PropertyValues): void {
    super.updated(changes);
    if (this.scene) this.#ask(this.scene);
  }

  // What is asked for

  #ask(scene: Scene): void {
    const name = `${this.range} ${this.moved}`;
    const compared = this.#compared(scene);
    this.#query.ask(name, scene, this.#span(scene), compared, this.#origin);
  }

  get #origin(): Origin {
    return this.config!.origin ?? "recorder";
  }

  #compared({ park, hass }: Scene): Source[] {
    const all = sources(park, hass.states);
    if (this.view === "modules") {
      const sector = this.#sectorOf(park.sectors[0]?.device);
      return all.filter((one) => one.kind === "socket" && one.sector === sector);
    }
    const wanted = this.chosen ?? this.config?.sources ?? usual(all, COMPARED_MAX);
    const found = wanted.map((device) => all.find((one) => one.device === device));
    return found.filter((one) => one !== undefined).slice(0, COMPARED_MAX);
  }

  #sectorOf(first: string | undefined): string | null {
    return this.sector === "" ? null : (this.sector ?? first ?? null);
  }

  #span(scene: Scene): Span {
    const now = new Date();
    const { hass } = scene;
    const shown = coarser(
      span(this.range, now, this.moved, timeZone(hass), firstWeekday(hass)),
      now,
    );
    const coarse = this.#compared(scene).length > FINE_MAX;
    return coarse && shown.power === "5minute" ? { ...shown, power: "hour" } : shown;
  }

  // The page

  protected renderPark(scene: Scene): TemplateResult {
    const { range, moved, view } = this;
    const wish: Wish = { range, moved, view };
    const change = (wished: Partial<Wish>): void => {
      if (wished.range !== undefined || wished.moved !== undefined) this.cursor = null;
      Object.assign(this, wished);
    };
    return html`
      ${header(
        scene,
        this.config!.title ?? scene.t("history"),
        this.#span(scene),
        wish,
        change,
      )}
      ${rangeButtons(scene, wish, change)}
      ${this.failure ? this.#trouble(scene) : this.#body(scene)}
    `;
  }

  #trouble({ t }: Scene): TemplateResult {
    const { failure } = this;
    return html`<p class="notice" role="status">
      ${failure!.missing ? t("no_recorder") : t("no_history", { error: failure!.text })}
    </p>`;
  }

  #body(scene: Scene): TemplateResult {
    const { answer, cursor, width } = this;
    const compared = this.#compared(scene);
    // Until there is an answer for another range, what is known of the last is shown.
    const span = answer?.span ?? this.#span(scene);
    const series = answer ? seriesOf(answer, compared) : [];
    const alone = this.layout === "panel";
    const sight: Sight = { scene, span, series, cursor, width, alone };
    if (this.view === "modules") return this.#modules(sight);
    return html`${this.view === "table" ? historyTable(sight) : this.#charts(sight)}
    ${legend(sight, sources(scene.park, scene.hass.states), (devices) => {
      this.chosen = devices;
    })}`;
  }

  /** Watts and volt-amperes apart, then energies where they are known. */
  #charts(sight: Sight): TemplateResult {
    const counted = sight.series.filter(({ energy }) => energy.length);
    const point = (at: number | null): void => {
      this.cursor = at;
    };
    return html`${(["W", "VA"] as const).map((unit) => {
      const series = sight.series.filter(({ source }) => source.unit === unit);
      return series.length ? powerChart(sight, series, unit, point) : nothing;
    })}
    ${counted.length ? energyChart(sight, counted, point) : nothing}`;
  }

  #modules(sight: Sight): TemplateResult {
    const { scene } = sight;
    const shown = this.#sectorOf(scene.park.sectors[0]?.device);
    return html`${sectorChoice(scene, shown, (sector) => {
      this.sector = sector;
    })}
    ${moduleLines(sight, (device) => {
      this.chosen = [device];
      this.view = "chart";
    })}`;
  }
}
