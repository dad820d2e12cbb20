/** The floor plan card: the premises, alive, under a thumb. */

import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { cardStyles, ParkCard, type CardConfig, type Scene } from "../shared/card.js";
import { ask } from "../shared/dialog.js";
import { configForm, type ConfigForm } from "../shared/form.js";
import { openMoreInfo, showToast, tick } from "../shared/ha.js";
import { errorText, type HassConnection } from "../shared/hass.js";
import {
  HEAT_MAX_W,
  HEAT_STEPS,
  heatColor,
  heatPower,
  heatStyles,
} from "../shared/heat.js";
import { icon, ICONS } from "../shared/icons.js";
import type { TextKey } from "../shared/i18n.js";
import {
  isAdmin,
  isOn,
  numberOf,
  stateOf,
  type Park,
  type Sector,
  type Socket,
} from "../shared/park.js";
import { arrange } from "./arrange.js";
import { Camera, type Size } from "./camera.js";
import { planFeed, plansOf, type PlanFeed } from "./document.js";
import type { PlanEditor } from "./editor/panel.js";
import type { Stage } from "./editor/stage.js";
import { Gestures } from "./gestures.js";
import { boxOf, contains, type Plan } from "./model.js";
import { pictureUrl } from "./pictures.js";
import { statusOf } from "./status.js";
import { planTable } from "./table.js";
import { PlanView, type Ink, type ModuleNode } from "./view.js";

export interface PlanCardConfig extends CardConfig {
  plan?: string;
  tap?: "toggle" | "details";
  zone_tap?: "zoom" | "none";
  heat_max?: number;
  read_only?: boolean;
}

const ZOOM_STEP = 1.5;
/** So long after an order the states of a sector tell what became of it. */
const REPORT_AFTER_MS = 2000;
/** Black lines on white as light lines on dark, colours kept. */
const DARK = "invert(0.9) hue-rotate(180deg)";
const BUSY_MAX_MS = 15_000;
/** Height over width of a plan that nobody has drawn, where a card may choose. */
const ASPECT = 0.6;
const ASPECT_PHONE = 1.25;
const PHONE_PX = 520;
/** What a card's size must change by to be worth another arrangement. */
const COARSE_PX = 120;

export class PlanCard extends ParkCard<PlanCardConfig> {
  static override styles = [cardStyles, styles()];
  static override properties = {
    ...ParkCard.properties,
    table: { state: true },
    planId: { state: true },
    editor: { state: true },
  };

  static getStubConfig(): Partial<PlanCardConfig> {
    return {};
  }

  static getConfigForm(): Promise<ConfigForm> {
    return configForm(({ choices, watts, yesNo, plans }) => [
      plans("plan"),
      choices("tap", ["toggle", "details"]),
      choices("zone_tap", ["zoom", "none"]),
      watts("heat_max"),
      yesNo("read_only"),
    ]);
  }

  declare private table: boolean;
  /** The plan that was chosen among several. */
  declare private planId: string | undefined;
  declare private editor: PlanEditor | undefined;
  readonly #view = new PlanView();
  readonly #camera = new Camera();
  readonly #resize = new ResizeObserver(() => {
    this.#draw();
    this.#fit();
  });
  #viewport: HTMLElement | undefined;
  #plan: Plan | undefined;
  #park: Park | undefined;
  #arranged: Plan | undefined;
  #arrangedFor: unknown[] = [];
  #feed: PlanFeed | undefined;
  #drawnFor: unknown[] = [];
  #inked: unknown[] = [];
  #stop = 0;

  constructor() {
    super();
    this.table = false;
    this.planId = undefined;
    this.editor = undefined;
    this.#view.world.addEventListener("click", this.#click);
    this.#view.world.addEventListener("focusin", this.#focused);
  }

  getCardSize(): number {
    return 9;
  }

  getGridOptions(): Record<string, number | string> {
    return { columns: "full", rows: 9, min_columns: 6, min_rows: 5 };
  }

  protected override checkConfig(config: PlanCardConfig): void {
    super.checkConfig(config);
    if (!["toggle", "details", undefined].includes(config.tap)) {
      throw new Error("tap: toggle or details");
    }
    if (!["zoom", "none", undefined].includes(config.zone_tap)) {
      throw new Error("zone_tap: zoom or none");
    }
    const { heat_max } = config;
    if (heat_max !== undefined && (typeof heat_max !== "number" || heat_max <= 0)) {
      throw new Error("heat_max: watts, more than 0");
    }
  }

  protected watched(): readonly string[] {
    return [];
  }

  protected override feeds(connection: HassConnection): readonly PlanFeed[] {
    this.#feed = planFeed(connection);
    return [this.#feed];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#viewport = undefined;
    this.editor = undefined;
  }

  /** The plans of the park, edits included. */
  #plans(park: Park): readonly Plan[] {
    return plansOf(this.editor?.session?.document ?? this.#feed?.value, park.id);
  }

  /** The plan to show, null before it is known whether there is one. */
  #chosen(park: Park, viewport: HTMLElement): Plan | null {
    if (!this.#feed?.value && this.#feed?.trouble === "waiting") return null;
    const plans = this.#plans(park);
    const id = this.config?.plan ?? this.planId ?? recall(park.id);
    const kept = plans.find((plan) => plan.id === id) ?? plans[0];
    if (kept) return kept;
    // Nobody has drawn one: it is arranged for the room there is.
    const screen = this.#screen(viewport);
    const coarse = [screen.width, screen.height].map((side) =>
      Math.round(side / COARSE_PX),
    );
    const basis = [park, ...coarse];
    if (basis.some((value, index) => value !== this.#arrangedFor[index])) {
      this.#arrangedFor = basis;
      this.#arranged = arrange(park, screen);
    }
    return this.#arranged ?? null;
  }

  #choose(id: string): void {
    this.planId = id;
    if (this.#park) remember(this.#park.id, id);
    this.#camera.reset();
  }

  protected renderPark(scene: Scene): TemplateResult {
    const { park, t } = scene;
    return html`
      <header>
        <h2>${this.config!.title ?? park.name}</h2>
        <span class="total"></span>
        ${
          this.editor
            ? html`<button class="main" @click=${this.#endEditing}>
                ${t("done")}
              </button>`
            : this.#tools(scene)
        }
      </header>
      ${this.table ? nothing : this.#tabs(park)}
      ${
        this.table
          ? planTable(scene, this.#heatMax, (socket) => {
              void this.#toggleSocket(socket);
            })
          : html`
              <div
                class="viewport ${this.editor ? "editing" : ""}"
                role="group"
                aria-label=${t(this.editor ? "edit_label" : "plan_label", {
                  name: park.name,
                })}
                @keydown=${this.#key}
              ></div>
              ${this.editor ?? this.#legend(scene)}
            `
      }
    `;
  }

  #tools({ hass }: Scene): TemplateResult {
    const editable = isAdmin(hass) && !this.config?.read_only;
    return html`${
      this.table
        ? nothing
        : html`${this.#tool("minus", "zoom_out", () => {
            this.#zoomBy(1 / ZOOM_STEP);
          })}
          ${this.#tool("plus", "zoom_in", () => {
            this.#zoomBy(ZOOM_STEP);
          })}
          ${this.#tool("fit", "zoom_fit", () => {
            this.#camera.reset();
            this.#place();
          })}
          ${
            editable
              ? this.#tool("edit", "edit", () => {
                  void this.#edit();
                })
              : nothing
          }`
    }
    ${this.#tool(
      this.table ? "map" : "table",
      this.table ? "show_plan" : "show_table",
      () => {
        this.table = !this.table;
      },
    )}`;
  }

  /** One tab for each plan, where there are several. */
  #tabs(park: Park): TemplateResult | typeof nothing {
    const plans = this.#plans(park);
    if (plans.length < 2 || this.config?.plan !== undefined) return nothing;
    const shown = this.#plan?.id;
    return html`<nav>
      ${plans.map(
        ({ id, name }) =>
          html`<button
            aria-current=${id === shown ? "page" : nothing}
            @click=${() => {
              this.#choose(id);
            }}
          >
            ${name}
          </button>`,
      )}
    </nav>`;
  }

  #legend({ t, f }: Scene): TemplateResult {
    return html`<footer aria-hidden="true">
      ${Array.from(
        { length: HEAT_STEPS + 1 },
        (_, step) =>
          html`<i style="background:${heatColor(step)}"></i>${
              step % 4 === 0
                ? html`<span
                    >${step ? f.power(heatPower(step, this.#heatMax)) : t("off")}</span
                  >`
                : nothing
            }`,
      )}
    </footer>`;
  }

  async #edit(): Promise<void> {
    const viewport = this.#viewport;
    if (!viewport || !this.#feed) return;
    try {
      const { PlanEditor } = await import("./editor/panel.js");
      const editor = new PlanEditor();
      editor.stage = this.#stage(viewport, this.#feed);
      this.editor = editor;
    } catch {
      // The file of an older version is gone after an update.
      showToast(this, this.scene!.t("updated"));
    }
  }

  #endEditing = (): void => {
    this.editor = undefined;
  };

  #stage(viewport: HTMLElement, feed: PlanFeed): Stage {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const card = this;
    return {
      view: this.#view,
      camera: this.#camera,
      viewport,
      feed,
      get plan() {
        return card.#plan!;
      },
      get plans() {
        return card.#plans(card.#park!);
      },
      get scene() {
        return card.scene!;
      },
      choose: (id) => {
        this.#choose(id);
      },
      refresh: () => {
        this.requestUpdate();
      },
      toast: (text) => {
        showToast(this, text);
      },
    };
  }

  #tool(name: keyof typeof ICONS, key: TextKey, action: () => void): TemplateResult {
    const label = this.scene!.t(key);
    return html`<button
      class="tool"
      aria-label=${label}
      title=${label}
      @click=${action}
    >
      ${icon(ICONS[name])}
    </button>`;
  }

  protected override updated(changes: PropertyValues): void {
    super.updated(changes);
    // A card that is put away has no size to draw for.
    if (!this.isConnected) return;
    if (this.scene) this.#showTotal(this.scene);
    const viewport =
      this.renderRoot.querySelector<HTMLElement>(".viewport") ?? undefined;
    if (viewport !== this.#viewport) {
      this.#resize.disconnect();
      this.#viewport = viewport;
      if (viewport) {
        viewport.append(this.#view.world);
        new Gestures(viewport, this.#gestureTarget);
        this.#resize.observe(viewport);
      }
    }
    if (viewport) this.#draw();
  }

  protected override paint(): void {
    const scene = this.scene;
    if (!scene) return;
    if (this.table) {
      this.requestUpdate();
      return;
    }
    this.#view.patch(this.#ink(scene));
    this.#showTotal(scene);
  }

  /** Not in the template: it changes without one being rendered. */
  #showTotal({ hass, park, t, f }: Scene): void {
    const watts = numberOf(stateOf(hass.states, park, "power"));
    const text = watts === null ? t("unknown") : f.power(watts);
    const total = this.renderRoot.querySelector(".total");
    if (total && total.textContent !== text) total.textContent = text;
  }

  get #heatMax(): number {
    return this.config?.heat_max ?? HEAT_MAX_W;
  }

  #ink({ hass, t, f }: Scene): Ink {
    return { states: hass.states, t, f, heatMax: this.#heatMax };
  }

  /** Draws the plan when it, the park, the language or the settings are others. */
  #draw(): void {
    const scene = this.scene;
    const viewport = this.#viewport;
    // Before `ha-card` has rendered itself there is no room yet; its size is observed.
    if (!scene || !viewport?.clientWidth) return;
    viewport.style.setProperty(
      "--plan-invert",
      scene.hass.themes.darkMode ? DARK : "none",
    );
    if (this.editor?.busy) return;
    const plan = this.#chosen(scene.park, viewport);
    if (!plan) return;
    const basis = [scene.park, plan];
    if (basis.some((value, index) => value !== this.#drawnFor[index])) {
      this.#drawnFor = basis;
      this.#park = scene.park;
      this.#build(plan, scene, viewport);
    }
    const ink = this.#ink(scene);
    const words = [ink.t, ink.f, ink.heatMax, plan];
    const anew = words.some((value, index) => value !== this.#inked[index]);
    this.#inked = words;
    this.#view.patch(ink, anew);
  }

  #build(plan: Plan, scene: Scene, viewport: HTMLElement): void {
    const another = this.#plan?.id !== plan.id;
    this.#plan = plan;
    viewport.style.setProperty("--aspect", String(plan.width / plan.height));
    const focused = (this.renderRoot as ShadowRoot).activeElement as HTMLElement | null;
    this.#view.build(plan, scene.park);
    if (focused?.dataset["device"]) {
      this.#view.module(focused.dataset["device"])?.group.focus();
    }
    this.#camera.plan = plan;
    if (another) this.#camera.reset();
    this.#setStop(this.#stop);
    this.#fit();
    this.editor?.drawn();
    // The tabs show which one it is.
    if (another && this.#plans(scene.park).length > 1) this.requestUpdate();
    const digest = plan.picture?.digest;
    if (digest === undefined) return;
    pictureUrl(scene.hass, digest).then(
      (url) => {
        if (this.#plan?.picture?.digest === digest) this.#view.showPicture(url);
      },
      () => {
        showToast(this, scene.t("picture_missing"));
      },
    );
  }

  /** The room for the plan; its height is the plan's own where nothing bounds it. */
  #screen(viewport: HTMLElement): Size {
    const width = viewport.clientWidth || 1;
    const bounded = this.layout === "grid" || this.layout === "panel";
    const aspect = width < PHONE_PX ? ASPECT_PHONE : ASPECT;
    return { width, height: bounded ? viewport.clientHeight : width * aspect };
  }

  #fit(): void {
    const viewport = this.#viewport;
    if (!viewport?.clientWidth) return;
    this.#camera.screen = {
      width: viewport.clientWidth,
      height: viewport.clientHeight,
    };
    this.#camera.clamp();
    this.#place();
  }

  /** Draws at the camera's scale. */
  #place(): void {
    this.#view.place(this.#camera.scale);
    this.#pan(1);
    this.#viewport?.classList.toggle("zoomed", this.#camera.zoomed);
  }

  /** Moves what is drawn, for the length of a gesture. */
  #pan(factor: number): void {
    const { x, y } = this.#camera;
    this.#view.world.style.transform = `translate(${x}px,${y}px) scale(${factor})`;
  }

  #zoomBy(factor: number): void {
    const { width, height } = this.#camera.screen;
    this.#camera.move(0, 0, factor, width / 2, height / 2);
    this.#place();
  }

  #drawnScale = 1;

  readonly #gestureTarget = (() => {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const card = this;
    let moving = false;
    return {
      get zoomed() {
        return card.#camera.zoomed;
      },
      tap(x: number, y: number) {
        if (!card.editor) card.#tap(x, y);
      },
      hold(x: number, y: number) {
        const module = card.editor ? undefined : card.#at(x, y);
        if (module) card.#details(module);
      },
      move(dx: number, dy: number, factor: number, x: number, y: number) {
        if (!moving) card.#drawnScale = card.#camera.scale;
        moving = true;
        card.#camera.move(dx, dy, factor, x, y);
        card.#pan(card.#camera.scale / card.#drawnScale);
      },
      settle() {
        moving = false;
        card.#place();
      },
    };
  })();

  /** The module under, or nearest to, a point of the viewport. */
  #at(x: number, y: number): ModuleNode | undefined {
    return this.#view.nearest(x - this.#camera.x, y - this.#camera.y);
  }

  #tap(x: number, y: number): void {
    const module = this.#at(x, y);
    if (module) {
      this.#activate(module);
      return;
    }
    if (this.config?.zone_tap === "none" || !this.#plan) return;
    const { scale } = this.#camera;
    const [px, py] = [(x - this.#camera.x) / scale, (y - this.#camera.y) / scale];
    const zone = this.#plan.zones.find((zone) => contains(zone.points, px, py));
    if (!zone) return;
    const before = this.#camera.zoom;
    this.#camera.show(boxOf(zone.points));
    if (Math.abs(this.#camera.zoom - before) < 0.01) this.#camera.reset();
    this.#place();
  }

  #activate(module: ModuleNode): void {
    if (this.config?.tap === "details" || this.config?.read_only) this.#details(module);
    else void this.#toggleSocket(module.socket);
  }

  /** Home Assistant's own sheet with the last 24 hours. */
  #details(module: ModuleNode): void {
    const { power, socket } = module.socket.entities;
    const entity = power ?? socket;
    if (entity) openMoreInfo(this, entity, "history");
  }

  async #toggleSocket(socket: Socket): Promise<void> {
    const scene = this.scene;
    const entity = socket.entities["socket"];
    if (!scene || !entity || this.config?.read_only) return;
    const { t } = scene;
    const status = statusOf(scene.hass.states, socket, this.#heatMax);
    if (status.on === null) {
      showToast(this, t("not_heard_name", { name: socket.name }));
      return;
    }
    const on = !status.on;
    if (!on && !(await this.#mayCut(socket, status.power, scene))) return;
    tick("light");
    const module = this.#view.module(socket.device);
    const settle = (towards: boolean | null): void => {
      module?.setBusy(towards, this.#ink(this.scene ?? scene));
    };
    settle(on);
    setTimeout(settle, BUSY_MAX_MS, null);
    const error = await this.#order(entity, on);
    if (error !== null) {
      settle(null);
      showToast(this, error);
    }
  }

  /** A computer, or what others need, is not cut by a slip of the thumb. */
  async #mayCut(socket: Socket, power: number | null, scene: Scene): Promise<boolean> {
    const { t, f } = scene;
    if (socket.role !== "computer" && socket.role !== "network") return true;
    return ask(this.renderRoot as ShadowRoot, {
      title: t("switch_off_name", { name: socket.name }),
      text: t(`confirm_${socket.role}`, {
        power: power === null ? t("unknown") : f.power(power),
      }),
      yes: t("switch_off"),
      no: t("cancel"),
    });
  }

  #click = (event: Event): void => {
    if (this.editor) return;
    const button = (event.target as Element).closest<HTMLElement>("[data-power]");
    const sector = this.#park?.sectors.find(
      ({ device }) => device === button?.dataset["power"],
    );
    if (sector) void this.#toggleSector(sector);
  };

  async #toggleSector(sector: Sector): Promise<void> {
    const scene = this.scene;
    const entity = sector.entities["all"];
    if (!scene || !entity || this.config?.read_only) return;
    const { hass, park, t } = scene;
    const on = hass.states[entity]?.state !== "on";
    const members = park.sockets.filter((socket) => socket.sector === sector.device);
    const sure = await ask(this.renderRoot as ShadowRoot, {
      title: t(on ? "switch_on_name" : "switch_off_name", { name: sector.name }),
      text: t(on ? "confirm_sector_on" : "confirm_sector_off", {
        count: members.length,
      }),
      yes: t(on ? "switch_on" : "switch_off"),
      no: t("cancel"),
    });
    if (!sure) return;
    tick("light");
    const error = await this.#order(entity, on);
    await new Promise((resolve) => setTimeout(resolve, REPORT_AFTER_MS));
    await this.#report(sector, on, error);
  }

  async #order(entity: string, on: boolean): Promise<string | null> {
    try {
      await this.hass!.callService(
        "switch",
        on ? "turn_on" : "turn_off",
        {},
        { entity_id: entity },
        false,
      );
      return null;
    } catch (error) {
      tick("failure");
      return errorText(error);
    }
  }

  /** Tells what became of an order to a sector, module by module. */
  async #report(sector: Sector, on: boolean, error: string | null): Promise<void> {
    const scene = this.scene;
    if (!scene) return;
    const { hass, park, t } = scene;
    const { states } = hass;
    const members = park.sockets.filter((socket) => socket.sector === sector.device);
    const others = members.filter(
      (socket) => isOn(stateOf(states, socket, "socket")) !== on,
    );
    if (!others.length && error === null) {
      showToast(this, t(on ? "sector_is_on" : "sector_is_off", { name: sector.name }));
      return;
    }
    const why = (socket: Socket): string => {
      if (isOn(stateOf(states, socket, "socket")) === null) return t("unheard");
      const reason = stateOf(states, socket, "reason");
      if (reason?.attributes["refused"]) {
        return hass.formatEntityAttributeValue(reason, "refused");
      }
      return t("unconfirmed");
    };
    await ask(this.renderRoot as ShadowRoot, {
      title: sector.name,
      text: t(on ? "report_on" : "report_off", {
        done: members.length - others.length,
        count: members.length,
      }),
      rows: others.map((socket) => [socket.name, why(socket)]),
      yes: t("close"),
    });
  }

  // One tab stop: arrows go from sign to sign.

  #setStop(index: number): void {
    const { stops } = this.#view;
    this.#stop = Math.max(0, Math.min(index, stops.length - 1));
    stops.forEach((stop, place) => {
      stop.tabIndex = place === this.#stop ? 0 : -1;
    });
  }

  #focused = (event: Event): void => {
    const index = this.#view.stops.indexOf(event.target as HTMLElement);
    if (index >= 0 && index !== this.#stop) this.#setStop(index);
  };

  #key = (event: KeyboardEvent): void => {
    const { stops } = this.#view;
    const current = stops.indexOf(event.target as HTMLElement);
    if (current < 0) return;
    const device = stops[current]!.dataset["device"];
    const module = device === undefined ? undefined : this.#view.module(device);
    let next: number | undefined;
    if (event.key === "Home") next = 0;
    else if (event.key === "End") next = stops.length - 1;
    else if (event.key.startsWith("Arrow")) next = this.#neighbour(current, event.key);
    else if (module && (event.key === "Enter" || event.key === " ")) {
      if (event.shiftKey) this.#details(module);
      else this.#activate(module);
    } else return;
    event.preventDefault();
    if (next === undefined) return;
    this.#setStop(next);
    stops[next]!.focus();
  };

  /** The nearest sign in the direction of an arrow key. */
  #neighbour(from: number, key: string): number | undefined {
    const { stops } = this.#view;
    const centre = (stop: Element): [number, number] => {
      const { left, top, width, height } = stop.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const horizontal = key === "ArrowLeft" || key === "ArrowRight";
    const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    const [x, y] = centre(stops[from]!);
    let best: number | undefined;
    let bestCost = Infinity;
    stops.forEach((stop, index) => {
      const [sx, sy] = centre(stop);
      const along = (horizontal ? sx - x : sy - y) * sign;
      const aside = Math.abs(horizontal ? sy - y : sx - x);
      const cost = along + 2.5 * aside;
      if (along > 2 && cost < bestCost) [best, bestCost] = [index, cost];
    });
    return best;
  }
}

// Which floor a screen shows is its own affair.

function recall(park: string): string | undefined {
  try {
    return localStorage.getItem(`energy-park-plan-${park}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(park: string, plan: string): void {
  try {
    localStorage.setItem(`energy-park-plan-${park}`, plan);
  } catch {
    // A browser that keeps nothing shows the first plan next time.
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    header {
      display: flex;
      align-items: center;
      gap: 4px;
      padding: 8px 8px 8px 16px;
    }
    header h2 {
      flex: 1;
    }
    .total {
      font-weight: 500;
      white-space: nowrap;
      padding-inline-end: 4px;
    }
    .viewport {
      position: relative;
      flex: 1 1 auto;
      min-height: 180px;
      overflow: hidden;
      contain: strict;
      touch-action: pan-x pan-y;
      user-select: none;
      -webkit-user-select: none;
      -webkit-touch-callout: none;
    }
    :host(:not([layout="grid"]):not([layout="panel"])) .viewport {
      flex: none;
      aspect-ratio: var(--aspect, 1.6);
    }
    nav {
      display: flex;
      gap: 4px;
      overflow-x: auto;
      padding: 0 12px 4px;
    }
    nav button {
      flex: none;
      border: none;
      border-bottom: 2px solid transparent;
      border-radius: 0;
    }
    nav button[aria-current] {
      border-bottom-color: var(--accent);
      font-weight: 500;
    }
    .picture.invert {
      filter: var(--plan-invert, none);
    }
    .editing .module {
      cursor: move;
    }
    .overlay {
      pointer-events: none;
    }
    .chosen,
    .held,
    .corner,
    .side {
      fill: none;
      stroke: var(--accent);
      stroke-width: 2;
    }
    .held {
      stroke-width: 4;
      stroke-dasharray: 4 4;
    }
    .corner,
    .side {
      fill: var(--paper);
    }
    .guide {
      stroke: var(--accent);
      stroke-width: 1;
      stroke-dasharray: 6 4;
    }
    .viewport.zoomed {
      touch-action: none;
      cursor: grab;
      overscroll-behavior: contain;
    }
    .world {
      position: absolute;
      inset: 0 auto auto 0;
      transform-origin: 0 0;
      will-change: transform;
    }
    .drawing {
      display: block;
      overflow: visible;
    }
    .labels {
      position: absolute;
      inset: 0;
      pointer-events: none;
    }
    .zone {
      fill: color-mix(in srgb, var(--c, gray) 16%, transparent);
      stroke: var(--muted);
      stroke-width: 1.5;
      stroke-linejoin: round;
    }
    .zone-label {
      position: absolute;
      display: flex;
      align-items: center;
      box-sizing: border-box;
      gap: 2px;
      padding: 0 10px 0 2px;
      height: 36px;
      white-space: nowrap;
      font-size: 13px;
    }
    .zone-name {
      font-weight: 500;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .zone-total,
    .zone-count {
      color: var(--muted);
      margin-inline-start: 6px;
    }
    .narrow .zone-count {
      display: none;
    }
    .zone-power {
      pointer-events: auto;
      flex: none;
      border: none;
      border-radius: 50%;
      width: 36px;
      height: 36px;
      min-height: 0;
      padding: 8px;
      color: var(--muted);
      position: relative;
    }
    .zone-power::after {
      content: "";
      position: absolute;
      inset: -4px;
    }
    .zone-power svg {
      display: block;
      fill: currentColor;
    }
    .zone-power[aria-pressed="true"] {
      color: var(--accent);
    }
    .module {
      cursor: pointer;
      outline: none;
    }
    .disc {
      stroke: transparent;
      stroke-width: 2;
    }
    .sign {
      pointer-events: none;
    }
    .module.off .disc {
      fill: var(--paper);
      stroke: var(--muted);
    }
    .module.off .sign {
      fill: var(--muted);
    }
    .module.unheard .disc {
      fill: url(#hatch);
      stroke: var(--muted);
      stroke-dasharray: 3 3;
    }
    .module.unheard .sign {
      fill: var(--muted);
    }
    .module.stale .disc {
      stroke: var(--muted);
      stroke-dasharray: 3 3;
    }
    .module.busy .disc {
      stroke: var(--accent);
      stroke-width: 3;
      stroke-dasharray: 6 4;
    }
    .module:focus-visible .disc {
      stroke: var(--accent);
      stroke-width: 4;
    }
    .hatch {
      fill: color-mix(in srgb, var(--muted) 35%, var(--paper));
    }
    .chip {
      fill: var(--paper);
      opacity: 0.88;
    }
    .watts,
    .name {
      text-anchor: middle;
      font-size: 11px;
      fill: var(--ink);
      pointer-events: none;
    }
    .watts {
      font-weight: 500;
    }
    .name {
      fill: var(--muted);
    }
    .mark {
      fill: var(--bad);
      stroke: var(--paper);
      stroke-width: 3;
      paint-order: stroke;
      pointer-events: none;
    }
    .mark.pending {
      fill: var(--ink);
    }
    .level-0 :is(.sign, .chip, .watts, .name, .mark),
    .level-1 :is(.chip, .watts, .name),
    .level-2 .name {
      display: none;
    }
    footer {
      display: flex;
      align-items: center;
      gap: 2px;
      padding: 8px 16px;
      font-size: 11px;
      color: var(--muted);
    }
    footer i {
      width: 14px;
      height: 8px;
      border-radius: 2px;
    }
    footer span {
      padding: 0 6px 0 2px;
    }
    ${heatStyles}
    .table {
      flex: 1;
      overflow: auto;
      padding: 0 16px 16px;
    }
    table {
      width: 100%;
      border-collapse: collapse;
      font-size: 14px;
    }
    th,
    td {
      text-align: start;
      padding: 6px 8px;
      border-bottom: 1px solid var(--line);
    }
    th.number,
    td.number {
      text-align: end;
      white-space: nowrap;
    }
    tbody th[colspan] {
      padding-top: 16px;
    }
    @media (forced-colors: active) {
      .disc,
      .zone {
        stroke: CanvasText;
      }
      .module.on .disc {
        fill: Highlight;
      }
      .module.on .sign {
        fill: HighlightText;
      }
    }
  `;
}
