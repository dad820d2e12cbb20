import { describe, expect, test } from "vitest";

import { arrange } from "../../src/plan/arrange.js";
import { boxOf, contains, PLAN_WIDTH, spacing } from "../../src/plan/model.js";
import { park } from "../park.js";

const SCREENS = [
  { width: 1400, height: 800 },
  { width: 360, height: 640 },
];
const SIZES = [[12, 6, 4, 2], [1], [500], Array.from({ length: 40 }, () => 12), [0, 3]];

describe.each(SCREENS)("on %o", (screen) => {
  test.each(SIZES)("every socket stands in the room of its sector", (...sizes) => {
    const of = park(sizes);
    const plan = arrange(of, screen);

    expect(plan.modules.map(({ device }) => device).sort()).toEqual(
      of.sockets.map(({ device }) => device).sort(),
    );
    for (const module of plan.modules) {
      const { sector } = of.sockets.find(({ device }) => device === module.device)!;
      const homes = plan.zones.filter(({ points }) =>
        contains(points, module.x, module.y),
      );
      expect(homes.map(({ device }) => device)).toEqual([sector]);
    }
  });

  test("rooms do not overlap and stay on the plan", () => {
    const plan = arrange(park([12, 6, 4, 2, 9]), screen);
    const boxes = plan.zones.map(({ points }) => boxOf(points));
    boxes.forEach((a, index) => {
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width).toBeLessThanOrEqual(PLAN_WIDTH);
      expect(a.y + a.height).toBeLessThanOrEqual(plan.height);
      for (const b of boxes.slice(index + 1)) {
        const apart =
          a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    });
  });

  test("a small park's modules have room for a finger", () => {
    const plan = arrange(park([12, 6, 4, 2]), screen);
    const scale = Math.min(screen.width / plan.width, screen.height / plan.height);
    expect(spacing(plan.modules) * scale).toBeGreaterThan(44);
  });
});

test.each([
  { width: 390, height: 690 },
  { width: 1370, height: 760 },
])("names stay within their rooms on %o", (screen) => {
  const plan = arrange(park([12, 6, 4, 2]), screen);
  const scale = Math.min(screen.width / plan.width, screen.height / plan.height);
  for (const { points } of plan.zones) {
    const { y, height } = boxOf(points);
    const inside = plan.modules.filter((module) =>
      contains(points, module.x, module.y),
    );
    const lowest = Math.max(...inside.map((module) => module.y));
    // A sign of 18 pixels, its watts and its name.
    expect((y + height - lowest) * scale).toBeGreaterThan(46);
  }
});

test("sockets without a sector are placed, in no zone", () => {
  const plan = arrange(park([2], 3), SCREENS[0]!);
  expect(plan.modules).toHaveLength(5);
  expect(plan.zones).toHaveLength(1);
});

test("all places are whole numbers", () => {
  const plan = arrange(park([7, 3], 1), SCREENS[0]!);
  const numbers = [
    plan.height,
    ...plan.modules.flatMap(({ x, y }) => [x, y]),
    ...plan.zones.flatMap(({ points }) => points.flat()),
  ];
  expect(numbers.every(Number.isInteger)).toBe(true);
});

test("an empty park is an empty plan", () => {
  const plan = arrange(park([]), SCREENS[0]!);
  expect(plan.modules).toEqual([]);
  expect(plan.height).toBeGreaterThan(0);
});
