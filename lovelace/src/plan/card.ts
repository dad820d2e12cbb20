/** The floor plan card: the premises, alive, under a thumb. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { ParkCard, type Scene } from "../shared/card.js";
import type { ConfigForm } from "../shared/form.js";
import type { HassConnection } from "../shared/hass.js";
import { loaded } from "../shared/lazy.js";
import { isAdmin } from "../shared/park.js";
import { cardStyles } from "../shared/styles.js";
import { Canvas, type CanvasOwner } from "./canvas.js";
import { PlanChoice } from "./choice.js";
import { checkPlanConfig, planForm, type PlanCardConfig } from "./config.js";
import { Controls } from "./controls.js";
import { planFeed, type PlanFeed } from "./document.js";
import { drawingStyles } from "./drawing-styles.js";
import { openEditor } from "./editing.js";
import type { PlanEditor } from "./editor/panel.js";
import { legend } from "./legend.js";
import type { Zone } from "./model.js";
import type { ModuleNode } from "./module.js";
import { Painter } from "./painter.js";
import { styles } from "./styles.js";
import type { planTable } from "./table.js";
import { tabs, toolbar, type Tool } from "./toolbar.js";
import { tellsWaste } from "./waste.js";

const ZOOM_STEP = 1.5;

export class PlanCard extends ParkCard<PlanCardConfig> implements CanvasOwner {
  static override styles = [cardStyles, drawingStyles, styles];
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

  /** Draws the table that is shown in the plan's place. */
  declare private table: typeof planTable | undefined;
  /** Whether the plan shows what is wasted. */
  declare wasting: boolean;
  declare editor: PlanEditor | undefined;
  readonly canvas = new Canvas(this);
  readonly choice = new PlanChoice();
  readonly painter = new Painter(this, this.canvas, this.choice);
  readonly controls = new Controls(this, this.canvas);

  constructor() {
    super();
    this.table = undefined;
    this.wasting = false;
    this.editor = undefined;
    this.choice.edited = () => this.editor?.session.document;
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
    const feed = (this.choice.feed = planFeed(connection));
    return [feed];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.canvas.attach(undefined);
    this.editor = undefined;
  }

  // The page around the plan

  protected renderPark(scene: Scene): TemplateResult {
    const { park, t } = scene;
    const gone = !this.editor && this.choice.gone(scene, this.config?.plan);
    return html`
      <header>
        <div class="title">
          <h2>${this.config!.title ?? park.name}</h2>
          <span class="total"></span>
        </div>
        ${
          this.editor
            ? html`<button class="main" @click=${this.#endEditing}>
                ${t("done")}
              </button>`
            : gone
              ? nothing
              : toolbar(t, this.#tools(scene))
        }
      </header>
      ${
        gone
          ? html`<p class="notice" role="status">${t("plan_removed")}</p>`
          : this.table
            ? this.#table(this.table, scene)
            : this.#drawing(scene)
      }
    `;
  }

  #table(draw: typeof planTable, scene: Scene): TemplateResult {
    const { heatMax } = this.painter;
    const wastes = this.painter.wastes(scene);
    const readOnly = this.config?.read_only ?? false;
    return draw({ scene, heatMax, wastes, readOnly, orders: this.controls });
  }

  async #showTable(): Promise<void> {
    const part = await loaded(this, import("./table.js"));
    this.table = part?.planTable;
  }

  #drawing(scene: Scene): TemplateResult {
    const { park, t } = scene;
    return html`
      ${this.#tabs(scene)}
      <div
        class="viewport ${this.editor ? "editing" : ""} ${this.wasting ? "wastes" : ""}"
        role="group"
        tabindex=${this.editor ? "-1" : nothing}
        aria-label=${t(this.editor ? "edit_label" : "plan_label", { name: park.name })}
        @keydown=${this.controls.key}
      ></div>
      ${this.editor ?? legend(scene, this.painter.heatMax)}
    `;
  }

  #tools({ hass, park }: Scene): Tool[] {
    const editable = isAdmin(hass) && !this.config?.read_only;
    const table: Tool = {
      name: this.table ? "map" : "table",
      key: this.table ? "show_plan" : "show_table",
      action: () => {
        if (this.table) this.table = undefined;
        else void this.#showTable();
      },
    };
    if (this.table) return [table];
    const zoom = (factor: number) => (): void => {
      this.canvas.zoomBy(factor);
    };
    const tools: (Tool | false)[] = [
      { name: "minus", key: "zoom_out", action: zoom(1 / ZOOM_STEP) },
      { name: "plus", key: "zoom_in", action: zoom(ZOOM_STEP) },
      {
        name: "fit",
        key: "zoom_fit",
        action: () => {
          this.canvas.showAll();
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
  #tabs(scene: Scene): TemplateResult | typeof nothing {
    const plans = this.choice.storeys(scene);
    const only = this.config?.plan !== undefined && !this.editor;
    if (plans.length < 2 || only) return nothing;
    return tabs(plans, this.painter.plan?.id, (id) => {
      this.choose(id);
    });
  }

  /** The plan to show: while it is edited another one than the settings name. */
  get named(): string | undefined {
    return this.editor?.chosen ?? this.config?.plan;
  }

  /** Shows another of several plans. */
  choose(id: string): void {
    if (this.editor) this.editor.chosen = id;
    if (this.config?.plan === undefined) this.choice.choose(this.scene?.park, id);
    this.canvas.camera.reset();
    this.requestUpdate();
  }

  async #edit(): Promise<void> {
    this.editor = await openEditor(this);
  }

  #endEditing = (): void => {
    this.editor = undefined;
  };

  // The drawing

  protected override updated(changes: PropertyValues): void {
    super.updated(changes);
    // A card that is put away has no size to draw for.
    if (!this.isConnected) return;
    if (this.scene) this.painter.showTexts(this.scene);
    const viewport = this.renderRoot.querySelector<HTMLElement>(".viewport");
    this.canvas.attach(viewport ?? undefined);
    this.painter.draw();
    this.editor?.requestUpdate();
  }

  protected override paint(): void {
    const { scene } = this;
    if (!scene) return;
    if (this.table) this.requestUpdate();
    else this.painter.paint(scene);
  }

  // What the canvas tells

  resized(): void {
    this.painter.draw();
  }

  tapped(module: ModuleNode | undefined, zone: Zone | undefined): void {
    if (!this.editor) this.controls.tap(module, zone);
  }

  held(module: ModuleNode | undefined, zone: Zone | undefined): void {
    if (!this.editor) this.controls.hold(module, zone);
  }
}
