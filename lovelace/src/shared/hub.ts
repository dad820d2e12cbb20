/**
 * One subscription for all cards of a page.
 *
 * Home Assistant may restart, and the integration may be set up later than the
 * page asks: the hub asks again until it is answered.
 */

import { isHassError, type HassConnection } from "./hass.js";
import type { ParkMessage } from "./park.js";

const RETRY_MS = [500, 1000, 2000, 5000];

export type Trouble = "waiting" | "missing" | null;

/** What can be listened to, whatever it tells. */
export interface AnyFeed {
  listen(listener: () => void): () => void;
}

export class Feed<T, M = T> {
  value: T | undefined;
  trouble: Trouble = "waiting";
  #listeners = new Set<() => void>();
  #close: (() => Promise<void>) | undefined;
  #attempt = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly connection: HassConnection,
    readonly message: { type: string } & Record<string, unknown>,
    /** What a message makes of what was known; undefined asks for all of it anew. */
    readonly reduce: (known: T | undefined, message: M) => T | undefined,
  ) {}

  /** Calls the listener at each change; returns what ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) {
      this.connection.addEventListener("ready", this.#open);
      this.#open();
    }
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size) return;
      this.connection.removeEventListener("ready", this.#open);
      this.#stop();
    };
  }

  /** Whether the value is kept up to date now. */
  get live(): boolean {
    return this.#listeners.size > 0 && this.trouble === null;
  }

  #open = (): void => {
    this.#stop();
    const attempt = ++this.#attempt;
    this.connection
      .subscribeMessage<M>(
        (message) => {
          if (attempt !== this.#attempt) return;
          const value = this.reduce(this.value, message);
          if (value === undefined) {
            this.#retry(undefined);
            return;
          }
          this.#failures = 0;
          this.#tell(kept(this.value, value), null);
        },
        this.message,
        { resubscribe: false },
      )
      .then(
        (close) => {
          if (attempt === this.#attempt) this.#close = close;
          else void close().catch(() => undefined);
        },
        (error: unknown) => {
          if (attempt === this.#attempt) this.#retry(error);
        },
      );
  };

  #retry(error: unknown): void {
    const unknown = isHassError(error) && error.code === "unknown_command";
    const delay = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]!;
    this.#tell(this.value, unknown && this.#failures > 2 ? "missing" : "waiting");
    this.#timer = setTimeout(this.#open, delay);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#attempt++;
    // A connection that was lost has no such subscription any more.
    void this.#close?.().catch(() => undefined);
    this.#close = undefined;
  }

  #tell(value: T | undefined, trouble: Trouble): void {
    this.value = value;
    this.trouble = trouble;
    for (const listener of this.#listeners) listener();
  }
}

/** What was known, where a value says the same: nothing is drawn anew for that. */
function kept<T>(known: T | undefined, value: T): T {
  return known && JSON.stringify(known) === JSON.stringify(value) ? known : value;
}

/** Makes one feed for each connection. */
export function perConnection<T, M>(
  type: string,
  reduce: (known: T | undefined, message: M) => T | undefined,
): (connection: HassConnection) => Feed<T, M> {
  const feeds = new WeakMap<HassConnection, Feed<T, M>>();
  return (connection) => {
    let feed = feeds.get(connection);
    if (!feed) feeds.set(connection, (feed = new Feed(connection, { type }, reduce)));
    return feed;
  };
}

/** The parks of a Home Assistant, kept up to date. */
export const parkFeed = perConnection<ParkMessage, ParkMessage>(
  "energy_park/park/subscribe",
  (_, message) => message,
);
