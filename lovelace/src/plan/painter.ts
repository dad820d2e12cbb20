/** Keeps the drawing of a plan, and the texts around it, as the park is now. */

import type { Scene } from "../shared/card.js";
import { showToast } from "../shared/ha.js";
import type { HassState } from "../shared/hass.js";
import { HEAT_MAX_W } from "../shared/heat.js";
import { pause } from "../shared/pause.js";
import { numberOf, stateOf } from "../shared/park.js";
import { about } from "./about.js";
import type { Size } from "./camera.js";
import type { Canvas } from "./canvas.js";
import type { PlanCard } from "./card.js";
import type { PlanChoice } from "./choice.js";
import type { Ink } from "./drawing.js";
import type { Plan } from "./model.js";
import { pictureUrl } from "./pictures.js";
import { WasteWatch, type Wastes } from "./waste.js";

/** Black lines on white as light lines on dark, colours kept. */
const DARK = "invert(0.9) hue-rotate(180deg)";
/** Height over width of a plan that nobody has drawn, where a card may choose. */
const ASPECT = 0.6;
const ASPECT_PHONE = 1.25;
const PHONE_PX = 520;
/** When a picture that could not be had is asked for again. */
const PICTURE_AGAIN_MS = 60_000;

export class Painter {
  plan: Plan | undefined;
  readonly #wastes = new WasteWatch();
  /** The park, the plan and the setting that were drawn. */
  #drawn: readonly unknown[] = [];
  #inked: readonly unknown[] = [];
  /** The picture that could not be had. */
  #missing: string | undefined;
  /** Device of the socket that the line below the plan tells about. */
  #looked: string | undefined;

  constructor(
    readonly card: PlanCard,
    readonly canvas: Canvas,
    readonly choice: PlanChoice,
  ) {}

  /** Draws the plan when it, the park, the language or the settings are others. */
  draw(): void {
    const { scene, editor, named, config } = this.card;
    const { viewport } = this.canvas;
    // Before `ha-card` has rendered itself there is no room yet; its size is observed.
    if (!scene || !viewport?.clientWidth) return;
    const { darkMode } = scene.hass.themes;
    viewport.style.setProperty("--plan-invert", darkMode ? DARK : "none");
    if (editor?.busy) return;
    const plan = this.choice.plan(scene, this.#room(viewport), named);
    if (!plan) return;
    const drawn = [scene.park, plan, config?.read_only];
    if (drawn.some((part, index) => part !== this.#drawn[index])) {
      this.#drawn = drawn;
      this.#build(plan, scene);
    }
    this.#patch(scene);
  }

  /** Draws all anew. */
  redraw(): void {
    this.#drawn = [];
    this.draw();
  }

  /** Shows the states as they are now. */
  paint(scene: Scene): void {
    this.#patch(scene);
    this.showTexts(scene);
  }

  /** Not in the card's template: they change without one being rendered. */
  showTexts(scene: Scene): void {
    const { hass, park, t, f } = scene;
    const { wasting } = this.card;
    const watts = numberOf(
      stateOf(hass.states, park, wasting ? "waste_power" : "power"),
    );
    const power = watts === null ? t("unknown") : f.power(watts);
    this.#write(".total", wasting ? t("wasted", { power }) : power);
    const socket = park.sockets.find(({ device }) => device === this.#looked);
    this.#write(".about", socket ? about(socket, scene) : "");
  }

  /** Tells more of a socket, by its device. */
  lookAt(device: string | undefined): void {
    this.#looked = device;
    if (this.card.scene) this.showTexts(this.card.scene);
  }

  ink(scene: Scene): Ink {
    const { hass, t, f } = scene;
    const say = (state: HassState): string => hass.formatEntityState(state);
    const wastes = this.card.wasting ? this.wastes(scene) : null;
    return { states: hass.states, t, f, heatMax: this.heatMax, wastes, say };
  }

  get heatMax(): number {
    return this.card.config?.heat_max ?? HEAT_MAX_W;
  }

  wastes({ park, hass }: Scene): Wastes {
    return this.#wastes.of(park, hass.states);
  }

  #write(selector: string, text: string): void {
    const node = this.card.renderRoot.querySelector(selector);
    if (node && node.textContent !== text) node.textContent = text;
  }

  /** Shows the states; all anew when the words, the plan or the view are others. */
  #patch(scene: Scene): void {
    const ink = this.ink(scene);
    const words = [ink.t, ink.f, ink.heatMax, ink.wastes, this.plan];
    const anew = words.some((value, index) => value !== this.#inked[index]);
    this.#inked = words;
    this.canvas.view.patch(ink, anew);
  }

  /** The room for the plan; its height is the plan's own where nothing bounds it. */
  #room({ clientWidth: width, clientHeight: height }: HTMLElement): Size {
    const { layout } = this.card;
    if (layout === "grid" || layout === "panel") return { width, height };
    return { width, height: width * (width < PHONE_PX ? ASPECT_PHONE : ASPECT) };
  }

  #build(plan: Plan, scene: Scene): void {
    const { card } = this;
    const { view } = this.canvas;
    const another = this.plan?.id !== plan.id;
    this.plan = plan;
    const focused = (card.renderRoot as ShadowRoot).activeElement as HTMLElement | null;
    this.canvas.take(plan);
    view.build(plan, scene.park, card.config?.read_only);
    const { device, power } = focused?.dataset ?? {};
    const again = view.stops.find(
      ({ dataset }) =>
        (device !== undefined && dataset["device"] === device) ||
        (power !== undefined && dataset["power"] === power),
    );
    again?.focus({ preventScroll: true });
    card.controls.focus.renew();
    this.canvas.show();
    card.editor?.drawn();
    // The tabs show which one it is.
    if (another && this.choice.storeys(scene).length > 1) card.requestUpdate();
    if (plan.picture) void this.#showPicture(plan.picture.digest, scene);
  }

  /** Shows a picture as soon as it can be had; that it cannot is told once. */
  async #showPicture(digest: string, { hass, t }: Scene): Promise<void> {
    const { plan } = this;
    while (this.plan === plan) {
      try {
        const url = await pictureUrl(hass, digest);
        if (this.plan === plan) this.canvas.view.showPicture(url);
        return;
      } catch {
        if (this.#missing !== digest) showToast(this.card, t("picture_missing"));
        this.#missing = digest;
      }
      await pause(PICTURE_AGAIN_MS);
      if (!this.card.isConnected) {
        // The next drawing asks for it.
        this.#drawn = [];
        return;
      }
    }
  }
}
