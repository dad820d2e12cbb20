/**
 * Bounds how often a card repaints.
 *
 * What drains a tablet on a wall is not the script but each repaint, so data is
 * shown twice a second at most, and not at all while nobody can see it.
 */

export const REPAINT_MS = 500;

export class Repaint {
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;
  #wanted = false;
  #visible = true;
  #observer: IntersectionObserver | undefined;

  constructor(
    readonly host: HTMLElement,
    readonly paint: () => void,
    readonly interval = REPAINT_MS,
  ) {}

  connect(): void {
    document.addEventListener("visibilitychange", this.#look);
    this.#observer = new IntersectionObserver((entries) => {
      this.#visible = entries.at(-1)!.isIntersecting;
      this.#look();
    });
    this.#observer.observe(this.host);
  }

  disconnect(): void {
    document.removeEventListener("visibilitychange", this.#look);
    this.#observer?.disconnect();
    this.#cancel();
    this.#visible = true;
  }

  /** Repaints soon: within the interval, once it can be seen. */
  request(): void {
    this.#wanted = true;
    if (this.#timer !== undefined || this.#frame !== undefined || this.#hidden) return;
    const wait = this.#last + this.interval - performance.now();
    if (wait <= 0) this.#schedule();
    else this.#timer = setTimeout(this.#schedule, wait);
  }

  /** Repaints with the next frame: someone touched the card. */
  hurry(): void {
    this.#wanted = true;
    if (!this.#hidden) this.#schedule();
  }

  get #hidden(): boolean {
    return !this.host.isConnected || document.hidden || !this.#visible;
  }

  #schedule = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#wanted = false;
      this.#last = performance.now();
      this.paint();
    });
  };

  #look = (): void => {
    if (this.#hidden) this.#cancel();
    else if (this.#wanted) this.request();
  };

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }
}
