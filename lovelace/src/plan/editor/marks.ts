/** What shows above a plan while it is edited: what is chosen, and guides. */

import { make } from "../drawing.js";
import type { Plan } from "../model.js";
import type { ModuleNode } from "../module.js";
import type { ZoneNode } from "../zone.js";
import type { Guides } from "./grips.js";
import { middle } from "./shape.js";

export function moduleMarks(
  module: ModuleNode | undefined,
  held: boolean,
): SVGElement[] {
  return module
    ? [circle(held ? "held" : "chosen", module.x, module.y, CHOSEN_PX)]
    : [];
}

/** The corners of a zone, and the middles of its sides: there others can be made. */
export function zoneMarks(
  node: ZoneNode | undefined,
  chosenCorner: number | undefined,
  scale: number,
): SVGElement[] {
  const points = node?.zone.points ?? [];
  return points.flatMap((point, index) => {
    const side = middle(point, points[(index + 1) % points.length]!);
    return [
      circle("side", side[0] * scale, side[1] * scale, SIDE_PX),
      circle(
        index === chosenCorner ? "corner marked" : "corner",
        point[0] * scale,
        point[1] * scale,
        CORNER_PX,
      ),
    ];
  });
}

/** The lines that what is moved has snapped to. */
export function guideMarks({ x, y }: Guides, plan: Plan, scale: number): SVGElement[] {
  const [width, height] = [plan.width * scale, plan.height * scale];
  return [
    ...(x === undefined ? [] : [line(x * scale, 0, x * scale, height)]),
    ...(y === undefined ? [] : [line(0, y * scale, width, y * scale)]),
  ];
}

const CHOSEN_PX = 26;
const CORNER_PX = 8;
const SIDE_PX = 5;

function circle(name: string, cx: number, cy: number, r: number): SVGElement {
  return make("circle", { class: name, cx: `${cx}`, cy: `${cy}`, r: `${r}` });
}

function line(x1: number, y1: number, x2: number, y2: number): SVGElement {
  const ends = { x1: `${x1}`, y1: `${y1}`, x2: `${x2}`, y2: `${y2}` };
  return make("line", { class: "guide", ...ends });
}
