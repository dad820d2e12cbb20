/** Where one looks at a plan: how near, and at which part. */

export const ZOOM_MAX = 10;

export interface Size {
  width: number;
  height: number;
}

export class Camera {
  /** 1 shows the whole plan. */
  zoom = 1;
  x = 0;
  y = 0;

  constructor(
    public plan: Size = { width: 1, height: 1 },
    public screen: Size = { width: 1, height: 1 },
  ) {}

  /** Pixels of a unit of the plan when all of it is shown. */
  get fit(): number {
    return Math.min(
      this.screen.width / this.plan.width,
      this.screen.height / this.plan.height,
    );
  }

  get scale(): number {
    return this.fit * this.zoom;
  }

  get zoomed(): boolean {
    return this.zoom > 1.001;
  }

  reset(): void {
    this.zoom = 1;
    this.clamp();
  }

  /** Moves by pixels and zooms around a point of the screen. */
  move(dx: number, dy: number, factor: number, x: number, y: number): void {
    const zoom = Math.max(1, Math.min(ZOOM_MAX, this.zoom * factor));
    const by = zoom / this.zoom;
    this.x = x - (x - this.x) * by + dx;
    this.y = y - (y - this.y) * by + dy;
    this.zoom = zoom;
    this.clamp();
  }

  /** Shows a part of the plan, with a margin around it. */
  show(part: { x: number; y: number; width: number; height: number }): void {
    const margin = 1.08;
    const scale = Math.min(
      this.screen.width / (part.width * margin),
      this.screen.height / (part.height * margin),
    );
    this.zoom = Math.max(1, Math.min(ZOOM_MAX, scale / this.fit));
    this.x = this.screen.width / 2 - (part.x + part.width / 2) * this.scale;
    this.y = this.screen.height / 2 - (part.y + part.height / 2) * this.scale;
    this.clamp();
  }

  /** Keeps the plan on the screen: centred where it is smaller than that. */
  clamp(): void {
    this.x = clampAxis(this.x, this.plan.width * this.scale, this.screen.width);
    this.y = clampAxis(this.y, this.plan.height * this.scale, this.screen.height);
  }
}

function clampAxis(position: number, size: number, room: number): number {
  if (size <= room) return (room - size) / 2;
  return Math.max(room - size, Math.min(0, position));
}
