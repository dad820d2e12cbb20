/** The editor of a plan: what stands below the plan while it is edited. */

import { mdiMagnet, mdiRedo, mdiUndo } from "@mdi/js";
import { html, LitElement, type TemplateResult } from "lit";

import type { Socket } from "../../shared/park.js";
import { cardStyles } from "../../shared/styles.js";
import type { Change } from "../document.js";
import { kept } from "./bounds.js";
import { tool, type Desk } from "./desk.js";
import { Drag, type DragOwner } from "./drag.js";
import { onKey } from "./keys.js";
import { placeAll, unplaced } from "./place.js";
import { planRow, startRows } from "./plans.js";
import { selectedTools } from "./selected.js";
import { Session } from "./session.js";
import type { Selection, Stage } from "./stage.js";
import { styles } from "./styles.js";
import { zoneRows } from "./zones.js";

export class PlanEditor extends LitElement implements DragOwner, Desk {
  static override properties = {
    selection: { state: true },
    snapping: { state: true },
    armed: { state: true },
  };
  static override styles = [cardStyles, styles];

  declare selection: Selection;
  declare snapping: boolean;
  declare armed: string | null;
  /** The plan that is edited, whatever others are added meanwhile. */
  chosen: string;
  readonly session: Session;
  #drag: Drag | undefined;

  constructor(readonly stage: Stage) {
    super();
    this.chosen = stage.plan.id;
    this.selection = null;
    this.snapping = true;
    this.armed = null;
    this.session = new Session(
      stage.feed,
      (message) => stage.scene.hass.callWS(message),
      () => {
        this.requestUpdate();
        stage.refresh();
      },
      (reason) => {
        stage.toast(stage.scene.t(reason));
        // What was moved goes back to where it is.
        stage.redraw();
      },
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#drag = new Drag(this.stage, this);
    for (const part of [this, this.stage.viewport]) {
      part.addEventListener("keydown", this.#key);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const part of [this, this.stage.viewport]) {
      part.removeEventListener("keydown", this.#key);
    }
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

  #key = (event: KeyboardEvent): void => {
    onKey(this, event);
  };

  // What its parts ask

  readonly commit = (changes: readonly Change[]): void => {
    void this.session.commit(changes);
  };

  readonly select = (selection: Selection): void => {
    this.selection = selection;
    this.#drag?.draw();
  };

  nudge(dx: number, dy: number): void {
    this.#drag!.nudge(dx, dy);
  }

  placeArmed(x: number, y: number): void {
    if (this.armed === null) return;
    const { plan } = this.stage;
    const place = kept(plan, Math.round(x), Math.round(y));
    const value = { ...place, rotation: 0, size: 100 };
    const id = this.armed;
    this.armed = null;
    this.selection = { kind: "module", id };
    this.commit([{ plan: plan.id, kind: "module", id, value }]);
  }

  protected override render(): TemplateResult {
    const { scene, plans } = this.stage;
    const { t } = scene;
    if (!plans.length) return startRows(this);
    const { session } = this;
    return html`
      <div class="row" role="toolbar" aria-label=${t("edit")}>
        ${tool(this, mdiUndo, "undo", () => session.undo(), {
          disabled: !session.canUndo,
        })}
        ${tool(this, mdiRedo, "redo", () => session.redo(), {
          disabled: !session.canRedo,
        })}
        ${tool(
          this,
          mdiMagnet,
          "snap",
          () => {
            this.snapping = !this.snapping;
          },
          { pressed: this.snapping },
        )}
        ${selectedTools(this)}
      </div>
      ${this.#waiting(unplaced(scene.park, plans))} ${zoneRows(this)} ${planRow(this)}
    `;
  }

  /** What is not placed yet: all at once, or one by one. */
  #waiting(sockets: readonly Socket[]): TemplateResult {
    const { t } = this.stage.scene;
    if (!sockets.length) return html`<p class="hint">${t("all_placed")}</p>`;
    return html`<div class="row">
        <button
          class="main"
          @click=${() => {
            this.commit(placeAll(this.stage.plan, sockets));
          }}
        >
          ${t("place_all", { count: sockets.length })}
        </button>
        <span class="hint">${t("place_hint")}</span>
      </div>
      <div class="row chips" role="group" aria-label=${t("unplaced")}>
        ${sockets.map(
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
      </div>`;
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
}

if (!customElements.get("energy-park-plan-editor")) {
  customElements.define("energy-park-plan-editor", PlanEditor);
}
