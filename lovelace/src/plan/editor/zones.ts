/** The zones of a plan: one is chosen, or drawn, by its name. */

import { html, nothing, type TemplateResult } from "lit";

import type { Point, Zone } from "../model.js";
import { newId, type Desk } from "./desk.js";
import { undrawn } from "./place.js";
import { GRID } from "./snap.js";

/** A new zone is so wide, of what is seen. */
const SHARE = 0.4;

export function zoneRows(desk: Desk): TemplateResult {
  const { scene, plan, plans } = desk.stage;
  const { t } = scene;
  return html`${
      plan.zones.length
        ? html`<div class="row chips" role="group" aria-label=${t("zones")}>
            ${plan.zones.map((zone) => chip(desk, zone))}
          </div>`
        : nothing
    }
    <div class="row chips">
      ${undrawn(scene.park, plans).map(
        ({ device, name }) =>
          html`<button
            @click=${() => {
              addZone(desk, device);
            }}
          >
            ${t("add_zone_of", { name })}
          </button>`,
      )}
      <button
        @click=${() => {
          addZone(desk, null);
        }}
      >
        ${t("add_zone")}
      </button>
    </div>`;
}

function chip(desk: Desk, { id, device, name }: Zone): TemplateResult {
  const { park, t } = desk.stage.scene;
  const sector = park.sectors.find((one) => one.device === device);
  const { selection } = desk;
  const chosen = selection?.kind === "zone" && selection.id === id;
  return html`<button
    aria-pressed=${String(chosen)}
    @click=${() => {
      desk.select(chosen ? null : { kind: "zone", id });
    }}
  >
    ${sector?.name ?? name ?? t("unnamed")}
  </button>`;
}

/** A square in the middle of what is seen, to be pulled into shape. */
function addZone(desk: Desk, device: string | null): void {
  const { camera, plan } = desk.stage;
  const { width, height } = camera.screen;
  const x = (width / 2 - camera.x) / camera.scale;
  const y = (height / 2 - camera.y) / camera.scale;
  const half = ((Math.min(width, height) / camera.scale) * SHARE) / 2;
  const [left, top, right, bottom] = [x - half, y - half, x + half, y + half].map(
    (value) => Math.round(value / GRID) * GRID,
  ) as [number, number, number, number];
  const id = newId();
  const points: Point[] = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
  desk.select({ kind: "zone", id });
  const value = { device, name: null, points };
  desk.commit([{ plan: plan.id, kind: "zone", id, value }]);
}
