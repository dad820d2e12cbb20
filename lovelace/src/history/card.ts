/** The history card: power and energy of any parts of the park, side by side. */

import { mdiChevronLeft, mdiChevronRight, mdiClose } from "@mdi/js";
import { html, nothing, svg, type PropertyValues, type TemplateResult } from "lit";

import { ParkCard, type CardConfig, type Scene } from "../shared/card.js";
import { configForm, type ConfigForm } from "../shared/form.js";
import { isHassError } from "../shared/hass.js";
import { icon, ICONS } from "../shared/icons.js";
import type { TextKey } from "../shared/i18n.js";
import { statistics, type Rows } from "../shared/statistics.js";
import { startOfDay, timeZone } from "../shared/zone.js";
import { barsOf, path, spark, ticks, timeAt, x, y, type Frame } from "./chart.js";
import { coarser, RANGES, span, spanName, type Range, type Span } from "./range.js";
import { bars, line, mean, stepMs, valueAt, type Point } from "./series.js";
import { sources, usual, type Source } from "./source.js";
import { cardStyles } from "../shared/styles.js";
import { styles } from "./styles.js";

export interface HistoryCardConfig extends CardConfig {
  range?: Range;
  /** Devices to compare. */
  sources?: string[];
}

/** Statistics are made every five minutes, and a moment after. */
const REFRESH_MS = 5 * 60_000;
const COMPARED_MAX = 8;
/** Five-minute rows of more than these are more than a tablet should load. */
const FINE_MAX = 24;
/** Each told from the others by its dashes too. */
const COLORS = [
  "#2c7fb8",
  "#d1495b",
  "#2e9e5b",
  "#b8860b",
  "#8e5bd0",
  "#0f8f9b",
  "#c2571a",
  "#7a7a7a",
] as const;
const DASHES = ["", "7 3", "2 3", "10 3 2 3", "5 5", "1 4", "12 4", "4 2 1 2"] as const;
const CHART_HEIGHT = 220;

interface Series {
  source: Source;
  color: string;
  dash: string;
  power: readonly Point[];
  energy: readonly Point[];
}

export class HistoryCard extends ParkCard<HistoryCardConfig> {
  static override styles = [cardStyles, styles];
  static override properties = {
    ...ParkCard.properties,
    range: { state: true },
    moved: { state: true },
    chosen: { state: true },
    view: { state: true },
    cursor: { state: true },
    rows: { state: true },
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
    ]);
  }

  declare private range: Range;
  /** How many ranges back, as a negative number. */
  declare private moved: number;
  declare private chosen: readonly string[] | undefined;
  declare private view: "chart" | "table" | "modules";
  /** The time that the reader points at. */
  declare private cursor: number | null;
  declare private rows: { span: Span; power: Rows; energy: Rows } | "missing" | null;
  declare private width: number;
  /** The sector whose modules are shown one by one. */
  declare private sector: string | undefined;
  #asked = { key: "", at: -Infinity };
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
    this.rows = null;
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
    if (this.scene && performance.now() - this.#asked.at > REFRESH_MS)
      this.#ask(this.scene);
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

  // What is shown

  #all({ park, hass }: Scene): Source[] {
    return sources(park, hass.states);
  }

  #compared(scene: Scene): Source[] {
    const all = this.#all(scene);
    if (this.view === "modules") {
      const sector = this.#sectorOf(scene);
      return all.filter((one) => one.kind === "socket" && one.sector === sector);
    }
    const wanted = this.chosen ?? this.config?.sources ?? usual(all, COMPARED_MAX);
    const found = wanted.map((device) => all.find((one) => one.device === device));
    return found.filter((one) => one !== undefined).slice(0, COMPARED_MAX);
  }

  #sectorOf({ park }: Scene): string | null {
    if (this.sector === "") return null;
    return this.sector ?? park.sectors[0]?.device ?? null;
  }

  #span(scene: Scene): Span {
    const now = new Date();
    const shown = coarser(span(this.range, now, this.moved, timeZone(scene.hass)), now);
    const many = this.#compared(scene).length > FINE_MAX && shown.power === "5minute";
    return many ? { ...shown, power: "hour" } : shown;
  }

  #ask(scene: Scene): void {
    const spanned = this.#span(scene);
    const compared = this.#compared(scene);
    const key = [
      this.range,
      this.moved,
      spanned.power,
      ...compared.map(({ power }) => power),
    ].join(" ");
    const now = performance.now();
    const fresh = now - this.#asked.at < (spanned.live ? REFRESH_MS : Infinity);
    if (key === this.#asked.key && fresh) return;
    this.#asked = { key, at: now };
    void this.#fetch(scene, spanned, compared, key);
  }

  async #fetch(
    { hass }: Scene,
    spanned: Span,
    compared: readonly Source[],
    key: string,
  ): Promise<void> {
    const { start, end, power, energy } = spanned;
    const energies = compared.flatMap((one) => one.energy ?? []);
    try {
      const [means, sums] = await Promise.all([
        statistics(
          hass,
          compared.map((one) => one.power),
          start,
          end,
          power,
          ["mean"],
        ),
        energy && energies.length
          ? statistics(hass, energies, start, end, energy, ["change"])
          : {},
      ]);
      if (key === this.#asked.key)
        this.rows = { span: spanned, power: means, energy: sums };
    } catch (error) {
      if (key !== this.#asked.key) return;
      // Without a recorder there is nothing to ask.
      const missing = isHassError(error) && error.code === "unknown_command";
      if (missing) this.rows = "missing";
      else this.#asked = { key: "", at: performance.now() };
    }
  }

  #series(scene: Scene): Series[] {
    const { rows } = this;
    if (rows === null || rows === "missing") return [];
    return this.#compared(scene).map((source, index) => ({
      source,
      color: COLORS[index % COLORS.length]!,
      dash: DASHES[index % DASHES.length]!,
      power: line(rows.power[source.power], rows.span.power),
      energy: bars(rows.energy[source.energy ?? ""]),
    }));
  }

  // The page

  protected renderPark(scene: Scene): TemplateResult {
    const { t, f } = scene;
    const shown = this.#span(scene);
    return html`
      <header>
        <h2>${this.config!.title ?? t("history")}</h2>
        ${this.#tool(mdiChevronLeft, "earlier", () => {
          this.#go(this.range, this.moved - 1);
        })}
        <span class="span">${spanName(this.range, shown, f.date)}</span>
        ${this.#tool(
          mdiChevronRight,
          "later",
          () => {
            this.#go(this.range, this.moved + 1);
          },
          this.moved >= 0,
        )}
        ${this.#tool(
          this.view === "table" ? ICONS.chart : ICONS.table,
          this.view === "table" ? "show_chart" : "show_table",
          () => {
            this.view = this.view === "table" ? "chart" : "table";
          },
        )}
      </header>
      <nav>
        ${RANGES.map(
          (range) =>
            html`<button
              aria-pressed=${String(range === this.range)}
              @click=${() => {
                this.#go(range, 0);
              }}
            >
              ${t(`range_${range}`)}
            </button>`,
        )}
        ${
          scene.park.sockets.length
            ? html`<button
                aria-pressed=${String(this.view === "modules")}
                @click=${() => {
                  this.view = this.view === "modules" ? "chart" : "modules";
                }}
              >
                ${t("modules")}
              </button>`
            : nothing
        }
      </nav>
      ${
        this.rows === "missing"
          ? html`<p class="notice" role="status">${t("no_recorder")}</p>`
          : this.view === "modules"
            ? this.#modules(scene)
            : this.#comparison(scene)
      }
    `;
  }

  #go(range: Range, moved: number): void {
    this.range = range;
    this.moved = Math.min(0, moved);
    this.cursor = null;
  }

  #comparison(scene: Scene): TemplateResult {
    const series = this.#series(scene);
    if (this.view === "table") {
      return html`${this.#table(scene, series)} ${this.#legend(scene, series)}`;
    }
    const units = (["W", "VA"] as const).filter((unit) =>
      series.some(({ source }) => source.unit === unit),
    );
    return html`
      ${units.map((unit) =>
        this.#chart(
          scene,
          series.filter(({ source }) => source.unit === unit),
          unit,
        ),
      )}
      ${
        series.some(({ energy }) => energy.length)
          ? this.#bars(
              scene,
              series.filter(({ energy }) => energy.length),
            )
          : nothing
      }
      ${this.#legend(scene, series)}
    `;
  }

  #frame(largest: number): Frame {
    const { start, end } = (this.rows as { span: Span }).span;
    return {
      width: Math.max(200, this.width - 24),
      height: CHART_HEIGHT,
      left: 56,
      right: 8,
      top: 10,
      bottom: 24,
      start: start.getTime(),
      end: end.getTime(),
      max: ticks(largest).at(-1)!,
    };
  }

  #chart(scene: Scene, series: readonly Series[], unit: "W" | "VA"): TemplateResult {
    const { f, t } = scene;
    const text = unit === "W" ? f.power : f.apparent;
    const largest = Math.max(
      0,
      ...series.flatMap(({ power }) => power.map(({ value }) => value ?? 0)),
    );
    const frame = this.#frame(largest);
    const { cursor } = this;
    return html`<svg
      class="chart"
      width=${frame.width}
      height=${frame.height}
      role="slider"
      tabindex="0"
      aria-label=${t("chart_label", { unit })}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${
        cursor === null
          ? 0
          : Math.round(((cursor - frame.start) / (frame.end - frame.start)) * 100)
      }
      aria-valuetext=${this.#valueText(scene, series)}
      @pointermove=${this.#point(frame)}
      @pointerdown=${this.#point(frame)}
      @pointerleave=${() => {
        this.cursor = null;
      }}
      @keydown=${(event: KeyboardEvent) => {
        this.#step(event, frame);
      }}
    >
      ${svg`${ticks(largest).map(
        (
          value,
        ) => svg`<line class="grid" x1=${frame.left} x2=${frame.width - frame.right}
          y1=${y(frame, value)} y2=${y(frame, value)}></line>
          <text class="axis" x=${frame.left - 6} y=${y(frame, value) + 4}
            text-anchor="end">${text(value)}</text>`,
      )}
      ${this.#times(scene, frame)}
      ${series.map(
        ({ power, color, dash }) =>
          svg`<path class="line" d=${path(frame, power)} stroke=${color}
            stroke-dasharray=${dash}></path>`,
      )}
      ${
        cursor === null
          ? nothing
          : svg`<line class="cursor" x1=${x(frame, cursor)} x2=${x(frame, cursor)}
              y1=${frame.top} y2=${frame.height - frame.bottom}></line>`
      }`}
    </svg>`;
  }

  #bars(scene: Scene, series: readonly Series[]): TemplateResult {
    const { f } = scene;
    const { span: shown } = this.rows as { span: Span };
    const step = stepMs(shown.energy!);
    const largest = Math.max(
      0,
      ...series.flatMap(({ energy }) => energy.map(({ value }) => value ?? 0)),
    );
    const frame = this.#frame(largest);
    return html`<svg
      class="chart"
      width=${frame.width}
      height=${frame.height}
      role="img"
      aria-label=${scene.t("energy")}
    >
      ${svg`${ticks(largest).map(
        (
          value,
        ) => svg`<line class="grid" x1=${frame.left} x2=${frame.width - frame.right}
          y1=${y(frame, value)} y2=${y(frame, value)}></line>
          <text class="axis" x=${frame.left - 6} y=${y(frame, value) + 4}
            text-anchor="end">${f.energy(value)}</text>`,
      )}
      ${this.#times(scene, frame)}
      ${series.map(({ energy, color }, place) =>
        barsOf(frame, energy, step, place, series.length).map(
          (bar) =>
            svg`<rect fill=${color} x=${bar.x} y=${bar.y} width=${bar.width}
              height=${bar.height} rx="1"></rect>`,
        ),
      )}`}
    </svg>`;
  }

  /** Marks below the chart: hours, days or months, as many as have room. */
  #times({ f, hass }: Scene, frame: Frame): unknown {
    const zone = timeZone(hass);
    const short = this.range === "24h" || this.range === "day";
    const room = Math.max(2, Math.floor(frame.width / 80));
    const begin = new Date(frame.start);
    const days = (frame.end - frame.start) / 86_400_000;
    const marks: Date[] = [];
    if (short) {
      const every = [1, 2, 3, 4, 6, 12].find((hours) => 24 / hours <= room) ?? 12;
      const first = Math.ceil(frame.start / 3_600_000) * 3_600_000;
      for (let at = first; at <= frame.end; at += 3_600_000) {
        const hour = new Date(at);
        const local = (at - startOfDay(hour, zone).getTime()) / 3_600_000;
        if (Math.round(local) % every === 0) marks.push(hour);
      }
    } else {
      const every = Math.ceil(days / room);
      for (let day = 0; day < days; day += every) {
        marks.push(startOfDay(new Date(begin.getTime() + 43_200_000), zone, day));
      }
    }
    const options: Intl.DateTimeFormatOptions =
      this.range === "year" ? { month: "short" } : { day: "numeric", month: "short" };
    return marks.map(
      (at) =>
        svg`<text class="axis" text-anchor="middle" x=${x(frame, at.getTime())}
          y=${frame.height - 6}>${short ? f.time(at) : f.date(at, options)}</text>`,
    );
  }

  #point(frame: Frame) {
    return (event: PointerEvent): void => {
      const { left } = (event.currentTarget as Element).getBoundingClientRect();
      this.cursor = timeAt(frame, event.clientX - left);
    };
  }

  #step(event: KeyboardEvent, frame: Frame): void {
    const steps: Readonly<Record<string, number | undefined>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageDown: -12,
      PageUp: 12,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const by = step * stepMs((this.rows as { span: Span }).span.power);
    const at = (this.cursor ?? frame.end) + by;
    this.cursor = Math.max(frame.start, Math.min(frame.end, at));
  }

  #reach(): number {
    return stepMs((this.rows as { span: Span }).span.power);
  }

  #valueText(scene: Scene, series: readonly Series[]): string {
    const { cursor } = this;
    if (cursor === null) return "";
    return [
      this.#when(scene, cursor),
      ...series.map(
        (one) =>
          `${one.source.name} ${this.#value(scene, one, cursor) ?? scene.t("unknown")}`,
      ),
    ].join(", ");
  }

  #when({ f }: Scene, at: number): string {
    const time = new Date(at);
    return this.range === "24h" || this.range === "day"
      ? f.time(time)
      : `${f.date(time, { day: "numeric", month: "short" })} ${f.time(time)}`;
  }

  #value({ f }: Scene, { source, power }: Series, at: number): string | null {
    const value = valueAt(power, at, this.#reach());
    if (value === null) return null;
    return source.unit === "W" ? f.power(value) : f.apparent(value);
  }

  /** Names, what each was at the cursor or on average, and what to compare with. */
  #legend(scene: Scene, series: readonly Series[]): TemplateResult {
    const { t, f } = scene;
    const { cursor } = this;
    const shown = new Set(series.map(({ source }) => source.device));
    const choose = (devices: readonly string[]): void => {
      this.chosen = devices;
    };
    return html`<ul class="legend">
        ${
          cursor === null
            ? nothing
            : html`<li class="when">${this.#when(scene, cursor)}</li>`
        }
        ${series.map((one) => {
          const average = mean(one.power);
          const text = one.source.unit === "W" ? f.power : f.apparent;
          const value =
            cursor === null
              ? average === null
                ? t("no_data")
                : `⌀ ${text(average)}`
              : (this.#value(scene, one, cursor) ?? "–");
          return html`<li>
            <svg width="28" height="8" aria-hidden="true">
              <path
                class="line"
                d="M2 4h24"
                stroke=${one.color}
                stroke-dasharray=${one.dash}
              ></path>
            </svg>
            <span>${one.source.name}</span> <strong>${value}</strong>
            <button
              class="tool small"
              aria-label=${t("hide_name", { name: one.source.name })}
              @click=${() => {
                choose([...shown].filter((device) => device !== one.source.device));
              }}
            >
              ${icon(mdiClose)}
            </button>
          </li>`;
        })}
      </ul>
      ${
        series.length < COMPARED_MAX
          ? html`<select
              aria-label=${t("compare")}
              @change=${(event: Event) => {
                const select = event.target as HTMLSelectElement;
                choose([...shown, select.value]);
                select.value = "";
              }}
            >
              <option value="">${t("compare")}</option>
              ${this.#all(scene)
                .filter(({ device }) => !shown.has(device))
                .map(
                  ({ device, name }) => html`<option value=${device}>${name}</option>`,
                )}
            </select>`
          : nothing
      }`;
  }

  #table(scene: Scene, series: readonly Series[]): TemplateResult {
    const { t } = scene;
    const { rows } = this;
    if (rows === null || rows === "missing") return html``;
    const start = rows.span.start.getTime();
    const end = Math.min(rows.span.end.getTime(), Date.now());
    const step = Math.max(3_600_000, (rows.span.end.getTime() - start) / 48);
    const times: number[] = [];
    for (let at = start; at < end; at += step) times.push(at);
    const within = (points: readonly Point[], from: number): number | null =>
      mean(points.filter(({ at }) => at >= from && at < from + step));
    return html`<div class="table" role="region" tabindex="0" aria-label=${t("table")}>
      <table>
        <thead>
          <tr>
            <th scope="col">${t("time")}</th>
            ${series.map(
              ({ source }) => html`<th scope="col" class="number">${source.name}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${times.map(
            (at) =>
              html`<tr>
                <th scope="row">${this.#when(scene, at)}</th>
                ${series.map(({ source, power }) => {
                  const value = within(power, at);
                  const text = source.unit === "W" ? scene.f.power : scene.f.apparent;
                  return html`<td class="number">
                    ${value === null ? "–" : text(value)}
                  </td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  /** Each module of a sector on its own: a line, and what it used. */
  #modules(scene: Scene): TemplateResult {
    const { park, t, f } = scene;
    const { rows } = this;
    const shown = this.#sectorOf(scene);
    const loose = park.sockets.some(({ sector }) => sector === null);
    return html`<select
        aria-label=${t("sector")}
        @change=${(event: Event) => {
          this.sector = (event.target as HTMLSelectElement).value;
        }}
      >
        ${park.sectors.map(
          ({ device, name }) =>
            html`<option value=${device} ?selected=${device === shown}>
              ${name}
            </option>`,
        )}
        ${loose ? html`<option value="">${t("no_sector")}</option>` : nothing}
      </select>
      <ul class="modules">
        ${this.#series(scene).map(({ source, power }) => {
          const average = mean(power);
          const peak = Math.max(0, ...power.map(({ value }) => value ?? 0));
          const { start, end } = (rows as { span: Span }).span;
          return html`<li>
            <button
              aria-label=${t("compare_name", { name: source.name })}
              @click=${() => {
                this.chosen = [source.device];
                this.view = "chart";
              }}
            >
              <span>${source.name}</span>
              <svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
                <path
                  class="line"
                  d=${spark(power, start.getTime(), end.getTime())}
                  stroke=${COLORS[0]}
                ></path>
              </svg>
              <span class="facts"
                >${
                  average === null
                    ? t("no_data")
                    : `⌀ ${f.power(average)} · ↑ ${f.power(peak)}`
                }</span
              >
            </button>
          </li>`;
        })}
      </ul>`;
  }

  #tool(
    shape: string,
    key: TextKey,
    action: () => void,
    disabled = false,
  ): TemplateResult {
    const label = this.scene!.t(key);
    return html`<button
      class="tool"
      aria-label=${label}
      title=${label}
      ?disabled=${disabled}
      @click=${action}
    >
      ${icon(shape)}
    </button>`;
  }
}
