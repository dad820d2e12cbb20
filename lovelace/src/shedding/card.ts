/** The shedding card: how near the meter is, what is shed and why, and what goes first. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { ParkCard, type CardConfig, type Scene } from "../shared/card.js";
import { configForm, type ConfigForm } from "../shared/form.js";
import { showToast, tick } from "../shared/ha.js";
import { errorText } from "../shared/hass.js";
import type { EntityKey } from "../shared/entities.js";
import {
  entityIds,
  isKnown,
  isOn,
  stateOf,
  type Park,
  type Part,
  type Socket,
} from "../shared/park.js";
import { cardStyles } from "../shared/styles.js";
import { LaneDrag, type LaneDragOwner } from "./drag.js";
import { lanes, PRIORITY_MAX, PRIORITY_MIN, PROTECTED, type Lane } from "./lanes.js";
import { room } from "./room.js";
import { comesBack, goesNext, shedNow } from "./shed.js";
import { styles } from "./styles.js";

export interface SheddingCardConfig extends CardConfig {
  meter?: string;
  read_only?: boolean;
}

/** What a meter tells of its shedding, and of how near its cut-off is. */
const METER_KEYS: readonly EntityKey[] = [
  "shedding",
  "shed_power",
  "next_shed",
  "next_restored",
  "shedding_test",
  "apparent_power",
  "subscribed_power",
  "overload",
  "trip_margin",
  "time_to_trip",
];
const SOCKET_KEYS: readonly EntityKey[] = ["priority", "protected", "power"];
/** So long a new priority is shown before its entity tells it. */
const BELIEVED_MS = 5000;

export class SheddingCard
  extends ParkCard<SheddingCardConfig>
  implements LaneDragOwner
{
  static override styles = [cardStyles, styles];
  static override properties = {
    ...ParkCard.properties,
    held: { state: true },
    over: { state: true },
    said: { state: true },
  };

  static getStubConfig(): Partial<SheddingCardConfig> {
    return {};
  }

  static getConfigForm(): Promise<ConfigForm> {
    return configForm(({ devices, yesNo }) => [devices("meter"), yesNo("read_only")]);
  }

  /** Device of the socket that was taken up, by a tap or by a key. */
  declare held: string | null;
  /** The lane under what is dragged. */
  declare over: Lane | null;
  /** What a screen reader is told of the last move. */
  declare private said: string;
  /** Priorities that were set and are not told yet. */
  readonly #believed = new Map<string, number>();
  readonly #drag = new LaneDrag(this);
  #focus: string | null = null;

  constructor() {
    super();
    this.held = null;
    this.over = null;
    this.said = "";
  }

  getCardSize(): number {
    return 8;
  }

  getGridOptions(): Record<string, number | string> {
    return { columns: 12, rows: "auto", min_columns: 6 };
  }

  protected watched(park: Park): readonly string[] {
    const meter = this.#meter(park);
    return [
      ...(meter ? entityIds(meter, METER_KEYS) : []),
      ...park.sockets.flatMap((socket) => entityIds(socket, SOCKET_KEYS)),
    ];
  }

  #meter(park: Park): Part | undefined {
    const { meter } = this.config ?? {};
    return meter === undefined
      ? park.meters[0]
      : park.meters.find(({ device }) => device === meter);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#drag.end();
    this.held = null;
  }

  /** Nothing moves away under a finger that drags. */
  protected override paint(): void {
    if (!this.#drag.busy) super.paint();
  }

  protected override updated(changes: PropertyValues): void {
    super.updated(changes);
    // A socket that changed its lane is another element there.
    if (this.#focus !== null) {
      this.renderRoot
        .querySelector<HTMLElement>(`.chip[data-device="${CSS.escape(this.#focus)}"]`)
        ?.focus();
      this.#focus = null;
    }
  }

  protected renderPark(scene: Scene): TemplateResult {
    const { park, hass, t } = scene;
    const meter = this.#meter(park);
    if (!meter) return html`<p class="notice" role="status">${t("no_meter")}</p>`;
    const state = stateOf(hass.states, meter, "shedding");
    const test = isOn(stateOf(hass.states, meter, "shedding_test"));
    const restore = this.config?.read_only
      ? undefined
      : (sockets: readonly Socket[]) => {
          void this.#restore(meter, sockets);
        };
    return html`
      <header>
        <h2>${this.config!.title ?? t("shedding")}</h2>
        ${
          isKnown(state)
            ? html`<span class="badge ${state.state}"
                >${hass.formatEntityState(state)}</span
              >`
            : nothing
        }
      </header>
      ${
        state
          ? html`${test ? html`<p class="hint">${t("shedding_test")}</p>` : nothing}
            ${room(scene, meter)} ${shedNow(scene, meter, restore)}
            ${goesNext(scene, meter)} ${comesBack(scene, meter)}`
          : html`<p class="hint">${t("no_shedding")}</p>`
      }
      ${this.#order(scene)}
    `;
  }

  #order(scene: Scene): TemplateResult {
    const { t } = scene;
    const { held, over } = this;
    const fixed = this.config?.read_only ?? false;
    return html`<h3 id="order">${t("shed_order")}</h3>
      ${fixed ? nothing : html`<p class="hint">${t("shed_order_hint")}</p>`}
      <div
        class="lanes ${held === null ? "" : "placing"}"
        role="group"
        aria-labelledby="order"
        @keydown=${this.#key}
        @pointerdown=${fixed ? nothing : this.#drag.down}
        @click=${this.#click}
      >
        ${lanes(scene, { held, over, fixed, believed: this.#believed })}
      </div>
      <p class="said" role="status">${this.said}</p>`;
  }

  // Moving a socket to another lane

  get lanes(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>(".lanes")!;
  }

  drop(device: string, lane: Lane): void {
    void this.#prioritise(device, lane);
  }

  /** A tap takes a socket up; another puts it where it is tapped. */
  #click = (event: Event): void => {
    if (this.config?.read_only || this.#drag.dragged) return;
    const target = event.target as Element;
    const chip = target.closest<HTMLElement>(".chip[data-device]");
    const lane = target.closest<HTMLElement>("[data-lane]")?.dataset["lane"];
    if (chip && (this.held === null || chip.dataset["device"] === this.held)) {
      this.held = this.held === null ? chip.dataset["device"]! : null;
    } else if (this.held !== null && lane !== undefined && lane !== PROTECTED) {
      const device = this.held;
      this.held = null;
      void this.#prioritise(device, Number(lane));
    }
  };

  #key = (event: KeyboardEvent): void => {
    if (this.held === null) return;
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Escape") this.held = null;
    else if (by !== undefined) {
      const now = this.#priority(this.held);
      if (now !== null) void this.#prioritise(this.held, now + by);
    } else return;
    event.preventDefault();
  };

  #priority(device: string): number | null {
    const { scene } = this;
    const socket = scene?.park.sockets.find((one) => one.device === device);
    if (!scene || !socket) return null;
    const told = Number(stateOf(scene.hass.states, socket, "priority")?.state);
    return this.#believed.get(device) ?? (Number.isFinite(told) ? told : null);
  }

  async #prioritise(device: string, lane: Lane): Promise<void> {
    const { scene } = this;
    const socket = scene?.park.sockets.find((one) => one.device === device);
    const entity = socket?.entities["priority"];
    if (!scene || !entity || lane === PROTECTED) return;
    const value = Math.max(PRIORITY_MIN, Math.min(PRIORITY_MAX, lane));
    if (value === this.#priority(device)) return;
    const { hass, t } = scene;
    this.#believed.set(device, value);
    this.#focus = device;
    this.said = t("priority_set", { name: socket.name, priority: value });
    tick("light");
    this.requestUpdate();
    try {
      const target = { entity_id: entity };
      await hass.callService("number", "set_value", { value }, target, false);
      await new Promise((resolve) => setTimeout(resolve, BELIEVED_MS));
    } catch (error) {
      showToast(this, errorText(error));
    }
    // Unless it was moved once more meanwhile.
    if (this.#believed.get(device) === value) this.#believed.delete(device);
    this.requestUpdate();
  }

  async #restore(meter: Part, sockets: readonly Socket[]): Promise<void> {
    const entities = sockets.flatMap(({ entities }) => entities["socket"] ?? []);
    const data = {
      meter: [meter.device],
      ...(entities.length && { sockets: entities }),
    };
    try {
      await this.hass!.callService("energy_park", "restore", data, {}, false);
      tick("success");
    } catch (error) {
      tick("failure");
      showToast(this, errorText(error));
    }
  }
}
