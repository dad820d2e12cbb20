import { expect, test } from "vitest";

import { placeHeading } from "../../src/plan/heading.js";

const ZONE = { x: 100, y: 200, width: 300, height: 160 };

function disc(
  x: number,
  y: number,
): {
  x: number;
  y: number;
  width: number;
  height: number;
} {
  return { x: x - 14, y: y - 14, width: 28, height: 28 };
}

test("a heading stands at the top of its zone", () => {
  const below = [disc(120, 255), disc(380, 220)];
  expect(placeHeading(ZONE, "Lab", below)).toEqual({ x: 100, y: 200, compact: false });
});

test("at its bottom where a module stands at the top", () => {
  const heading = placeHeading(ZONE, "Lab", [disc(120, 220)]);
  expect(heading).toEqual({ x: 100, y: 324, compact: false });
});

test("compact where modules stand at both", () => {
  const heading = placeHeading(ZONE, "Lab", [disc(120, 220), disc(150, 340)]);
  expect(heading).toEqual({ x: 100, y: 200, compact: true });
});

test("a long name needs more room than a short one", () => {
  const aside = [disc(330, 220), disc(330, 340)];
  expect(placeHeading(ZONE, "Lab", aside).compact).toBe(false);
  expect(placeHeading(ZONE, "Laboratory of physics", aside).compact).toBe(true);
});

test("a zone that is lower than a heading is compact when it is full", () => {
  const low = { ...ZONE, height: 20 };
  expect(placeHeading(low, "Lab", [disc(120, 210)]).compact).toBe(true);
  expect(placeHeading(low, "Lab", []).compact).toBe(false);
});
