/** A plan for a park that nobody has drawn yet: a room a sector, modules in rows. */

import type { Park, Socket } from "../shared/park.js";
import { PLAN_WIDTH, type Module, type Plan, type Zone } from "./model.js";

export const ARRANGED = "arranged";

/** The shape to arrange for: as it will be seen, in pixels. */
export interface Screen {
  width: number;
  height: number;
}

// In steps from module to module: the distance of walls.
const WALL = 0.2;
// A step is higher than wide: a name stands under a module.
const STEP_HEIGHT = 1.1;
// A room's heading: in pixels here, and in steps for when a smaller screen shows it.
const HEADING_PX = 40;
const HEADING_MIN = 0.6;
const HEADING_MAX = 1.5;
// Width over height of a room, if one may wish.
const ROOM_SHAPE = 1.2;

interface Room {
  device: string | null;
  sockets: readonly Socket[];
}

/** All in steps. */
interface Grid {
  roomsAcross: number;
  modulesAcross: number;
  width: number;
  heading: number;
  heights: readonly number[];
}

/** Arranges all of a park. */
export function arrange(park: Park, screen: Screen): Plan {
  const all = rooms(park);
  const grid = bestGrid(
    all.map((room) => room.sockets.length),
    screen,
  );
  const unit = PLAN_WIDTH / grid.width;
  const roomWidth = grid.width / grid.roomsAcross;
  const zones: Zone[] = [];
  const modules: Module[] = [];
  const scaled = (value: number): number => Math.round(value * unit);

  all.forEach((room, index) => {
    const row = Math.floor(index / grid.roomsAcross);
    const left = (index % grid.roomsAcross) * roomWidth + WALL / 2;
    const top = sum(grid.heights.slice(0, row)) + WALL / 2;
    const right = left + roomWidth - WALL;
    const bottom = top + grid.heights[row]! - WALL;
    if (room.device !== null) {
      const [x1, y1, x2, y2] = [left, top, right, bottom].map(scaled) as [
        number,
        number,
        number,
        number,
      ];
      zones.push({
        id: room.device,
        device: room.device,
        name: null,
        points: [
          [x1, y1],
          [x2, y1],
          [x2, y2],
          [x1, y2],
        ],
      });
    }
    room.sockets.forEach((socket, place) => {
      modules.push({
        device: socket.device,
        x: scaled(left + (place % grid.modulesAcross) + 0.5),
        y: scaled(
          top +
            grid.heading +
            (Math.floor(place / grid.modulesAcross) + 0.45) * STEP_HEIGHT,
        ),
        rotation: 0,
        size: 100,
      });
    });
  });
  return {
    id: ARRANGED,
    name: park.name,
    floor: null,
    width: PLAN_WIDTH,
    height: scaled(sum(grid.heights)),
    picture: null,
    zones,
    modules,
  };
}

function rooms(park: Park): Room[] {
  const bySector = new Map<string | null, Socket[]>(
    park.sectors.map((sector) => [sector.device, []]),
  );
  for (const socket of park.sockets) {
    const key = bySector.has(socket.sector) ? socket.sector : null;
    if (!bySector.has(key)) bySector.set(key, []);
    bySector.get(key)!.push(socket);
  }
  return [...bySector].map(([device, sockets]) => ({ device, sockets }));
}

/** The numbers of rooms and modules across that leave modules the most room. */
function bestGrid(counts: readonly number[], screen: Screen): Grid {
  const largest = Math.max(1, ...counts);
  let best: Grid | undefined;
  let bestScore = -Infinity;
  for (let roomsAcross = 1; roomsAcross <= Math.max(1, counts.length); roomsAcross++) {
    for (let modulesAcross = 1; modulesAcross <= largest; modulesAcross++) {
      const candidate = grid(counts, roomsAcross, modulesAcross, screen);
      const step = Math.min(
        screen.width / candidate.width,
        screen.height / sum(candidate.heights),
      );
      // A room that is a corridor has no room for its name.
      const shape = candidate.width / roomsAcross / Math.max(...candidate.heights);
      const score = step / (1 + 0.3 * Math.log(shape / ROOM_SHAPE) ** 2);
      if (score > bestScore) [best, bestScore] = [candidate, score];
    }
  }
  return best!;
}

function grid(
  counts: readonly number[],
  roomsAcross: number,
  modulesAcross: number,
  screen: Screen,
): Grid {
  const width = roomsAcross * (modulesAcross + WALL);
  const heading = Math.max(
    HEADING_MIN,
    Math.min(HEADING_MAX, (HEADING_PX * width) / screen.width),
  );
  const heights: number[] = [];
  for (let start = 0; start < counts.length; start += roomsAcross) {
    const tallest = Math.max(1, ...counts.slice(start, start + roomsAcross));
    heights.push(heading + Math.ceil(tallest / modulesAcross) * STEP_HEIGHT + WALL);
  }
  return {
    roomsAcross,
    modulesAcross,
    width,
    heading,
    heights: heights.length ? heights : [1],
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
