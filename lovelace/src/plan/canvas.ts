/** The plan on the screen: its drawing, where one looks, and the fingers on it. */

import { Camera } from "./camera.js";
import { Gestures, type GestureTarget } from "./gestures.js";
import { boxOf, contains, type Plan, type Zone } from "./model.js";
import type { ModuleNode } from "./module.js";
import { PlanView } from "./view.js";

/** How much nearer a tap on a dot brings its surroundings. */
const NEARER = 2.5;
/** Room around a part that is brought into view. */
const MARGIN_PX = 8;

export interface CanvasOwner {
  /** There is another amount of room. */
  resized(): void;
  /** A module, or else a zone, was tapped. */
  tapped(module: ModuleNode | undefined, zone: Zone | undefined): void;
  held(module: ModuleNode | undefined, zone: Zone | undefined): void;
}

export class Canvas implements GestureTarget {
  readonly view = new PlanView();
  readonly camera = new Camera();
  viewport: HTMLElement | undefined;
  #plan: Plan | undefined;
  /** The scale of the drawing while a gesture only moves it. */
  #drawnScale: number | undefined;
  readonly #resize: ResizeObserver;

  constructor(readonly owner: CanvasOwner) {
    this.#resize = new ResizeObserver(() => {
      owner.resized();
      this.fit();
    });
  }

  /** Puts the drawing on the page; undefined when the page has no place for it. */
  attach(viewport: HTMLElement | undefined): void {
    if (viewport === this.viewport) return;
    this.#resize.disconnect();
    this.viewport = viewport;
    if (!viewport) return;
    viewport.append(this.view.world);
    new Gestures(viewport, this);
    this.#resize.observe(viewport);
  }

  /** Takes another plan, and the room for it: to measure once it is drawn is slow. */
  take(plan: Plan): void {
    const another = this.#plan?.id !== plan.id;
    this.#plan = plan;
    this.viewport!.style.setProperty("--aspect", String(plan.width / plan.height));
    this.camera.plan = plan;
    if (another) this.camera.reset();
    this.#measure();
  }

  /** Takes the room that there is. */
  fit(): void {
    if (!this.viewport?.clientWidth) return;
    this.#measure();
    this.show();
  }

  /** Shows the plan that was taken and drawn, in the room measured last. */
  show(): void {
    this.camera.clamp();
    this.#place();
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.viewport!;
    this.camera.screen = { width, height };
  }

  zoomBy(factor: number): void {
    const { width, height } = this.camera.screen;
    this.camera.move(0, 0, factor, width / 2, height / 2);
    this.#place();
  }

  showAll(): void {
    this.camera.reset();
    this.#place();
  }

  /** Goes near to a zone; all the way back when it is already there. */
  approach(zone: Zone): void {
    const before = this.camera.zoom;
    this.camera.show(boxOf(zone.points));
    if (Math.abs(this.camera.zoom - before) < 0.01) this.camera.reset();
    this.#place();
  }

  /** Moves the camera until a part of the drawing is seen. */
  reveal(part: Element): void {
    if (!this.viewport) return;
    const room = this.viewport.getBoundingClientRect();
    const box = part.getBoundingClientRect();
    const dx = inward(box.left, box.right, room.left, room.right);
    const dy = inward(box.top, box.bottom, room.top, room.bottom);
    this.camera.move(dx, dy, 1, 0, 0);
    this.#place();
  }

  /** Draws at the camera's scale. */
  #place(): void {
    this.view.place(this.camera.scale);
    this.#pan(1);
    // No class: those are the template's.
    this.viewport?.toggleAttribute("zoomed", this.camera.zoomed);
  }

  #pan(factor: number): void {
    const { x, y } = this.camera;
    this.view.world.style.transform = `translate(${x}px,${y}px) scale(${factor})`;
  }

  /** The module under, or nearest to, a point of the viewport. */
  #moduleAt(x: number, y: number): ModuleNode | undefined {
    return this.view.nearest(x - this.camera.x, y - this.camera.y);
  }

  #zoneAt(x: number, y: number): Zone | undefined {
    const { scale } = this.camera;
    const [px, py] = [(x - this.camera.x) / scale, (y - this.camera.y) / scale];
    return this.#plan?.zones.find((zone) => contains(zone.points, px, py));
  }

  // What the gestures ask

  get zoomed(): boolean {
    return this.camera.zoomed;
  }

  tap(x: number, y: number): void {
    const { module, zone } = this.#at(x, y);
    if (!module && !zone && this.view.dots && this.#moduleAt(x, y)) {
      this.camera.move(0, 0, NEARER, x, y);
      this.#place();
    } else this.owner.tapped(module, zone);
  }

  hold(x: number, y: number): void {
    const { module, zone } = this.#at(x, y);
    this.owner.held(module, zone);
  }

  /** What is aimed at; a dot is too small for that. */
  #at(x: number, y: number): { module?: ModuleNode; zone?: Zone } {
    const module = this.view.dots ? undefined : this.#moduleAt(x, y);
    if (module) return { module };
    const zone = this.#zoneAt(x, y);
    return zone ? { zone } : {};
  }

  move(dx: number, dy: number, factor: number, x: number, y: number): void {
    this.#drawnScale ??= this.camera.scale;
    this.camera.move(dx, dy, factor, x, y);
    // The whole drawing is moved: nothing is laid out during a gesture.
    this.#pan(this.camera.scale / this.#drawnScale);
  }

  settle(): void {
    this.#drawnScale = undefined;
    this.#place();
  }
}

/** By how much a stretch is off the room for it. */
function inward(from: number, to: number, start: number, end: number): number {
  return Math.max(start + MARGIN_PX - from, Math.min(0, end - MARGIN_PX - to));
}
