/**
 * The edits of one person: shown at once, sent one after the other, taken back.
 *
 * Two people who edit at once lose nothing: who was later on the very same part is
 * told, and sees what the other did.
 */

import { isHassError, type Hass } from "../../shared/hass.js";
import {
  applied,
  inverse,
  type Change,
  type PlanDocument,
  type PlanFeed,
} from "../document.js";

interface Step {
  changes: readonly Change[];
  back: readonly Change[];
}

interface Edit {
  changes: readonly Change[];
  /** The revision that the person saw. */
  base: number;
}

const STEPS_MAX = 100;
const NOTHING: PlanDocument = { revision: 0, plans: {} };

export class Session {
  #pending: Edit[] = [];
  /** The revision that the last edit of this session brought. */
  #own = 0;
  #sending: Promise<void> = Promise.resolve();
  #done: Step[] = [];
  #undone: Step[] = [];

  constructor(
    readonly feed: PlanFeed,
    readonly call: Hass["callWS"],
    readonly changed: () => void,
    /** Told "conflict", or what else went wrong. */
    readonly failed: (reason: string) => void,
  ) {}

  /** The plans with all edits, those under way included. */
  get document(): PlanDocument {
    return this.#pending.reduce<PlanDocument>(
      (document, { changes }) => applied(document, changes),
      this.feed.value ?? NOTHING,
    );
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  commit(changes: readonly Change[]): Promise<void> {
    if (!changes.length) return Promise.resolve();
    this.#done.push({ changes, back: inverse(this.document, changes) });
    this.#done.splice(0, this.#done.length - STEPS_MAX);
    this.#undone = [];
    return this.#send(changes);
  }

  undo(): Promise<void> {
    const step = this.#done.pop();
    if (!step) return Promise.resolve();
    this.#undone.push(step);
    return this.#send(step.back);
  }

  redo(): Promise<void> {
    const step = this.#undone.pop();
    if (!step) return Promise.resolve();
    this.#done.push(step);
    return this.#send(step.changes);
  }

  #send(changes: readonly Change[]): Promise<void> {
    const edit = { changes, base: this.feed.value?.revision ?? 0 };
    this.#pending.push(edit);
    this.changed();
    // One by one: each is made on the revision that the one before it brought.
    this.#sending = this.#sending.then(() => this.#deliver(edit));
    return this.#sending;
  }

  async #deliver(edit: Edit): Promise<void> {
    if (!this.#pending.includes(edit)) return;
    try {
      const { revision } = await this.call<{ revision: number }>({
        type: "energy_park/plan/patch",
        revision: Math.max(edit.base, this.#own),
        changes: edit.changes,
      });
      this.#own = revision;
      this.#pending = this.#pending.filter((other) => other !== edit);
    } catch (error) {
      // What was built on it has no ground any more either.
      this.#pending = [];
      this.#done = [];
      this.#undone = [];
      const conflict = isHassError(error) && error.code === "conflict";
      this.failed(conflict ? "conflict" : "not_saved");
    }
    this.changed();
  }
}
