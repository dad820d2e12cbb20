/**
 * The drawing of a plan: built once, then only what changed is touched.
 *
 * No template is rendered here: with hundreds of modules and a state each second,
 * that is what keeps a tablet cool. Places are kept in pixels of the current zoom,
 * so that signs and texts keep their size on the screen.
 */

import type { Park } from "../shared/park.js";
import { make, px, type Ink } from "./drawing.js";
import { spacing, type Plan } from "./model.js";
import { ModuleNode } from "./module.js";
import { Watch } from "./watch.js";
import { ZoneNode } from "./zone.js";

// Pixels between modules from which on they show an icon, watts, their name.
const ICON_FROM_PX = 18;
const WATTS_FROM_PX = 44;
const NAME_FROM_PX = 62;
/** How far beside a part a finger may come down. */
export const REACH_PX = 24;

export class PlanView {
  readonly world = document.createElement("div");
  modules: readonly ModuleNode[] = [];
  zones: readonly ZoneNode[] = [];
  /** Above all else; for who edits. */
  readonly overlay = make("g", { class: "overlay" });
  /** Called after each drawing at another scale. */
  placed: (() => void) | undefined;
  readonly #svg = make("svg", { class: "drawing", role: "presentation" });
  readonly #picture = make("image", { class: "picture" });
  readonly #labels = document.createElement("div");
  #watch = new Watch<ModuleNode | ZoneNode>([]);
  #level = 0;
  #plan: Plan | undefined;
  #spacing = 1;
  #scale = 0;

  constructor() {
    this.world.className = "world";
    this.#labels.className = "labels";
    this.world.append(this.#svg, this.#labels);
  }

  /** Draws a plan anew. */
  build(plan: Plan, park: Park, readOnly = false): void {
    this.#plan = plan;
    this.#spacing = spacing(plan.modules);
    this.#scale = 0;
    const sectors = new Map(park.sectors.map((sector) => [sector.device, sector]));
    const sockets = new Map(park.sockets.map((socket) => [socket.device, socket]));
    // What is no longer part of the park leaves no ghost.
    this.zones = plan.zones
      .filter((zone) => zone.device === null || sectors.has(zone.device))
      .map((zone) => new ZoneNode(zone, sectors.get(zone.device ?? ""), readOnly));
    this.modules = plan.modules.flatMap((module) => {
      const socket = sockets.get(module.device);
      return socket ? [new ModuleNode(module, socket)] : [];
    });
    this.#watch = new Watch([...this.modules, ...this.zones]);
    const hatch = make("pattern", {
      id: "hatch",
      width: "6",
      height: "6",
      patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)",
    });
    hatch.append(make("rect", { class: "hatch", width: "3", height: "6" }));
    const outline = make("g", { class: "zones" });
    outline.append(...this.zones.map((zone) => zone.path));
    const signs = make("g", { class: "modules" });
    signs.append(...this.modules.map((module) => module.group));
    const definitions = make("defs", {});
    definitions.append(hatch);
    this.#picture.removeAttribute("href");
    this.#picture.classList.toggle("invert", plan.picture?.invert ?? false);
    this.#svg.replaceChildren(
      definitions,
      ...(plan.picture ? [this.#picture] : []),
      outline,
      signs,
      this.overlay,
    );
    this.#labels.replaceChildren(...this.zones.flatMap((zone) => zone.label ?? []));
  }

  /** Shows the picture under the plan. */
  showPicture(url: string): void {
    this.#picture.setAttribute("href", url);
  }

  /** Draws at a scale: pixels of a unit of the plan. */
  place(scale: number): void {
    if (!this.#plan || scale === this.#scale) return;
    this.#scale = scale;
    const room = this.#spacing * scale;
    const level = (this.#level =
      room < ICON_FROM_PX ? 0 : room < WATTS_FROM_PX ? 1 : room < NAME_FROM_PX ? 2 : 3);
    const width = px(this.#plan.width * scale);
    const height = px(this.#plan.height * scale);
    this.#svg.setAttribute("width", width);
    this.#svg.setAttribute("height", height);
    this.#picture.setAttribute("width", width);
    this.#picture.setAttribute("height", height);
    this.#svg.setAttribute("class", `drawing level-${level}`);
    for (const module of this.modules) module.place(scale, level, room);
    const taken = this.modules.map((module) => module.box);
    for (const zone of this.zones) zone.place(scale, taken);
    this.placed?.();
  }

  /** Draws a part anew that was moved, turned or sized. */
  replace(node: ModuleNode | ZoneNode): void {
    if (node instanceof ZoneNode) {
      node.place(
        this.#scale,
        this.modules.map((module) => module.box),
      );
    } else node.place(this.#scale, this.#level, this.#spacing * this.#scale);
  }

  /** Whether modules are no more than dots. */
  get dots(): boolean {
    return this.#level === 0;
  }

  get scale(): number {
    return this.#scale;
  }

  /** Shows the states that changed; all of them, anew, when told so. */
  patch(ink: Ink, anew = false): void {
    const changed = this.#watch.changed(ink.states);
    for (const node of anew ? this.#watch.parts : changed) node.patch(ink, anew);
  }

  module(device: string): ModuleNode | undefined {
    return this.modules.find((module) => module.socket.device === device);
  }

  /** The module nearest to a place of the drawing: under a finger, or in its reach. */
  nearest(x: number, y: number): ModuleNode | undefined {
    let best: ModuleNode | undefined;
    let bestDistance = Infinity;
    for (const module of this.modules) {
      const distance = Math.hypot(module.x - x, module.y - y);
      const reach = Math.max(REACH_PX, module.radius);
      if (distance < reach && distance < bestDistance) {
        [best, bestDistance] = [module, distance];
      }
    }
    return best;
  }

  /** What can take the focus, in reading order: a zone's switch, then its modules. */
  get stops(): readonly (HTMLElement | SVGElement)[] {
    const stops: (HTMLElement | SVGElement)[] = [];
    const left = new Set(this.modules);
    for (const zone of this.zones) {
      stops.push(...zone.stops);
      for (const module of left) {
        if (zone.sector && module.socket.sector === zone.sector.device) {
          stops.push(module.group);
          left.delete(module);
        }
      }
    }
    return [...stops, ...[...left].map((module) => module.group)];
  }
}
