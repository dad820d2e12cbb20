/** The integration's plan store, as far as a browser can tell. */

import { applied, type Change, type PlanDocument } from "../src/plan/document.js";
import type { Hass } from "../src/shared/hass.js";
import type { FakeConnection } from "./park.js";

const SUBSCRIBE = "energy_park/plan/subscribe";

export class FakeBackend {
  document: PlanDocument = { revision: 0, plans: {} };
  /** What the next patch answers instead of taking it. */
  refuse: string | null = null;
  patches: (readonly Change[])[] = [];
  readonly #changed = new Map<string, number>();

  constructor(readonly connection: FakeConnection) {}

  readonly callWS: Hass["callWS"] = <T>(message: { type: string }): Promise<T> => {
    const { type, revision, changes } = message as {
      type: string;
      revision: number;
      changes: Change[];
    };
    if (type !== "energy_park/plan/patch") throw new Error(type);
    const late = changes.some((change) => this.#changedAt(change) > revision);
    if (this.refuse !== null || late) {
      const code = this.refuse ?? "conflict";
      this.refuse = null;
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject({ code, message: code });
    }
    this.patches.push(changes);
    this.take(changes);
    return Promise.resolve({ revision: this.document.revision } as T);
  };

  /** The revision of what a change replaces: of all, for a plan that is removed. */
  #changedAt(change: Change): number {
    if (change.kind !== "plan" || change.value) {
      return this.#changed.get(key(change)) ?? 0;
    }
    const parts = [...this.#changed].filter(([part]) =>
      part.startsWith(`${change.plan} `),
    );
    return Math.max(0, ...parts.map(([, revision]) => revision));
  }

  /** Takes changes, of this browser or another, and tells them. */
  take(changes: readonly Change[]): void {
    const revision = this.document.revision + 1;
    this.document = applied(this.document, changes, revision);
    for (const change of changes) this.#changed.set(key(change), revision);
    this.connection.answers[SUBSCRIBE] = this.document;
    this.connection.tell({ revision, changes }, SUBSCRIBE);
  }
}

function key({ plan, kind, id }: Change): string {
  return [plan, kind, id].join(" ");
}

/** Gives a `hass` object such a backend. */
export function withBackend(hass: Hass): { hass: Hass; backend: FakeBackend } {
  const backend = new FakeBackend(hass.connection as unknown as FakeConnection);
  return { hass: { ...hass, callWS: backend.callWS }, backend };
}
