/** Moves parts of a plan by mouse, finger and keyboard. */

import { isPress } from "../../shared/keys.js";
import type { Change } from "../document.js";
import { contains, type Point } from "../model.js";
import type { ModuleNode } from "../module.js";
import { REACH_PX } from "../view.js";
import type { ZoneNode } from "../zone.js";
import { Grips, type Grip, type Guides } from "./grips.js";
import { guideMarks, moduleMarks, zoneMarks } from "./marks.js";
import { middle } from "./shape.js";
import { GRID } from "./snap.js";
import type { Selection, Stage } from "./stage.js";

const SLOP_PX = 5;
const FINE = 10;

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
  readonly #grips: Grips;
  #guides: Guides = {};
  /** A part that arrow keys move. */
  #held = false;

  constructor(
    readonly stage: Stage,
    readonly owner: DragOwner,
  ) {
    this.#grips = new Grips(stage);
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
    this.stage.redraw();
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
    const module = view.nearest(x, y);
    if (module) {
      this.owner.select({ kind: "module", id: module.socket.device });
      return this.#grips.module(module, this.owner.snapping);
    }
    const inside =
      chosen && contains(chosen.zone.points, x / camera.scale, y / camera.scale);
    return inside ? this.#grips.zone(chosen, this.owner.snapping) : undefined;
  }

  #cornerAt(node: ZoneNode, x: number, y: number): Grip | undefined {
    const { scale } = this.stage.camera;
    const near = ([px, py]: Point): boolean =>
      Math.hypot(px * scale - x, py * scale - y) < REACH_PX;
    const { points } = node.zone;
    const corner = points.findIndex(near);
    if (corner >= 0) return this.#grips.corner(node, corner, this.owner.snapping);
    const side = points.findIndex((point, index) =>
      near(middle(point, points[(index + 1) % points.length]!)),
    );
    if (side < 0) return undefined;
    const added = middle(points[side]!, points[(side + 1) % points.length]!);
    return this.#grips.corner(
      node,
      side + 1,
      this.owner.snapping,
      points.toSpliced(side + 1, 0, added),
    );
  }

  // What is chosen

  #chosenZone(): ZoneNode | undefined {
    const { selection } = this.owner;
    if (selection?.kind !== "zone") return undefined;
    return this.stage.view.zones.find(({ zone }) => zone.id === selection.id);
  }

  #chosenCorner(): number | undefined {
    const { selection } = this.owner;
    return selection?.kind === "zone" ? selection.corner : undefined;
  }

  #chosenModule(): ModuleNode | undefined {
    const { selection } = this.owner;
    return selection?.kind === "module"
      ? this.stage.view.module(selection.id)
      : undefined;
  }

  // Keys: Enter takes a part up and puts it down, arrows move what is held.

  #key = (event: KeyboardEvent): void => {
    const part = this.#partOf(event.target as HTMLElement);
    const arrow = ARROWS[event.key];
    if (part && isPress(event)) {
      if (event.repeat) return;
      const again = this.owner.selection?.id === part.id;
      this.#held = !(again && this.#held);
      this.owner.select(part);
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

  /** The module, or the zone of the switch, that has the focus. */
  #partOf({ dataset: { device, power } }: HTMLElement): Selection {
    if (device !== undefined) return { kind: "module", id: device };
    const { zones } = this.stage.view;
    const node = zones.find(({ zone }) => power !== undefined && zone.device === power);
    return node ? { kind: "zone", id: node.zone.id } : null;
  }

  /** Moves the chosen part by units; a zone whose corner is chosen, only by that. */
  nudge(dx: number, dy: number): void {
    const grip = this.#chosenGrip();
    if (!grip) return;
    grip.move(dx, dy);
    this.owner.commit(grip.changes());
  }

  #chosenGrip(): Grip | undefined {
    const module = this.#chosenModule();
    if (module) return this.#grips.module(module, false);
    const zone = this.#chosenZone();
    if (!zone) return undefined;
    const corner = this.#chosenCorner();
    return corner === undefined
      ? this.#grips.zone(zone, false)
      : this.#grips.corner(zone, corner, false);
  }

  /** Shows what is chosen, and what it is aligned with. */
  draw(): void {
    const { view, plan } = this.stage;
    view.overlay.replaceChildren(
      ...moduleMarks(this.#chosenModule(), this.#held),
      ...zoneMarks(this.#chosenZone(), this.#chosenCorner(), view.scale),
      ...guideMarks(this.#guides, plan, view.scale),
    );
  }
}

const ARROWS: Readonly<Record<string, readonly [number, number] | undefined>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function onButton(event: Event): boolean {
  return event
    .composedPath()
    .some((node) => node instanceof HTMLElement && node.tagName === "BUTTON");
}
