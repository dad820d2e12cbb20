/** Which parts of a drawing show an entity whose state is another one now. */

import type { HassState, HassStates } from "../shared/hass.js";

interface Watching {
  /** The entities that are shown. */
  readonly ids: readonly string[];
}

export class Watch<T extends Watching> {
  // Side by side: this is read at each tick of a page of thousands of entities.
  readonly #ids: string[] = [];
  readonly #parts: T[] = [];
  readonly #seen: (HassState | undefined)[] = [];

  constructor(readonly parts: readonly T[]) {
    for (const part of parts) {
      for (const id of part.ids) {
        this.#ids.push(propertyName(id));
        this.#parts.push(part);
        this.#seen.push(undefined);
      }
    }
  }

  /** The parts to look at since the last time. */
  changed(states: HassStates): ReadonlySet<T> {
    const changed = new Set<T>();
    const ids = this.#ids;
    const seen = this.#seen;
    for (let index = 0; index < ids.length; index++) {
      const state = states[ids[index]!];
      if (state === seen[index]) continue;
      seen[index] = state;
      changed.add(this.#parts[index]!);
    }
    return changed;
  }
}

/** The same text, as the engine keeps names of properties: those it finds at once. */
function propertyName(text: string): string {
  return Object.keys({ [text]: null })[0]!;
}
