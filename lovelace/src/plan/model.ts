/** A plan: where zones and modules are, in units of which its width has 10 000. */

export type Point = readonly [x: number, y: number];

export const PLAN_WIDTH = 10_000;

export interface Zone {
  id: string;
  /** Device of the sector that the zone shows; null is just a room. */
  device: string | null;
  name: string | null;
  points: readonly Point[];
}

export interface Module {
  /** Device of the socket. */
  device: string;
  x: number;
  y: number;
  /** Degrees, clockwise. */
  rotation: number;
  /** Percent of the usual size. */
  size: number;
}

export interface Picture {
  /** What the file is named by; it never names another. */
  digest: string;
  width: number;
  height: number;
  /** Dark lines on white become light on dark when the page is dark. */
  invert: boolean;
}

export interface Plan {
  id: string;
  name: string;
  floor: string | null;
  width: number;
  height: number;
  picture: Picture | null;
  zones: readonly Zone[];
  modules: readonly Module[];
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function boxOf(points: readonly Point[]): Box {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

export function contains(points: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [xi, yi] = points[i]!;
    const [xj, yj] = points[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) {
      inside = !inside;
    }
  }
  return inside;
}

// So many are enough to tell what is usual.
const SAMPLES = 200;

/** The usual distance from a module to its nearest neighbour, in plan units. */
export function spacing(modules: readonly Module[]): number {
  if (modules.length < 2) return PLAN_WIDTH / 4;
  const nearest: number[] = [];
  const step = Math.ceil(modules.length / SAMPLES);
  for (let index = 0; index < modules.length; index += step) {
    const one = modules[index]!;
    let best = Infinity;
    for (const other of modules) {
      if (other === one) continue;
      const distance = (one.x - other.x) ** 2 + (one.y - other.y) ** 2;
      if (distance < best) best = distance;
    }
    nearest.push(Math.sqrt(best));
  }
  return nearest.sort((a, b) => a - b)[nearest.length >> 1]!;
}
