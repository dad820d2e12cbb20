/** Which plan a card shows: the one it names, the one chosen here, or an arrangement. */

import type { Scene } from "../shared/card.js";
import type { Park } from "../shared/park.js";
import { arrange } from "./arrange.js";
import type { Size } from "./camera.js";
import { plansOf, type PlanDocument, type PlanFeed } from "./document.js";
import type { Plan } from "./model.js";
import { storeys, type Storey } from "./storeys.js";

/** What a card's size must change by to be worth another arrangement. */
const COARSE_PX = 120;

export class PlanChoice {
  feed: PlanFeed | undefined;
  /** The plans as they are edited here. */
  edited: (() => PlanDocument | undefined) | undefined;
  /** The plan that was chosen among several. */
  #id: string | undefined;
  #arranged: Plan | undefined;
  #arrangedFor: readonly unknown[] = [];

  /** The plans of a park by their floors, edits included. */
  storeys({ park, hass }: Scene): readonly Storey[] {
    return storeys(plansOf(this.edited?.() ?? this.feed?.value, park.id), hass);
  }

  /**
   * The plan to show in a room, null before it is known whether there is one.
   * `named` goes before what was chosen here.
   */
  plan(scene: Scene, room: Size, named: string | undefined): Plan | null {
    if (!this.feed?.value && this.feed?.trouble === "waiting") return null;
    const { park } = scene;
    const kept = this.storeys(scene);
    const id = named ?? this.#id ?? recall(park.id);
    const { plan } = kept.find(({ plan }) => plan.id === id) ?? kept[0] ?? {};
    return plan ?? this.#arrange(park, room);
  }

  /** Whether there is no such plan of a park, or none any more. */
  gone(scene: Scene, named: string | undefined): boolean {
    if (named === undefined || !this.feed?.value) return false;
    return !this.storeys(scene).some(({ plan }) => plan.id === named);
  }

  choose(park: Park | undefined, id: string): void {
    this.#id = id;
    if (park) remember(park.id, id);
  }

  /**
   * Arranges what nobody has drawn; the same plan for the same park and room, and for
   * the room that an editor leaves: who keeps an arrangement keeps what was seen.
   */
  #arrange(park: Park, room: Size): Plan {
    const coarse = [room.width, room.height].map((side) =>
      Math.round(side / COARSE_PX),
    );
    const basis = [park, ...coarse];
    const same = basis.every((value, index) => value === this.#arrangedFor[index]);
    const edited = this.edited?.() !== undefined && park === this.#arrangedFor[0];
    if (this.#arranged && (same || edited)) return this.#arranged;
    this.#arrangedFor = basis;
    return (this.#arranged = arrange(park, room));
  }
}

// Which floor a screen shows is its own affair.

function recall(park: string): string | undefined {
  try {
    return localStorage.getItem(`energy-park-plan-${park}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(park: string, plan: string): void {
  try {
    localStorage.setItem(`energy-park-plan-${park}`, plan);
  } catch {
    // A browser that keeps nothing shows the first plan next time.
  }
}
