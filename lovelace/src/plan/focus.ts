/** One tab stop for all signs of a plan: arrows go from one to the next. */

type Stop = HTMLElement | SVGElement;

/** How much farther aside is than ahead. */
const ASIDE = 2.5;

export class RovingFocus {
  #index = 0;

  constructor(
    readonly stops: () => readonly Stop[],
    /** Brings a stop into view. */
    readonly reveal: (stop: Stop) => void,
  ) {}

  /** The stops are others: one of them takes the place of the last. */
  renew(): void {
    this.#set(this.#index);
  }

  /** A stop was focused by other means. */
  follow(target: EventTarget | null): void {
    const index = this.stops().indexOf(target as Stop);
    if (index >= 0 && index !== this.#index) this.#set(index);
  }

  /** Goes where a key leads; false when it leads nowhere. */
  go(target: EventTarget | null, key: string): boolean {
    const stops = this.stops();
    const current = stops.indexOf(target as Stop);
    if (current < 0) return false;
    let next: number | undefined;
    if (key === "Home") next = 0;
    else if (key === "End") next = stops.length - 1;
    else if (key.startsWith("Arrow")) next = neighbour(stops, current, key);
    else return false;
    if (next !== undefined) {
      this.#set(next);
      // Before the browser does it: it would scroll the page instead.
      this.reveal(stops[next]!);
      stops[next]!.focus();
    }
    return true;
  }

  #set(index: number): void {
    const stops = this.stops();
    this.#index = Math.max(0, Math.min(index, stops.length - 1));
    stops.forEach((stop, place) => {
      stop.tabIndex = place === this.#index ? 0 : -1;
    });
  }
}

/** The nearest stop in the direction of an arrow key. */
function neighbour(
  stops: readonly Stop[],
  from: number,
  key: string,
): number | undefined {
  const centre = (stop: Element): [number, number] => {
    const { left, top, width, height } = stop.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const horizontal = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  const [x, y] = centre(stops[from]!);
  let best: number | undefined;
  let bestCost = Infinity;
  stops.forEach((stop, index) => {
    const [sx, sy] = centre(stop);
    const along = (horizontal ? sx - x : sy - y) * sign;
    const aside = Math.abs(horizontal ? sy - y : sx - x);
    const cost = along + ASIDE * aside;
    if (along > 2 && cost < bestCost) [best, bestCost] = [index, cost];
  });
  return best;
}
