/** What is held while it is moved: a module, a corner of a zone, or a whole zone. */

import type { Change } from "../document.js";
import { contains, type Point } from "../model.js";
import type { ModuleNode } from "../module.js";
import type { ZoneNode } from "../zone.js";
import { kept, keptMove } from "./bounds.js";
import { snap } from "./snap.js";
import type { Stage } from "./stage.js";

/** How near a part comes to a line before it jumps onto it. */
const SNAP_PX = 7;

/** Lines that the part is on. */
export interface Guides {
  x?: number;
  y?: number;
}

export interface Grip {
  /** Moves the part by units from where it was taken up. */
  move(dx: number, dy: number): Guides;
  changes(): Change[];
}

export class Grips {
  constructor(readonly stage: Stage) {}

  module(node: ModuleNode, snapping: boolean): Grip {
    const start = node.module;
    const others = this.stage.view.modules
      .filter((other) => other !== node)
      .map(({ module }): Point => [module.x, module.y]);
    return {
      move: (dx, dy) => {
        const to = this.#snap([start.x + dx, start.y + dy], others, snapping);
        node.module = { ...start, ...kept(this.stage.plan, to.x, to.y) };
        this.stage.view.replace(node);
        return to.guides;
      },
      changes: () => [this.#moduleChange(node)],
    };
  }

  corner(
    node: ZoneNode,
    corner: number,
    snapping: boolean,
    points = node.zone.points,
  ): Grip {
    const [startX, startY] = points[corner]!;
    const others = [...points.toSpliced(corner, 1), ...this.#cornersBeside(node)];
    return {
      move: (dx, dy) => {
        const to = this.#snap([startX + dx, startY + dy], others, snapping);
        const { x, y } = kept(this.stage.plan, to.x, to.y);
        node.zone = { ...node.zone, points: points.with(corner, [x, y]) };
        this.stage.view.replace(node);
        return to.guides;
      },
      changes: () => [this.#zoneChange(node)],
    };
  }

  /** A zone takes the modules along that stand in it. */
  zone(node: ZoneNode, snapping: boolean): Grip {
    const { points } = node.zone;
    const [startX, startY] = points[0]!;
    const others = this.#cornersBeside(node);
    const passengers = this.stage.view.modules
      .filter(({ module }) => contains(points, module.x, module.y))
      .map((passenger) => ({ passenger, start: passenger.module }));
    return {
      move: (dx, dy) => {
        const to = this.#snap([startX + dx, startY + dy], others, snapping);
        const { plan } = this.stage;
        const [byX, byY] = keptMove(plan, points, to.x - startX, to.y - startY);
        node.zone = {
          ...node.zone,
          points: points.map(([x, y]) => [x + byX, y + byY]),
        };
        this.stage.view.replace(node);
        for (const { passenger, start } of passengers) {
          passenger.module = { ...start, x: start.x + byX, y: start.y + byY };
          this.stage.view.replace(passenger);
        }
        return to.guides;
      },
      changes: () => [
        this.#zoneChange(node),
        ...passengers.map(({ passenger }) => this.#moduleChange(passenger)),
      ],
    };
  }

  #snap(
    [x, y]: Point,
    others: readonly Point[],
    snapping: boolean,
  ): { x: number; y: number; guides: Guides } {
    return snap(x, y, others, snapping ? SNAP_PX / this.stage.camera.scale : 0);
  }

  #cornersBeside(node: ZoneNode): Point[] {
    return this.stage.view.zones
      .filter((other) => other !== node)
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
}
