/** Pointers and wheel on the plan: tap, hold, pan, pinch. */

/** A finger that moves less has tapped. */
const SLOP_PX = 8;
const HOLD_MS = 500;
const WHEEL_STEP = 0.002;

export interface GestureTarget {
  /** Whether there is more to see than fits: then a finger pans. */
  readonly zoomed: boolean;
  tap(x: number, y: number, event: PointerEvent): void;
  hold(x: number, y: number, event: PointerEvent): void;
  /** Moves by pixels and zooms by a factor around a point, during a gesture. */
  move(dx: number, dy: number, factor: number, x: number, y: number): void;
  /** The gesture is over. */
  settle(): void;
}

interface Contact {
  x: number;
  y: number;
}

export class Gestures {
  readonly #contacts = new Map<number, Contact>();
  #start: { x: number; y: number; event: PointerEvent } | undefined;
  #moving = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wheelTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly surface: HTMLElement,
    readonly target: GestureTarget,
  ) {
    surface.addEventListener("pointerdown", this.#down);
    surface.addEventListener("pointermove", this.#move);
    surface.addEventListener("pointerup", this.#up);
    surface.addEventListener("pointercancel", this.#cancel);
    surface.addEventListener("wheel", this.#wheel, { passive: false });
    surface.addEventListener("contextmenu", (event) => {
      // A long press of a finger opens our details, not the browser's menu.
      event.preventDefault();
    });
  }

  #at(event: MouseEvent): Contact {
    const box = this.surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down = (event: PointerEvent): void => {
    if (event.button > 0 || onControl(event)) return;
    const at = this.#at(event);
    this.#contacts.set(event.pointerId, at);
    if (this.#contacts.size > 1) {
      this.#endPress();
      this.#begin(event);
      return;
    }
    this.#moving = false;
    this.#start = { ...at, event };
    this.#timer = setTimeout(() => {
      const start = this.#start;
      this.#endPress();
      if (start) this.target.hold(start.x, start.y, start.event);
    }, HOLD_MS);
  };

  #move = (event: PointerEvent): void => {
    const before = this.#contacts.get(event.pointerId);
    if (!before) return;
    const now = this.#at(event);
    if (!this.#moving) {
      const start = this.#start;
      if (!start || Math.hypot(now.x - start.x, now.y - start.y) < SLOP_PX) return;
      this.#endPress();
      if (!this.target.zoomed) {
        this.#contacts.delete(event.pointerId);
        return;
      }
      this.#begin(event);
    }
    const other = [...this.#contacts].find(([id]) => id !== event.pointerId)?.[1];
    this.#contacts.set(event.pointerId, now);
    const share = other ? 0.5 : 1;
    const factor = other ? distance(now, other) / distance(before, other) : 1;
    const centre = other ? middle(now, other) : now;
    this.target.move(
      (now.x - before.x) * share,
      (now.y - before.y) * share,
      factor,
      centre.x,
      centre.y,
    );
  };

  #up = (event: PointerEvent): void => {
    if (!this.#contacts.delete(event.pointerId)) return;
    const start = this.#start;
    this.#endPress();
    if (start) this.target.tap(start.x, start.y, event);
    this.#settle();
  };

  #cancel = (event: PointerEvent): void => {
    this.#contacts.delete(event.pointerId);
    this.#endPress();
    this.#settle();
  };

  #wheel = (event: WheelEvent): void => {
    // Without a key the wheel scrolls the page, as everywhere.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x, y } = this.#at(event);
    this.target.move(0, 0, Math.exp(-event.deltaY * WHEEL_STEP), x, y);
    clearTimeout(this.#wheelTimer);
    this.#wheelTimer = setTimeout(() => {
      this.target.settle();
    }, 150);
  };

  #begin(event: PointerEvent): void {
    this.#moving = true;
    this.surface.setPointerCapture(event.pointerId);
  }

  #endPress(): void {
    clearTimeout(this.#timer);
    this.#start = undefined;
  }

  #settle(): void {
    if (!this.#moving || this.#contacts.size) return;
    this.#moving = false;
    this.target.settle();
  }
}

function onControl(event: Event): boolean {
  return event
    .composedPath()
    .some((node) => node instanceof HTMLElement && node.tagName === "BUTTON");
}

function distance(a: Contact, b: Contact): number {
  return Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
}

function middle(a: Contact, b: Contact): Contact {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
