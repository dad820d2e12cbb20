/** What changes are made on: how they are taken back, and whether they still fit. */

import {
  applied,
  type Change,
  type PlanDocument,
  type StoredHead,
  type StoredModule,
  type StoredPlan,
  type StoredZone,
} from "../document.js";
import type { Plan, Point } from "../model.js";

/** Returns the changes that take others back. */
export function inverse(document: PlanDocument, changes: readonly Change[]): Change[] {
  let now = document;
  const back: Change[] = [];
  for (const change of changes) {
    back.unshift(...before(now, change));
    now = applied(now, [change]);
  }
  return back;
}

function before({ plans }: PlanDocument, change: Change): Change[] {
  const { plan: planId, kind, id } = change;
  const plan = plans[planId];
  if (kind === "zone") {
    return [{ plan: planId, kind, id, value: plan?.zones[id] ?? null }];
  }
  if (kind === "module") {
    return [{ plan: planId, kind, id, value: plan?.modules[id] ?? null }];
  }
  if (!plan) return [{ plan: planId, kind, id, value: null }];
  const { zones, modules, ...head } = plan;
  const parts: Change[] = [{ plan: planId, kind, id, value: head }];
  if (change.value === null) {
    parts.push(...partChanges(planId, zones, modules));
  }
  return parts;
}

function partChanges(
  plan: string,
  zones: StoredPlan["zones"],
  modules: StoredPlan["modules"],
): Change[] {
  return [
    ...Object.entries(zones).map(([id, value]): Change => ({
      plan,
      kind: "zone",
      id,
      value,
    })),
    ...Object.entries(modules).map(([id, value]): Change => ({
      plan,
      kind: "module",
      id,
      value,
    })),
  ];
}

/** Returns the changes that make a plan of a drawing. */
export function creation(park: string, plan: Plan, order: number): Change[] {
  const { id, name, floor, height, picture } = plan;
  return [
    {
      plan: id,
      kind: "plan",
      id,
      value: { park, name, floor, order, height, picture },
    },
    ...partChanges(
      id,
      Object.fromEntries(plan.zones.map(({ id, ...zone }) => [id, zone])),
      Object.fromEntries(plan.modules.map(({ device, ...module }) => [device, module])),
    ),
  ];
}

/** Returns the changes that make all of a plan taller by a factor. */
export function stretched(id: string, plan: StoredPlan, factor: number): Change[] {
  const tall = (y: number): number => Math.round(y * factor);
  const zones = Object.entries(plan.zones).map(([key, zone]): [string, StoredZone] => [
    key,
    { ...zone, points: zone.points.map(([x, y]): Point => [x, tall(y)]) },
  ]);
  const modules = Object.entries(plan.modules).map(
    ([key, module]): [string, StoredModule] => [key, { ...module, y: tall(module.y) }],
  );
  return partChanges(id, Object.fromEntries(zones), Object.fromEntries(modules));
}

/** Whether all parts that changes replace are as they were expected to be. */
export function fit(
  changes: readonly Change[],
  expected: PlanDocument,
  now: PlanDocument,
): boolean {
  return changes.every((change) =>
    same(replaced(expected, change), replaced(now, change)),
  );
}

/** What a change replaces: all of a plan that it removes; undefined without a plan. */
function replaced({ plans }: PlanDocument, { plan, kind, id, value }: Change): unknown {
  const whole = plans[plan];
  if (!whole) return undefined;
  if (kind === "zone") return whole.zones[id] ?? null;
  if (kind === "module") return whole.modules[id] ?? null;
  return value === null ? whole : headOf(whole);
}

export function headOf({ zones: _, modules: __, ...head }: StoredPlan): StoredHead {
  return head;
}

function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isParts(one) || !isParts(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => same(one[key], other[key]))
  );
}

function isParts(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
