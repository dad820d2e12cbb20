/** All plans as the integration keeps them, and changes to their parts. */

import type { HassConnection } from "../shared/hass.js";
import { perConnection, type Feed } from "../shared/hub.js";
import {
  PLAN_WIDTH,
  type Module,
  type Picture,
  type Plan,
  type Zone,
} from "./model.js";

export type StoredZone = Omit<Zone, "id">;
export type StoredModule = Omit<Module, "device">;

export interface StoredHead {
  park: string;
  name: string;
  floor: string | null;
  order: number;
  height: number;
  picture: Picture | null;
}

export interface StoredPlan extends StoredHead {
  zones: Readonly<Record<string, StoredZone>>;
  modules: Readonly<Record<string, StoredModule>>;
}

export interface PlanDocument {
  revision: number;
  plans: Readonly<Record<string, StoredPlan>>;
}

/** A part of a plan as it is to be; null removes it. */
export type Change =
  | { plan: string; kind: "plan"; id: string; value: StoredHead | null }
  | { plan: string; kind: "zone"; id: string; value: StoredZone | null }
  | { plan: string; kind: "module"; id: string; value: StoredModule | null };

export type PlanMessage =
  PlanDocument | { revision: number; changes: readonly Change[] };

/** Returns the document with changes made; what did not change is the same object. */
export function applied(
  document: PlanDocument,
  changes: readonly Change[],
  revision = document.revision,
): PlanDocument {
  let { plans } = document;
  for (const change of changes) {
    const plan = plans[change.plan];
    if (change.kind === "plan") {
      const parts = { zones: plan?.zones ?? {}, modules: plan?.modules ?? {} };
      plans = put(plans, change.plan, change.value && { ...change.value, ...parts });
    } else if (plan) {
      plans = put(
        plans,
        change.plan,
        change.kind === "zone"
          ? { ...plan, zones: put(plan.zones, change.id, change.value) }
          : { ...plan, modules: put(plan.modules, change.id, change.value) },
      );
    }
  }
  return { revision, plans };
}

function put<T>(
  parts: Readonly<Record<string, T>>,
  id: string,
  value: T | null,
): Record<string, T> {
  const { [id]: _, ...others } = parts;
  return value === null ? others : { ...others, [id]: value };
}

const drawings = new WeakMap<StoredPlan, Plan>();

/** The drawing of a stored plan: the same object as long as that is the same. */
export function drawing(id: string, stored: StoredPlan): Plan {
  let plan = drawings.get(stored);
  if (!plan) {
    plan = {
      id,
      name: stored.name,
      floor: stored.floor,
      width: PLAN_WIDTH,
      height: stored.height,
      picture: stored.picture,
      zones: Object.entries(stored.zones).map(([id, zone]) => ({ id, ...zone })),
      modules: Object.entries(stored.modules).map(([device, module]) => ({
        device,
        ...module,
      })),
    };
    drawings.set(stored, plan);
  }
  return plan;
}

/** The plans of a park, in their order. */
export function plansOf(document: PlanDocument | undefined, park: string): Plan[] {
  return Object.entries(document?.plans ?? {})
    .filter(([, plan]) => plan.park === park)
    .sort(([, a], [, b]) => a.order - b.order || a.name.localeCompare(b.name))
    .map(([id, plan]) => drawing(id, plan));
}

export type PlanFeed = Feed<PlanDocument, PlanMessage>;

/** The plans, kept up to date. */
export const planFeed: (connection: HassConnection) => PlanFeed = perConnection<
  PlanDocument,
  PlanMessage
>("energy_park/plan/subscribe", (known, message) => {
  if ("plans" in message) return message;
  if (known?.revision !== message.revision - 1) return undefined;
  return applied(known, message.changes, message.revision);
});
