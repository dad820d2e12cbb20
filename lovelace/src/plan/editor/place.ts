/** Places all that is not on a plan yet: rows in its sector's zone. */

import type { Park, Socket } from "../../shared/park.js";
import type { Change } from "../document.js";
import { isOn } from "./bounds.js";
import { boxOf, PLAN_WIDTH, type Box, type Plan } from "../model.js";

/** What of the park stands on none of its plans; beside one is on none. */
export function unplaced(park: Park, plans: readonly Plan[]): Socket[] {
  const placed = new Set(
    plans.flatMap((plan) =>
      plan.modules.filter(({ x, y }) => isOn(plan, x, y)).map(({ device }) => device),
    ),
  );
  return park.sockets.filter(({ device }) => !placed.has(device));
}

export function undrawn(park: Park, plans: readonly Plan[]): Park["sectors"] {
  const drawn = new Set(
    plans.flatMap(({ zones }) => zones.map(({ device }) => device)),
  );
  return park.sectors.filter(({ device }) => !drawn.has(device));
}

/** Returns the changes that place sockets on a plan; none moves that is there. */
export function placeAll(plan: Plan, sockets: readonly Socket[]): Change[] {
  const rest: Socket[] = [];
  const changes: Change[] = [];
  for (const zone of plan.zones) {
    const own = sockets.filter(
      ({ sector }) => sector !== null && sector === zone.device,
    );
    changes.push(...rows(plan.id, own, inner(boxOf(zone.points)), plan));
  }
  const done = new Set(changes.map(({ id }) => id));
  rest.push(...sockets.filter(({ device }) => !done.has(device)));
  const floor = {
    x: 0,
    y: plan.height * 0.75,
    width: PLAN_WIDTH,
    height: plan.height / 4,
  };
  changes.push(...rows(plan.id, rest, inner(floor), plan));
  return changes;
}

/** The part of a zone that its name leaves. */
function inner({ x, y, width, height }: Box): Box {
  const heading = Math.min(height * 0.25, 700);
  return { x, y: y + heading, width, height: height - heading };
}

function rows(id: string, sockets: readonly Socket[], box: Box, plan: Plan): Change[] {
  if (!sockets.length) return [];
  const taken = plan.modules.filter(
    ({ x, y }) =>
      x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height,
  );
  const count = sockets.length + taken.length;
  const across = Math.max(
    1,
    Math.min(count, Math.ceil(Math.sqrt((count * box.width) / box.height))),
  );
  const down = Math.ceil(count / across);
  const cells = Array.from({ length: across * down }, (_, cell) => ({
    x: Math.round(box.x + (((cell % across) + 0.5) * box.width) / across),
    y: Math.round(box.y + ((Math.floor(cell / across) + 0.5) * box.height) / down),
  }));
  // The cells nearest to what stands there already are left to it.
  for (const module of taken) {
    cells.sort((a, b) => far(b, module) - far(a, module));
    if (cells.length > sockets.length) cells.pop();
  }
  cells.sort((a, b) => a.y - b.y || a.x - b.x);
  return sockets.map((socket, index) => ({
    plan: id,
    kind: "module",
    id: socket.device,
    value: { ...cells[index]!, rotation: 0, size: 100 },
  }));
}

function far(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2;
}
