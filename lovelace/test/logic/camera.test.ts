import { expect, test } from "vitest";

import { Camera, ZOOM_MAX } from "../../src/plan/camera.js";

function camera(): Camera {
  const made = new Camera(
    { width: 10_000, height: 5000 },
    { width: 1000, height: 800 },
  );
  made.clamp();
  return made;
}

test("all of a plan is shown in the middle of the screen", () => {
  const { scale, x, y } = camera();
  expect([scale, x, y]).toEqual([0.1, 0, 150]);
});

test("a point under the fingers stays there while they zoom", () => {
  const made = camera();
  made.move(0, 0, 4, 400, 400);
  const before = [(600 - made.x) / made.scale, (300 - made.y) / made.scale];
  made.move(0, 0, 1.3, 600, 300);
  expect((600 - made.x) / made.scale).toBeCloseTo(before[0]!);
  expect((300 - made.y) / made.scale).toBeCloseTo(before[1]!);
});

test("a plan cannot be pushed off the screen", () => {
  const made = camera();
  made.move(0, 0, 3, 500, 400);
  made.move(99_999, 99_999, 1, 0, 0);
  expect([made.x, made.y]).toEqual([0, 0]);
  made.move(-99_999, -99_999, 1, 0, 0);
  expect(made.x).toBeCloseTo(1000 - 3000);
  expect(made.y).toBeCloseTo(800 - 1500);
});

test("the zoom has an end on both sides", () => {
  const made = camera();
  made.move(0, 0, 1e6, 0, 0);
  expect(made.zoom).toBe(ZOOM_MAX);
  made.move(0, 0, 1e-9, 0, 0);
  expect([made.zoom, made.zoomed]).toEqual([1, false]);
});

test("a part of the plan is shown whole and in the middle", () => {
  const made = camera();
  made.show({ x: 4000, y: 2000, width: 1000, height: 1000 });
  const left = made.x + 4000 * made.scale;
  const right = made.x + 5000 * made.scale;
  expect((left + right) / 2).toBeCloseTo(500);
  expect(right - left).toBeLessThanOrEqual(800);
  expect(made.zoomed).toBe(true);
});
