/** Drags a socket from lane to lane, by mouse or by a finger that rests first. */

import { PROTECTED, type Lane } from "./lanes.js";

const SLOP_PX = 6;
/** A finger that moves sooner scrolls the page. */
const REST_MS = 250;
/** So near to the edge of the page it scrolls on. */
const EDGE_PX = 48;
const SCROLL_PX = 8;

export interface LaneDragOwner {
  readonly renderRoot: HTMLElement | DocumentFragment;
  readonly lanes: HTMLElement;
  over: Lane | null;
  drop(device: string, lane: Lane): void;
}

interface Grip {
  chip: HTMLElement;
  id: number;
  startX: number;
  startY: number;
  x: number;
  y: number;
  /** Whether it is moved already, or may still become a tap or a scroll. */
  moving: boolean;
  touch: boolean;
  scrolled: number;
}

export class LaneDrag {
  /** Whether a drag has just ended: the click that comes with that is no tap. */
  dragged = false;
  #grip: Grip | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;

  constructor(readonly owner: LaneDragOwner) {}

  get busy(): boolean {
    return this.#grip?.moving ?? false;
  }

  readonly down = (event: PointerEvent): void => {
    const chip = (event.target as Element).closest<HTMLElement>(".chip[data-device]");
    if (!chip || event.button > 0 || !event.isPrimary) return;
    const { clientX: x, clientY: y, pointerId: id } = event;
    const touch = event.pointerType === "touch";
    const start = { startX: x, startY: y, x, y };
    this.#grip = { chip, id, ...start, moving: false, touch, scrolled: 0 };
    addEventListener("pointermove", this.#move);
    addEventListener("pointerup", this.#up);
    addEventListener("pointercancel", this.#cancel);
    // Not passive: what is dragged must not scroll the page.
    addEventListener("touchmove", this.#hold, { passive: false });
    if (touch) this.#timer = setTimeout(this.#begin, REST_MS);
  };

  /** Lets go; nothing is moved. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    removeEventListener("pointermove", this.#move);
    removeEventListener("pointerup", this.#up);
    removeEventListener("pointercancel", this.#cancel);
    removeEventListener("touchmove", this.#hold);
    const grip = this.#grip;
    this.#grip = undefined;
    if (!grip) return;
    grip.chip.classList.remove("dragged");
    grip.chip.style.transform = "";
    this.owner.over = null;
  }

  #begin = (): void => {
    const grip = this.#grip;
    if (!grip) return;
    grip.moving = true;
    grip.chip.classList.add("dragged");
    this.#follow();
  };

  #move = (event: PointerEvent): void => {
    const grip = this.#grip;
    if (grip?.id !== event.pointerId) return;
    [grip.x, grip.y] = [event.clientX, event.clientY];
    if (!grip.moving) {
      const moved = Math.hypot(grip.x - grip.startX, grip.y - grip.startY) > SLOP_PX;
      if (!moved) return;
      if (grip.touch) this.end();
      else this.#begin();
    }
  };

  /** Keeps the chip under the pointer, and the page moving at its edges. */
  #follow = (): void => {
    const grip = this.#grip;
    if (!grip) return;
    const { chip, x, y, startX, startY } = grip;
    const edge = y < EDGE_PX ? -1 : y > innerHeight - EDGE_PX ? 1 : 0;
    if (edge) {
      const before = scrollY;
      scrollBy(0, edge * SCROLL_PX);
      grip.scrolled += scrollY - before;
    }
    chip.style.transform = `translate(${x - startX}px,${y - startY + grip.scrolled}px)`;
    const over = this.#laneAt(x, y);
    if (over !== this.owner.over) this.owner.over = over;
    this.#frame = requestAnimationFrame(this.#follow);
  };

  #laneAt(x: number, y: number): Lane | null {
    for (const lane of this.owner.lanes.querySelectorAll<HTMLElement>("[data-lane]")) {
      const { left, right, top, bottom } = lane.getBoundingClientRect();
      if (x < left || x > right || y < top || y > bottom) continue;
      const level = lane.dataset["lane"]!;
      return level === PROTECTED ? null : Number(level);
    }
    return null;
  }

  #up = (event: PointerEvent): void => {
    const grip = this.#grip;
    if (grip?.id !== event.pointerId) return;
    const lane = grip.moving ? this.#laneAt(event.clientX, event.clientY) : null;
    this.dragged = grip.moving;
    setTimeout(() => {
      this.dragged = false;
    });
    this.end();
    if (lane !== null) this.owner.drop(grip.chip.dataset["device"]!, lane);
  };

  #cancel = (event: PointerEvent): void => {
    if (this.#grip?.id === event.pointerId) this.end();
  };

  #hold = (event: TouchEvent): void => {
    if (this.busy && event.cancelable) event.preventDefault();
  };
}
