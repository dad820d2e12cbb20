/** The floor plan card: the premises, alive, under a thumb. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { ParkCard, type Scene } from "../shared/card.js";
import type { ConfigForm } from "../shared/form.js";
import { openMoreInfo, showToast } from "../shared/ha.js";
import type { HassConnection, HassState } from "../shared/hass.js";
import { HEAT_MAX_W } from "../shared/heat.js";
import { isAdmin, numberOf, stateOf, type Park, type Socket } from "../shared/park.js";
import { cardStyles } from "../shared/styles.js";
import type { Size } from "./camera.js";
import { about } from "./about.js";
import { Canvas, type CanvasOwner } from "./canvas.js";
import { PlanChoice } from "./choice.js";
import { checkPlanConfig, planForm, type PlanCardConfig } from "./config.js";
import { planFeed, type PlanFeed } from "./document.js";
import type { Ink } from "./drawing.js";
import type { PlanEditor } from "./editor/panel.js";
import type { Stage } from "./editor/stage.js";
import { RovingFocus } from "./focus.js";
import { legend } from "./legend.js";
import type { Plan, Zone } from "./model.js";
import type { ModuleNode } from "./module.js";
import { pictureUrl } from "./pictures.js";
import { styles } from "./styles.js";
import { cancelJob, toggleSector, toggleSocket } from "./switching.js";
import { planTable } from "./table.js";
import { tabs, toolbar, type Tool } from "./toolbar.js";
import { tellsWaste, WasteWatch, type Wastes } from "./waste.js";

const ZOOM_STEP = 1.5;
/** Black lines on white as light lines on dark, colours kept. */
const DARK = "invert(0.9) hue-rotate(180deg)";
const BUSY_MAX_MS = 15_000;
/** Height over width of a plan that nobody has drawn, where a card may choose. */
const ASPECT = 0.6;
const ASPECT_PHONE = 1.25;
const PHONE_PX = 520;

export class PlanCard extends ParkCard<PlanCardConfig> implements CanvasOwner {
  static override styles = [cardStyles, styles];
  static override properties = {
    ...ParkCard.properties,
    table: { state: true },
    wasting: { state: true },
    editor: { state: true },
  };

  static getStubConfig(): Partial<PlanCardConfig> {
    return {};
  }

  static getConfigForm(): Promise<ConfigForm> {
    return planForm();
  }

  declare private table: boolean;
  /** Whether the plan shows what is wasted. */
  declare private wasting: boolean;
  declare private editor: PlanEditor | undefined;
  readonly #canvas = new Canvas(this);
  readonly #focus = new RovingFocus(() => this.#canvas.view.stops);
  readonly #choice = new PlanChoice();
  readonly #wastes = new WasteWatch();
  #plan: Plan | undefined;
  #drawn: { park: Park; plan: Plan } | undefined;
  #inked: readonly unknown[] = [];
  /** Device of the socket that the line below the plan tells about. */
  #looked: string | undefined;

  constructor() {
    super();
    this.table = false;
    this.wasting = false;
    this.editor = undefined;
    this.#choice.edited = () => this.editor?.session.document;
    const { world } = this.#canvas.view;
    world.addEventListener("click", this.#click);
    world.addEventListener("focusin", ({ target }) => {
      this.#focus.follow(target);
      this.#lookAt(target);
    });
    world.addEventListener("pointerover", ({ target }) => {
      this.#lookAt(target);
    });
  }

  getCardSize(): number {
    return 9;
  }

  getGridOptions(): Record<string, number | string> {
    return { columns: "full", rows: 9, min_columns: 6, min_rows: 5 };
  }

  protected override checkConfig(config: PlanCardConfig): void {
    super.checkConfig(config);
    checkPlanConfig(config);
  }

  protected watched(): readonly string[] {
    return [];
  }

  protected override feeds(connection: HassConnection): readonly PlanFeed[] {
    const feed = (this.#choice.feed = planFeed(connection));
    return [feed];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#canvas.attach(undefined);
    this.editor = undefined;
  }

  // The page around the plan

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
            : toolbar(t, this.#tools(scene))
        }
      </header>
      ${this.table ? nothing : this.#tabs(park)}
      ${
        this.table
          ? planTable(scene, this.#heatMax, this.#wastesOf(scene), (socket) => {
              this.#toggle(socket);
            })
          : html`
              <div
                class="viewport ${this.editor ? "editing" : ""} ${this.wasting ? "wastes" : ""}"
                role="group"
                aria-label=${t(this.editor ? "edit_label" : "plan_label", {
                  name: park.name,
                })}
                @keydown=${this.#key}
              ></div>
              ${this.editor ?? legend(scene, this.#heatMax)}
            `
      }
    `;
  }

  #tools({ hass, park }: Scene): Tool[] {
    const editable = isAdmin(hass) && !this.config?.read_only;
    const table: Tool = {
      name: this.table ? "map" : "table",
      key: this.table ? "show_plan" : "show_table",
      action: () => {
        this.table = !this.table;
      },
    };
    if (this.table) return [table];
    const zoom = (factor: number) => (): void => {
      this.#canvas.zoomBy(factor);
    };
    const tools: (Tool | false)[] = [
      { name: "minus", key: "zoom_out", action: zoom(1 / ZOOM_STEP) },
      { name: "plus", key: "zoom_in", action: zoom(ZOOM_STEP) },
      {
        name: "fit",
        key: "zoom_fit",
        action: () => {
          this.#canvas.showAll();
        },
      },
      tellsWaste(park) && {
        name: "waste",
        key: "waste_view",
        pressed: this.wasting,
        action: () => {
          this.wasting = !this.wasting;
        },
      },
      editable && { name: "edit", key: "edit", action: () => void this.#edit() },
      table,
    ];
    return tools.filter((tool) => tool !== false);
  }

  /** One tab for each plan, where there are several. */
  #tabs(park: Park): TemplateResult | typeof nothing {
    const plans = this.#choice.plans(park);
    if (plans.length < 2 || this.config?.plan !== undefined) return nothing;
    return tabs(plans, this.#plan?.id, (id) => {
      this.#choose(id);
    });
  }

  // The editor

  async #edit(): Promise<void> {
    const { viewport } = this.#canvas;
    const { feed } = this.#choice;
    if (!viewport || !feed) return;
    try {
      const { PlanEditor } = await import("./editor/panel.js");
      this.editor = new PlanEditor(this.#stage(viewport, feed));
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
    const { view, camera } = this.#canvas;
    return {
      view,
      camera,
      viewport,
      feed,
      get plan() {
        return card.#plan!;
      },
      get plans() {
        return card.#choice.plans(card.#drawn!.park);
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

  // The drawing

  protected override updated(changes: PropertyValues): void {
    super.updated(changes);
    // A card that is put away has no size to draw for.
    if (!this.isConnected) return;
    if (this.scene) this.#showTexts(this.scene);
    const viewport = this.renderRoot.querySelector<HTMLElement>(".viewport");
    this.#canvas.attach(viewport ?? undefined);
    this.#draw();
  }

  protected override paint(): void {
    const { scene } = this;
    if (!scene) return;
    if (this.table) {
      this.requestUpdate();
      return;
    }
    this.#patch(scene);
    this.#showTexts(scene);
  }

  /** Not in the template: they change without one being rendered. */
  #showTexts(scene: Scene): void {
    const { hass, park, t, f } = scene;
    const key = this.wasting ? "waste_power" : "power";
    const watts = numberOf(stateOf(hass.states, park, key));
    const power = watts === null ? t("unknown") : f.power(watts);
    this.#write(".total", this.wasting ? t("wasted", { power }) : power);
    const socket = park.sockets.find(({ device }) => device === this.#looked);
    this.#write(".about", socket ? about(socket, scene) : "");
  }

  #write(selector: string, text: string): void {
    const node = this.renderRoot.querySelector(selector);
    if (node && node.textContent !== text) node.textContent = text;
  }

  /** Tells more of the module under the pointer, or with the focus. */
  #lookAt(target: EventTarget | null): void {
    const module = (target as Element).closest<SVGElement>("[data-device]");
    if (!module || !this.scene) return;
    this.#looked = module.dataset["device"];
    this.#showTexts(this.scene);
  }

  get #heatMax(): number {
    return this.config?.heat_max ?? HEAT_MAX_W;
  }

  #ink(scene: Scene): Ink {
    const { hass, t, f } = scene;
    const say = (state: HassState): string => hass.formatEntityState(state);
    const wastes = this.wasting ? this.#wastesOf(scene) : null;
    return { states: hass.states, t, f, heatMax: this.#heatMax, wastes, say };
  }

  #wastesOf({ park, hass }: Scene): Wastes {
    return this.#wastes.of(park, hass.states);
  }

  /** Shows the states; all anew when the words, the plan or the view are others. */
  #patch(scene: Scene): void {
    const ink = this.#ink(scene);
    const words = [ink.t, ink.f, ink.heatMax, ink.wastes, this.#drawn?.plan];
    const anew = words.some((value, index) => value !== this.#inked[index]);
    this.#inked = words;
    this.#canvas.view.patch(ink, anew);
  }

  /** The room for the plan; its height is the plan's own where nothing bounds it. */
  #room({ clientWidth: width, clientHeight: height }: HTMLElement): Size {
    if (this.layout === "grid" || this.layout === "panel") return { width, height };
    return { width, height: width * (width < PHONE_PX ? ASPECT_PHONE : ASPECT) };
  }

  #choose(id: string): void {
    this.#choice.choose(this.#drawn?.park, id);
    this.#canvas.camera.reset();
    this.requestUpdate();
  }

  /** Draws the plan when it, the park, the language or the settings are others. */
  #draw(): void {
    const { scene } = this;
    const { viewport } = this.#canvas;
    // Before `ha-card` has rendered itself there is no room yet; its size is observed.
    if (!scene || !viewport?.clientWidth) return;
    const { darkMode } = scene.hass.themes;
    viewport.style.setProperty("--plan-invert", darkMode ? DARK : "none");
    if (this.editor?.busy) return;
    const plan = this.#choice.plan(scene.park, this.#room(viewport), this.config?.plan);
    if (!plan) return;
    if (this.#drawn?.park !== scene.park || this.#drawn.plan !== plan) {
      this.#drawn = { park: scene.park, plan };
      this.#build(plan, scene);
    }
    this.#patch(scene);
  }

  #build(plan: Plan, scene: Scene): void {
    const { view } = this.#canvas;
    const another = this.#plan?.id !== plan.id;
    this.#plan = plan;
    const focused = (this.renderRoot as ShadowRoot).activeElement as HTMLElement | null;
    view.build(plan, scene.park);
    const device = focused?.dataset["device"];
    if (device !== undefined) view.module(device)?.group.focus();
    this.#focus.renew();
    this.#canvas.show(plan);
    this.editor?.drawn();
    // The tabs show which one it is.
    if (another && this.#choice.plans(scene.park).length > 1) this.requestUpdate();
    if (plan.picture) this.#showPicture(plan.picture.digest, scene);
  }

  #showPicture(digest: string, { hass, t }: Scene): void {
    pictureUrl(hass, digest).then(
      (url) => {
        if (this.#plan?.picture?.digest === digest) this.#canvas.view.showPicture(url);
      },
      () => {
        showToast(this, t("picture_missing"));
      },
    );
  }

  // What fingers and keys do

  resized(): void {
    this.#draw();
  }

  tapped(module: ModuleNode | undefined, zone: Zone | undefined): void {
    if (this.editor) return;
    if (module) this.#activate(module);
    else if (zone && this.config?.zone_tap !== "none") this.#canvas.approach(zone);
  }

  held(module: ModuleNode): void {
    if (!this.editor) this.#details(module);
  }

  #activate(module: ModuleNode): void {
    if (this.config?.tap === "details") this.#details(module);
    else this.#toggle(module.socket);
  }

  /** Home Assistant's own sheet with the last 24 hours. */
  #details({ socket: { entities } }: ModuleNode): void {
    const entity = entities["power"] ?? entities["socket"];
    if (entity) openMoreInfo(this, entity, "history");
  }

  #toggle(socket: Socket): void {
    const module = this.#canvas.view.module(socket.device);
    if (this.config?.read_only) {
      if (module) this.#details(module);
      return;
    }
    const showBusy = (towards: boolean | null): void => {
      if (this.scene) module?.setBusy(towards, this.#ink(this.scene));
    };
    void toggleSocket(this, socket, (towards) => {
      showBusy(towards);
      // What was never confirmed is not on its way for ever.
      if (towards !== null) setTimeout(showBusy, BUSY_MAX_MS, null);
    });
  }

  #click = (event: Event): void => {
    if (this.editor || this.config?.read_only) return;
    const target = event.target as Element;
    const button = target.closest<HTMLElement>("[data-power], [data-cancel]");
    const { power, cancel } = button?.dataset ?? {};
    const device = power ?? cancel;
    const sector = this.scene?.park.sectors.find((one) => one.device === device);
    if (sector) void (cancel ? cancelJob(this, sector) : toggleSector(this, sector));
  };

  #key = (event: KeyboardEvent): void => {
    const { target, key } = event;
    if (!this.#focus.go(target, key)) {
      const device = (target as HTMLElement).dataset["device"];
      const module =
        device === undefined ? undefined : this.#canvas.view.module(device);
      if (!module || (key !== "Enter" && key !== " ")) return;
      if (event.shiftKey) this.#details(module);
      else this.#activate(module);
    }
    event.preventDefault();
  };
}
