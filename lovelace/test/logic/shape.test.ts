import { describe, expect, test } from "vitest";

import { boxOf, type Point } from "../../src/plan/model.js";
import { scaled, turned } from "../../src/plan/editor/shape.js";

const ROOM: Point[] = [
  [1000, 1000],
  [3000, 1000],
  [3000, 2000],
  [1000, 2000],
];

describe("a zone", () => {
  test("grows and shrinks around its middle", () => {
    expect(boxOf(scaled(ROOM, 2))).toEqual({ x: 0, y: 500, width: 4000, height: 2000 });
    expect(scaled(scaled(ROOM, 1.25), 0.8)).toEqual(ROOM);
  });

  test("turns clockwise around its middle", () => {
    expect(boxOf(turned(ROOM, 90))).toEqual({
      x: 1500,
      y: 500,
      width: 1000,
      height: 2000,
    });
    expect(turned(ROOM, 90)[0]).toEqual([2500, 500]);
    expect(turned(ROOM, 360)).toEqual(ROOM);
  });

  test("stays on whole numbers, and where it is, however often it turns", () => {
    let points = ROOM;
    for (let turn = 0; turn < 24; turn++) points = turned(points, 15);
    for (const [index, [x, y]] of points.entries()) {
      expect([x, y].every(Number.isInteger)).toBe(true);
      expect(Math.abs(x - ROOM[index]![0])).toBeLessThan(60);
      expect(Math.abs(y - ROOM[index]![1])).toBeLessThan(60);
    }
  });
});
