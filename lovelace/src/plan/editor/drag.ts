/** Moves parts of a plan by mouse, finger and keyboard. */

import type { Change } from "../document.js";
import { contains, type Point } from "../model.js";
import type { ModuleNode, ZoneNode } from "../view.js";
import { GRID, snap } from "./snap.js";
import type { Selection, Stage } from "./stage.js";

const SVG = "http://www.w3.org/2000/svg";
const SLOP_PX = 5;
const REACH_PX = 24;
/** How near a part comes to a line before it jumps onto it. */
const SNAP_PX = 7;
const FINE = 10;

interface Grip {
  /** Moves the part by units; returns the lines it is on. */
  move(dx: number, dy: number): { x?: number; y?: number };
  changes(): Change[];
}

export interface DragOwner {
  selection: Selection;
  snapping: boolean;
  /** A socket that waits for a place. */
  armed: string | null;
  commit(changes: readonly Change[]): void;
  select(selection: Selection): void;
  placeArmed(x: number, y: number): void;
}

export class Drag {
  #grip: { grip: Grip; id: number; x: number; y: number; moved: boolean } | undefined;
  #tap: { x: number; y: number } | undefined;
  #guides: { x?: number; y?: number } = {};
  /** A part that arrow keys move. */
  #held = false;

  constructor(
    readonly stage: Stage,
    readonly owner: DragOwner,
  ) {
    const { viewport } = stage;
    viewport.addEventListener("pointerdown", this.#down, true);
    viewport.addEventListener("pointermove", this.#move, true);
    viewport.addEventListener("pointerup", this.#up, true);
    viewport.addEventListener("pointercancel", this.#cancel, true);
    viewport.addEventListener("keydown", this.#key, true);
    stage.view.placed = () => {
      this.draw();
    };
  }

  close(): void {
    const { viewport, view } = this.stage;
    viewport.removeEventListener("pointerdown", this.#down, true);
    viewport.removeEventListener("pointermove", this.#move, true);
    viewport.removeEventListener("pointerup", this.#up, true);
    viewport.removeEventListener("pointercancel", this.#cancel, true);
    viewport.removeEventListener("keydown", this.#key, true);
    view.placed = undefined;
    view.overlay.replaceChildren();
  }

  /** While something is held, the plan is not drawn anew. */
  get busy(): boolean {
    return this.#grip !== undefined;
  }

  // Pointers

  #at(event: PointerEvent): Point {
    const { viewport, camera } = this.stage;
    const box = viewport.getBoundingClientRect();
    return [event.clientX - box.left - camera.x, event.clientY - box.top - camera.y];
  }

  #down = (event: PointerEvent): void => {
    if (event.button > 0 || !event.isPrimary || onButton(event)) return;
    const [x, y] = this.#at(event);
    const grip = this.owner.armed === null ? this.#grab(x, y) : undefined;
    if (!grip) {
      this.#tap = { x: event.clientX, y: event.clientY };
      return;
    }
    event.stopImmediatePropagation();
    event.preventDefault();
    this.stage.viewport.setPointerCapture(event.pointerId);
    this.#grip = {
      grip,
      id: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      moved: false,
    };
  };

  #move = (event: PointerEvent): void => {
    const held = this.#grip;
    if (held?.id !== event.pointerId) return;
    event.stopImmediatePropagation();
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(dx, dy) < SLOP_PX) return;
    held.moved = true;
    const { scale } = this.stage.camera;
    this.#guides = held.grip.move(dx / scale, dy / scale);
    this.draw();
  };

  #up = (event: PointerEvent): void => {
    const held = this.#grip;
    if (held?.id === event.pointerId) {
      event.stopImmediatePropagation();
      this.#grip = undefined;
      this.#guides = {};
      if (held.moved) this.owner.commit(held.grip.changes());
      this.draw();
      return;
    }
    const tap = this.#tap;
    this.#tap = undefined;
    if (!tap || Math.hypot(event.clientX - tap.x, event.clientY - tap.y) > SLOP_PX)
      return;
    const [x, y] = this.#at(event);
    const { scale } = this.stage.camera;
    if (this.owner.armed !== null) this.owner.placeArmed(x / scale, y / scale);
    else this.owner.select(this.#zoneAt(x / scale, y / scale));
  };

  #cancel = (): void => {
    this.#tap = undefined;
    if (!this.#grip) return;
    this.#grip = undefined;
    this.#guides = {};
    this.stage.refresh();
  };

  #zoneAt(x: number, y: number): Selection {
    const zone = this.stage.view.zones.findLast(({ zone }) =>
      contains(zone.points, x, y),
    );
    return zone ? { kind: "zone", id: zone.zone.id } : null;
  }

  /** What lies under a finger: a corner of the chosen zone, a module, that zone. */
  #grab(x: number, y: number): Grip | undefined {
    const { view, camera } = this.stage;
    const chosen = this.#chosenZone();
    if (chosen) {
      const corner = this.#cornerAt(chosen, x, y);
      if (corner) return corner;
    }
    const module = view.nearest(x, y, REACH_PX);
    if (module) {
      this.owner.select({ kind: "module", id: module.socket.device });
      return this.#moduleGrip(module);
    }
    const inside =
      chosen && contains(chosen.zone.points, x / camera.scale, y / camera.scale);
    return inside ? this.#zoneGrip(chosen) : undefined;
  }

  #cornerAt(node: ZoneNode, x: number, y: number): Grip | undefined {
    const { scale } = this.stage.camera;
    const near = ([px, py]: Point): boolean =>
      Math.hypot(px * scale - x, py * scale - y) < REACH_PX;
    const { points } = node.zone;
    const corner = points.findIndex(near);
    if (corner >= 0) return this.#cornerGrip(node, corner);
    const side = points.findIndex((point, index) =>
      near(middle(point, points[(index + 1) % points.length]!)),
    );
    if (side < 0) return undefined;
    const added = middle(points[side]!, points[(side + 1) % points.length]!);
    return this.#cornerGrip(node, side + 1, points.toSpliced(side + 1, 0, added));
  }

  // Grips

  #snap(
    x: number,
    y: number,
    others: readonly Point[],
  ): { x: number; y: number; guides: { x?: number; y?: number } } {
    const reach = this.owner.snapping ? SNAP_PX / this.stage.camera.scale : 0;
    return snap(x, y, others, reach);
  }

  #moduleGrip(node: ModuleNode): Grip {
    const start = node.module;
    const others = this.stage.view.modules
      .filter((other) => other !== node)
      .map(({ module }): Point => [module.x, module.y]);
    return {
      move: (dx, dy) => {
        const { x, y, guides } = this.#snap(start.x + dx, start.y + dy, others);
        node.module = { ...start, x, y };
        this.stage.view.replace(node);
        return guides;
      },
      changes: () => [this.#moduleChange(node)],
    };
  }

  #cornerGrip(node: ZoneNode, corner: number, points = node.zone.points): Grip {
    const [startX, startY] = points[corner]!;
    const others = [...points.toSpliced(corner, 1), ...this.#corners(node)];
    return {
      move: (dx, dy) => {
        const { x, y, guides } = this.#snap(startX + dx, startY + dy, others);
        node.zone = { ...node.zone, points: points.with(corner, [x, y]) };
        this.stage.view.replace(node);
        return guides;
      },
      changes: () => [this.#zoneChange(node)],
    };
  }

  /** A zone takes the modules along that stand in it. */
  #zoneGrip(node: ZoneNode): Grip {
    const { points } = node.zone;
    const [startX, startY] = points[0]!;
    const others = this.#corners(node);
    const passengers = this.stage.view.modules
      .filter(({ module }) => contains(points, module.x, module.y))
      .map((passenger) => ({ passenger, start: passenger.module }));
    return {
      move: (dx, dy) => {
        const { x, y, guides } = this.#snap(startX + dx, startY + dy, others);
        const [byX, byY] = [x - startX, y - startY];
        node.zone = {
          ...node.zone,
          points: points.map(([px, py]) => [px + byX, py + byY]),
        };
        this.stage.view.replace(node);
        for (const { passenger, start } of passengers) {
          passenger.module = { ...start, x: start.x + byX, y: start.y + byY };
          this.stage.view.replace(passenger);
        }
        return guides;
      },
      changes: () => [
        this.#zoneChange(node),
        ...passengers.map(({ passenger }) => this.#moduleChange(passenger)),
      ],
    };
  }

  #corners(except: ZoneNode): Point[] {
    return this.stage.view.zones
      .filter((other) => other !== except)
      .flatMap(({ zone }) => zone.points);
  }

  #moduleChange({ module }: ModuleNode): Change {
    const { device, ...value } = module;
    return { plan: this.stage.plan.id, kind: "module", id: device, value };
  }

  #zoneChange({ zone }: ZoneNode): Change {
    const { id, ...value } = zone;
    return { plan: this.stage.plan.id, kind: "zone", id, value };
  }

  #chosenZone(): ZoneNode | undefined {
    const { selection } = this.owner;
    if (selection?.kind !== "zone") return undefined;
    return this.stage.view.zones.find(({ zone }) => zone.id === selection.id);
  }

  #chosenModule(): ModuleNode | undefined {
    const { selection } = this.owner;
    return selection?.kind === "module"
      ? this.stage.view.module(selection.id)
      : undefined;
  }

  // Keys: Enter takes a part up and puts it down, arrows move what is held.

  #key = (event: KeyboardEvent): void => {
    const device = (event.target as HTMLElement).dataset["device"];
    const arrow = ARROWS[event.key];
    if (device !== undefined && (event.key === "Enter" || event.key === " ")) {
      this.owner.select({ kind: "module", id: device });
      this.#held = !this.#held;
    } else if (this.#held && arrow) {
      const step = event.shiftKey ? FINE : GRID;
      this.nudge(arrow[0] * step, arrow[1] * step);
    } else if (event.key === "Escape" && this.owner.selection) {
      this.#held = false;
      this.owner.select(null);
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.draw();
  };

  /** Moves the chosen part by units. */
  nudge(dx: number, dy: number): void {
    const node = this.#chosenModule() ?? this.#chosenZone();
    if (!node) return;
    const { snapping } = this.owner;
    this.owner.snapping = false;
    const grip = "module" in node ? this.#moduleGrip(node) : this.#zoneGrip(node);
    grip.move(dx, dy);
    this.owner.snapping = snapping;
    this.owner.commit(grip.changes());
  }

  // What shows above the plan while it is edited

  draw(): void {
    const { view } = this.stage;
    const { scale } = view;
    const marks: SVGElement[] = [];
    const module = this.#chosenModule();
    if (module) {
      const { x, y } = module;
      marks.push(
        make("circle", { class: this.#held ? "held" : "chosen", cx: x, cy: y, r: 26 }),
      );
    }
    const zone = this.#chosenZone();
    if (zone) {
      const { points } = zone.zone;
      points.forEach((point, index) => {
        const [x, y] = point;
        const [mx, my] = middle(point, points[(index + 1) % points.length]!);
        marks.push(
          make("circle", { class: "side", cx: mx * scale, cy: my * scale, r: 5 }),
          make("circle", { class: "corner", cx: x * scale, cy: y * scale, r: 8 }),
        );
      });
    }
    const { width, height } = this.stage.plan;
    const { x, y } = this.#guides;
    if (x !== undefined) marks.push(line(x * scale, 0, x * scale, height * scale));
    if (y !== undefined) marks.push(line(0, y * scale, width * scale, y * scale));
    view.overlay.replaceChildren(...marks);
  }
}

const ARROWS: Readonly<Record<string, readonly [number, number] | undefined>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function middle([ax, ay]: Point, [bx, by]: Point): Point {
  return [Math.round((ax + bx) / 2), Math.round((ay + by) / 2)];
}

function line(x1: number, y1: number, x2: number, y2: number): SVGElement {
  return make("line", { class: "guide", x1, y1, x2, y2 });
}

function make(name: string, attributes: Record<string, string | number>): SVGElement {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, String(value));
  }
  return node;
}

function onButton(event: Event): boolean {
  return event
    .composedPath()
    .some((node) => node instanceof HTMLElement && node.tagName === "BUTTON");
}
