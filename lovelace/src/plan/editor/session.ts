/**
 * The edits of one person: shown at once, sent one after the other, taken back.
 *
 * Two people who edit at once lose nothing: an edit, or what takes it back, is only
 * sent as long as its parts are as the person saw them. Who was later on the very same
 * part is told, and sees what the other did.
 */

import { isHassError, type Hass } from "../../shared/hass.js";
import { applied, type Change, type PlanDocument, type PlanFeed } from "../document.js";
import { fit, inverse } from "./changes.js";

interface Step {
  changes: readonly Change[];
  /** The plans as they were without it, and as they are with it. */
  before: PlanDocument;
  after: PlanDocument;
}

const STEPS_MAX = 100;
const NOTHING: PlanDocument = { revision: 0, plans: {} };

export type Failure = "conflict" | "not_saved" | "not_undone";

export class Session {
  /** What is under way, each made on what the one before it brings. */
  #pending: readonly Step[] = [];
  #sending: Promise<void> = Promise.resolve();
  readonly #done: Step[] = [];
  /** Steps that took others back. */
  readonly #undone: Step[] = [];

  constructor(
    readonly feed: PlanFeed,
    readonly call: Hass["callWS"],
    readonly changed: () => void,
    readonly failed: (reason: Failure) => void,
  ) {}

  /** The plans with all edits, those under way included. */
  get document(): PlanDocument {
    return this.#pending.reduce<PlanDocument>(
      (document, { changes }) => applied(document, changes),
      this.#known,
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
    const before = this.document;
    const step = { changes, before, after: applied(before, changes) };
    this.#done.push(step);
    this.#done.splice(0, this.#done.length - STEPS_MAX);
    this.#undone.length = 0;
    return this.#send(step);
  }

  undo(): Promise<void> {
    return this.#takeBack(this.#done, this.#undone);
  }

  redo(): Promise<void> {
    return this.#takeBack(this.#undone, this.#done);
  }

  /** The plans as they were last told. */
  get #known(): PlanDocument {
    return this.feed.value ?? NOTHING;
  }

  #takeBack(from: Step[], to: Step[]): Promise<void> {
    const step = from.pop();
    if (!step) return Promise.resolve();
    const back = turned(step);
    if (fit(back.changes, back.before, this.document)) {
      to.push(back);
      return this.#send(back);
    }
    this.failed("not_undone");
    this.changed();
    return Promise.resolve();
  }

  #send(step: Step): Promise<void> {
    this.#pending = [...this.#pending, step];
    this.changed();
    this.#sending = this.#sending.then(() => this.#deliver(step));
    return this.#sending;
  }

  async #deliver(step: Step): Promise<void> {
    // It was built on another that failed.
    if (!this.#pending.includes(step)) return;
    const failure = await this.#patch(step);
    this.#pending = this.#pending.filter((other) => other !== step);
    if (failure) {
      this.#forget([step, ...this.#rebase()]);
      this.failed(failure);
    }
    this.changed();
  }

  /** Sends a step; returns what is wrong with it. */
  async #patch({ changes, before }: Step): Promise<Failure | null> {
    if (!fit(changes, before, this.#known)) return "conflict";
    try {
      const { revision } = this.#known;
      await this.call({ type: "energy_park/plan/patch", revision, changes });
      return null;
    } catch (error) {
      return isHassError(error) && error.code === "conflict" ? "conflict" : "not_saved";
    }
  }

  /** Returns what is under way and lost its ground; what stands beside it goes on. */
  #rebase(): readonly Step[] {
    let document = this.#known;
    const lost = new Set<Step>();
    for (const step of this.#pending) {
      if (fit(step.changes, step.before, document)) {
        document = applied(document, step.changes);
      } else lost.add(step);
    }
    this.#pending = this.#pending.filter((step) => !lost.has(step));
    return [...lost];
  }

  #forget(steps: readonly Step[]): void {
    for (const history of [this.#done, this.#undone]) {
      const left = history.filter((step) => !steps.includes(step));
      history.splice(0, history.length, ...left);
    }
  }
}

/** The step that takes a step back. */
function turned({ changes, before, after }: Step): Step {
  return { changes: inverse(before, changes), before: after, after: before };
}
