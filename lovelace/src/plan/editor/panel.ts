/** The editor of a plan: what stands below the plan while it is edited. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import {
  mdiArrowDown,
  mdiArrowLeft,
  mdiArrowRight,
  mdiArrowUp,
  mdiDelete,
  mdiMagnet,
  mdiMinus,
  mdiPlus,
  mdiRedo,
  mdiRotateRight,
  mdiUndo,
} from "@mdi/js";

import { cardStyles } from "../../shared/card.js";
import type { TextKey } from "../../shared/i18n.js";
import { icon } from "../../shared/icons.js";
import {
  creation,
  type Change,
  type StoredHead,
  type StoredModule,
} from "../document.js";
import { PLAN_WIDTH, type Module, type Plan, type Zone } from "../model.js";
import { send, uploadPicture, UploadError } from "../pictures.js";
import { Drag, type DragOwner } from "./drag.js";
import { placeAll, undrawn, unplaced } from "./place.js";
import { Session } from "./session.js";
import { GRID } from "./snap.js";
import type { Selection, Stage } from "./stage.js";

const TURN = 15;
const GROW = 1.2;
const SIZE_MIN = 25;
const SIZE_MAX = 400;
const EMPTY_HEIGHT = 6000;
const PICTURES = "image/png,image/jpeg,image/webp,image/svg+xml";

/** Parts of texts that tell what is wrong with a file. */
const FILE_TROUBLE: readonly TextKey[] = [
  "picture_too_big",
  "picture_unreadable",
  "file_too_big",
  "file_unreadable",
  "park_removed",
];

export class PlanEditor extends LitElement implements DragOwner {
  static override properties = {
    stage: { attribute: false },
    selection: { state: true },
    snapping: { state: true },
    armed: { state: true },
  };
  static override styles = [cardStyles, styles()];

  declare stage: Stage;
  declare selection: Selection;
  declare snapping: boolean;
  declare armed: string | null;
  session: Session | undefined;
  #drag: Drag | undefined;

  constructor() {
    super();
    this.selection = null;
    this.snapping = true;
    this.armed = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { stage } = this;
    this.session = new Session(
      stage.feed,
      (message) => stage.scene.hass.callWS(message),
      () => {
        this.requestUpdate();
        stage.refresh();
      },
      (reason) => {
        stage.toast(stage.scene.t(reason === "conflict" ? "conflict" : "not_saved"));
      },
    );
    this.#drag = new Drag(stage, this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#drag?.close();
    this.#drag = undefined;
  }

  /** While something is held, the plan must not be drawn anew. */
  get busy(): boolean {
    return this.#drag?.busy ?? false;
  }

  /** The plan was drawn anew. */
  drawn(): void {
    this.#drag?.draw();
    this.requestUpdate();
  }

  // What the drag asks

  commit(changes: readonly Change[]): void {
    void this.session!.commit(changes);
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.#drag?.draw();
  }

  placeArmed(x: number, y: number): void {
    if (this.armed === null) return;
    const value = { x: Math.round(x), y: Math.round(y), rotation: 0, size: 100 };
    const id = this.armed;
    this.armed = null;
    this.selection = { kind: "module", id };
    this.commit([{ plan: this.stage.plan.id, kind: "module", id, value }]);
  }

  protected override render(): TemplateResult {
    const { scene, plans } = this.stage;
    const { t } = scene;
    if (!plans.length) return this.#renderStart();
    const waiting = unplaced(scene.park, plans);
    return html`
      <div class="row" role="toolbar" aria-label=${t("edit")}>
        ${this.#tool(mdiUndo, "undo", () => this.session!.undo(), {
          disabled: !this.session!.canUndo,
        })}
        ${this.#tool(mdiRedo, "redo", () => this.session!.redo(), {
          disabled: !this.session!.canRedo,
        })}
        ${this.#tool(
          mdiMagnet,
          "snap",
          () => {
            this.snapping = !this.snapping;
          },
          { pressed: this.snapping },
        )}
        ${this.#selected()}
      </div>
      ${
        waiting.length
          ? html`<div class="row">
                <button
                  class="main"
                  @click=${() => {
                    this.commit(placeAll(this.stage.plan, waiting));
                  }}
                >
                  ${t("place_all", { count: waiting.length })}
                </button>
                <span class="hint">${t("place_hint")}</span>
              </div>
              <div class="row chips" role="group" aria-label=${t("unplaced")}>
                ${waiting.map(
                  ({ device, name }) =>
                    html`<button
                      aria-pressed=${String(this.armed === device)}
                      @click=${() => {
                        this.#arm(device);
                      }}
                    >
                      ${name}
                    </button>`,
                )}
              </div>`
          : html`<p class="hint">${t("all_placed")}</p>`
      }
      ${this.#zones()} ${this.#planRow()}
    `;
  }

  #arm(device: string): void {
    if (this.armed !== device) {
      this.armed = device;
      return;
    }
    // Once more: in the middle of what is seen.
    const { camera } = this.stage;
    const { width, height } = camera.screen;
    this.placeArmed(
      (width / 2 - camera.x) / camera.scale,
      (height / 2 - camera.y) / camera.scale,
    );
  }

  #renderStart(): TemplateResult {
    const { scene, plan } = this.stage;
    const { t } = scene;
    return html`<p class="hint">${t("start_hint")}</p>
      <div class="row">
        <button
          class="main"
          @click=${() => {
            this.#create({ ...plan, id: newId() });
          }}
        >
          ${t("start_arranged")}
        </button>
        ${this.#picture("start_picture")}
        <button
          @click=${() => {
            this.#create(this.#empty());
          }}
        >
          ${t("start_empty")}
        </button>
        ${this.#import()}
      </div>`;
  }

  #empty(): Plan {
    const { park } = this.stage.scene;
    return {
      id: newId(),
      name: park.name,
      floor: null,
      width: PLAN_WIDTH,
      height: EMPTY_HEIGHT,
      picture: null,
      zones: [],
      modules: [],
    };
  }

  #create(plan: Plan): void {
    const { scene, plans } = this.stage;
    this.commit(creation(scene.park.id, plan, plans.length));
    this.stage.choose(plan.id);
  }

  // The part that is chosen

  #selected(): TemplateResult | typeof nothing {
    const { selection } = this;
    const { plan, scene } = this.stage;
    if (selection?.kind === "module") {
      const module = plan.modules.find(({ device }) => device === selection.id);
      return module ? this.#moduleTools(module) : nothing;
    }
    if (selection?.kind === "zone") {
      const zone = plan.zones.find(({ id }) => id === selection.id);
      return zone ? this.#zoneTools(zone) : nothing;
    }
    return html`<span class="hint">${scene.t("choose_hint")}</span>`;
  }

  #moduleTools(module: Module): TemplateResult {
    const { park } = this.stage.scene;
    const name = park.sockets.find(({ device }) => device === module.device)?.name;
    // As it is now: a quick second click comes before the first is drawn.
    const set = (change: (now: StoredModule) => Partial<StoredModule>): void => {
      const { id } = this.stage.plan;
      const now = this.session!.document.plans[id]?.modules[module.device];
      if (!now) return;
      const value = { ...now, ...change(now) };
      this.commit([{ plan: id, kind: "module", id: module.device, value }]);
    };
    const scale = (factor: number) => (): void => {
      set(({ size }) => ({
        size: Math.max(SIZE_MIN, Math.min(SIZE_MAX, Math.round(size * factor))),
      }));
    };
    return html`<strong>${name}</strong> ${this.#arrows()}
      ${this.#tool(mdiRotateRight, "turn", () => {
        set(({ rotation }) => ({ rotation: (rotation + TURN) % 360 }));
      })}
      ${this.#tool(mdiMinus, "smaller", scale(1 / GROW))}
      ${this.#tool(mdiPlus, "larger", scale(GROW))}
      ${this.#tool(mdiDelete, "take_off", () => {
        this.#remove("module", module.device);
      })}`;
  }

  #zoneTools(zone: Zone): TemplateResult {
    const { t, park } = this.stage.scene;
    const set = (values: Partial<Zone>): void => {
      const { id, ...value } = { ...zone, ...values };
      this.commit([{ plan: this.stage.plan.id, kind: "zone", id, value }]);
    };
    return html`<label
        >${t("sector")}
        <select
          @change=${(event: Event) => {
            set({ device: (event.target as HTMLSelectElement).value || null });
          }}
        >
          <option value="" ?selected=${zone.device === null}>–</option>
          ${park.sectors.map(
            ({ device, name }) =>
              html`<option value=${device} ?selected=${device === zone.device}>
                ${name}
              </option>`,
          )}
        </select></label
      >
      ${
        zone.device === null
          ? html`<input
              aria-label=${t("name")}
              placeholder=${t("name")}
              maxlength="100"
              .value=${zone.name ?? ""}
              @change=${(event: Event) => {
                set({ name: (event.target as HTMLInputElement).value.trim() || null });
              }}
            />`
          : nothing
      }
      ${this.#arrows()}
      ${this.#tool(mdiDelete, "remove_zone", () => {
        this.#remove("zone", zone.id);
      })}`;
  }

  #remove(kind: "module" | "zone", id: string): void {
    this.selection = null;
    this.commit([{ plan: this.stage.plan.id, kind, id, value: null }]);
  }

  #arrows(): TemplateResult {
    const nudge = (dx: number, dy: number) => (): void => {
      this.#drag!.nudge(dx * GRID, dy * GRID);
    };
    return html`${this.#tool(mdiArrowLeft, "move_left", nudge(-1, 0))}
    ${this.#tool(mdiArrowUp, "move_up", nudge(0, -1))}
    ${this.#tool(mdiArrowDown, "move_down", nudge(0, 1))}
    ${this.#tool(mdiArrowRight, "move_right", nudge(1, 0))}`;
  }

  // Zones and plans

  #zones(): TemplateResult {
    const { scene, plans } = this.stage;
    const { t } = scene;
    const missing = undrawn(scene.park, plans);
    return html`<div class="row chips">
      ${missing.map(
        ({ device, name }) =>
          html`<button
            @click=${() => {
              this.#addZone(device);
            }}
          >
            ${t("add_zone_of", { name })}
          </button>`,
      )}
      <button
        @click=${() => {
          this.#addZone(null);
        }}
      >
        ${t("add_zone")}
      </button>
    </div>`;
  }

  /** A square in the middle of what is seen, to be pulled into shape. */
  #addZone(device: string | null): void {
    const { camera, plan } = this.stage;
    const { width, height } = camera.screen;
    const x = (width / 2 - camera.x) / camera.scale;
    const y = (height / 2 - camera.y) / camera.scale;
    const half = (Math.min(width, height) / camera.scale) * 0.2;
    const [left, top, right, bottom] = [x - half, y - half, x + half, y + half].map(
      (value) => Math.round(value / GRID) * GRID,
    ) as [number, number, number, number];
    const id = newId();
    const points = [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ] as const;
    this.selection = { kind: "zone", id };
    this.commit([
      { plan: plan.id, kind: "zone", id, value: { device, name: null, points } },
    ]);
  }

  #planRow(): TemplateResult {
    const { scene, plan, plans } = this.stage;
    const { t, hass } = scene;
    return html`<div class="row">
      <input
        aria-label=${t("plan_name")}
        maxlength="100"
        .value=${plan.name}
        @change=${(event: Event) => {
          const name = (event.target as HTMLInputElement).value.trim();
          if (name) this.#setHead({ name });
        }}
      />
      <label
        >${t("floor")}
        <select
          @change=${(event: Event) => {
            this.#setHead({ floor: (event.target as HTMLSelectElement).value || null });
          }}
        >
          <option value="" ?selected=${plan.floor === null}>–</option>
          ${Object.values(hass.floors).map(
            ({ floor_id, name }) =>
              html`<option value=${floor_id} ?selected=${floor_id === plan.floor}>
                ${name}
              </option>`,
          )}
        </select></label
      >
      ${this.#picture(plan.picture ? "change_picture" : "add_picture")}
      ${
        plan.picture
          ? html`<label
                ><input
                  type="checkbox"
                  .checked=${plan.picture.invert}
                  @change=${(event: Event) => {
                    const invert = (event.target as HTMLInputElement).checked;
                    this.#setHead({ picture: { ...plan.picture!, invert } });
                  }}
                />${t("invert_picture")}</label
              ><button
                @click=${() => {
                  this.#setHead({ picture: null });
                }}
              >
                ${t("remove_picture")}
              </button>`
          : nothing
      }
      <button
        @click=${() => {
          this.#create({ ...this.#empty(), name: t("new_plan") });
        }}
      >
        ${t("add_plan")}
      </button>
      <button
        @click=${() => {
          this.commit([{ plan: plan.id, kind: "plan", id: plan.id, value: null }]);
          this.selection = null;
          const next = plans.find(({ id }) => id !== plan.id);
          if (next) this.stage.choose(next.id);
        }}
      >
        ${t("remove_plan")}
      </button>
      <button @click=${() => this.#export()}>${t("export")}</button>
      ${this.#import()}
    </div>`;
  }

  #setHead(values: Partial<StoredHead>): void {
    const { plan } = this.stage;
    const stored = this.session!.document.plans[plan.id];
    if (!stored) return;
    const { park, name, floor, order, height, picture } = stored;
    const value = { park, name, floor, order, height, picture, ...values };
    this.commit([{ plan: plan.id, kind: "plan", id: plan.id, value }]);
  }

  // Files

  #picture(key: TextKey): TemplateResult {
    return this.#file(key, PICTURES, async (file) => {
      const { plans, plan, scene } = this.stage;
      const uploaded = await uploadPicture(scene.hass, file);
      const picture = { ...uploaded, invert: plan.picture?.invert ?? false };
      const height = Math.round((PLAN_WIDTH * uploaded.height) / uploaded.width);
      if (plans.length) this.#setHead({ picture, height });
      else this.#create({ ...this.#empty(), picture, height });
    });
  }

  #import(): TemplateResult {
    return this.#file("import", ".json,application/json", async (file) => {
      const { hass, park, t } = this.stage.scene;
      const path = `/api/energy_park/plan/park/${park.id}`;
      const { plans, unknown } = await send<{ plans: number; unknown: number }>(
        hass,
        path,
        file,
      );
      this.stage.toast(t("imported", { plans, unknown }));
    });
  }

  async #export(): Promise<void> {
    const { hass, park } = this.stage.scene;
    const response = await hass.fetchWithAuth(`/api/energy_park/plan/park/${park.id}`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = `${park.name}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  #file(
    key: TextKey,
    accept: string,
    take: (file: File) => Promise<void>,
  ): TemplateResult {
    const chosen = async (event: Event): Promise<void> => {
      const input = event.target as HTMLInputElement;
      const file = input.files?.[0];
      input.value = "";
      if (!file) return;
      try {
        await take(file);
      } catch (error) {
        const code = error instanceof UploadError ? error.message : "";
        const known = FILE_TROUBLE.find((trouble) => trouble === code);
        this.stage.toast(this.stage.scene.t(known ?? "not_sent"));
      }
    };
    return html`<label class="file"
      >${this.stage.scene.t(key)}<input type="file" accept=${accept} @change=${chosen}
    /></label>`;
  }

  #tool(
    path: string,
    key: TextKey,
    action: () => unknown,
    { pressed, disabled = false }: { pressed?: boolean; disabled?: boolean } = {},
  ): TemplateResult {
    const label = this.stage.scene.t(key);
    return html`<button
      class="tool"
      aria-label=${label}
      title=${label}
      aria-pressed=${pressed === undefined ? nothing : String(pressed)}
      ?disabled=${disabled}
      @click=${action}
    >
      ${icon(path)}
    </button>`;
  }
}

function newId(): string {
  // A page without TLS, as in most houses, has no randomUUID.
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

function styles(): ReturnType<typeof css> {
  return css`
    :host {
      height: auto;
      max-height: 45%;
      overflow: auto;
      padding: 4px 12px 12px;
      border-top: 1px solid var(--line);
      font-size: 14px;
    }
    .row {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
      padding: 4px 0;
    }
    .hint {
      margin: 4px 0;
      color: var(--muted);
      font-size: 13px;
    }
    .chips {
      max-height: 96px;
      overflow: auto;
    }
    [aria-pressed="true"]:not(.tool) {
      border: 2px solid var(--accent);
    }
    button[disabled] {
      opacity: 0.4;
      cursor: default;
    }
    input:not([type]),
    select {
      font: inherit;
      color: inherit;
      background: var(--paper);
      border: 1px solid var(--line);
      border-radius: var(--ha-border-radius-md, 8px);
      min-height: 36px;
      padding: 0 8px;
      box-sizing: border-box;
    }
    label {
      display: inline-flex;
      align-items: center;
      gap: 4px;
    }
    .file {
      border: 1px solid var(--line);
      border-radius: var(--ha-border-radius-md, 8px);
      min-height: 36px;
      box-sizing: border-box;
      padding: 4px 12px;
      cursor: pointer;
      position: relative;
    }
    .file:focus-within {
      outline: 2px solid var(--accent);
      outline-offset: 2px;
    }
    .file input {
      position: absolute;
      inset: 0;
      opacity: 0;
      cursor: pointer;
      width: 100%;
    }
  `;
}

if (!customElements.get("energy-park-plan-editor")) {
  customElements.define("energy-park-plan-editor", PlanEditor);
}
