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
// A row holds a sign with its watts and its name below, a room its heading: in pixels,
// within a number of steps so that it also fits where another screen shows it.
const ROW_PX = 82;
const ROW_MIN = 0.85;
const ROW_MAX = 1.3;
const HEADING_PX = 40;
const HEADING_MIN = 0.35;
const HEADING_MAX = 1.5;
// Where in its row the middle of a sign is.
const SIGN = 0.38;
// Width over height of a room, if one may wish.
const ROOM_SHAPE = 1.5;

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
  row: number;
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
            (Math.floor(place / grid.modulesAcross) + SIGN) * grid.row,
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
    const tallest = tallestOfRows(counts, roomsAcross);
    for (let modulesAcross = 1; modulesAcross <= largest; modulesAcross++) {
      const rows = tallest.map((count) => Math.ceil(count / modulesAcross));
      const { step, ...candidate } = fitted(rows, roomsAcross, modulesAcross, screen);
      // A room that is a corridor has no room for its name.
      const shape = candidate.width / roomsAcross / Math.max(...candidate.heights);
      const score = step / (1 + 0.2 * Math.log(shape / ROOM_SHAPE) ** 2);
      if (score > bestScore) [best, bestScore] = [candidate, score];
    }
  }
  return best!;
}

/** The largest room of each row of rooms. */
function tallestOfRows(counts: readonly number[], roomsAcross: number): number[] {
  const tallest = [];
  for (let start = 0; start < counts.length; start += roomsAcross) {
    tallest.push(Math.max(1, ...counts.slice(start, start + roomsAcross)));
  }
  return tallest.length ? tallest : [1];
}

/** How often a grid is made for the size that it came out with: that is enough. */
const FITTINGS = 8;

/** The grid as it is seen on a screen, with the pixels of a step; `rows` of modules. */
function fitted(
  rows: readonly number[],
  roomsAcross: number,
  modulesAcross: number,
  screen: Screen,
): Grid & { step: number } {
  const width = roomsAcross * (modulesAcross + WALL);
  const across = screen.width / width;
  const modules = sum(rows);
  const height = (step: number): number => {
    const { heading, row } = sizes(step);
    return rows.length * (heading + WALL) + modules * row;
  };
  let step = across;
  for (let fitting = 0; fitting < FITTINGS; fitting++) {
    // Half way: what is smaller asks for more steps, which make it smaller still.
    step = (step + Math.min(across, screen.height / height(step))) / 2;
  }
  const { heading, row } = sizes(step);
  const heights = rows.map((count) => heading + count * row + WALL);
  step = Math.min(across, screen.height / sum(heights));
  return { roomsAcross, modulesAcross, width, heading, row, heights, step };
}

/** What has its size in pixels, in steps of so many pixels. */
function sizes(step: number): { heading: number; row: number } {
  const within = (px: number, min: number, max: number): number =>
    Math.max(min, Math.min(max, px / step));
  return {
    heading: within(HEADING_PX, HEADING_MIN, HEADING_MAX),
    row: within(ROW_PX, ROW_MIN, ROW_MAX),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
