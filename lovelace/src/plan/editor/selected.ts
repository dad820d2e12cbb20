/** What can be done with the part that is chosen. */

import {
  mdiArrowDown,
  mdiArrowLeft,
  mdiArrowRight,
  mdiArrowUp,
  mdiDelete,
  mdiMinus,
  mdiPlus,
  mdiRotateRight,
  mdiVectorPolylineMinus,
  mdiVectorSquareEdit,
} from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";

import type { StoredModule } from "../document.js";
import type { Module, Point, Zone } from "../model.js";
import { tool, type Desk } from "./desk.js";
import { CORNERS_MIN, scaled, turned } from "./shape.js";
import { GRID } from "./snap.js";

const TURN = 15;
const GROW = 1.2;
const SIZE_MIN = 25;
const SIZE_MAX = 400;

export function selectedTools(desk: Desk): TemplateResult {
  const { selection, stage } = desk;
  const { plan, scene } = stage;
  if (selection?.kind === "module") {
    const module = plan.modules.find(({ device }) => device === selection.id);
    if (module) return moduleTools(desk, module);
  }
  if (selection?.kind === "zone") {
    const zone = plan.zones.find(({ id }) => id === selection.id);
    if (zone) return zoneTools(desk, zone, selection.corner);
  }
  return html`<span class="hint">${scene.t("choose_hint")}</span>`;
}

function moduleTools(desk: Desk, module: Module): TemplateResult {
  const { stage, session } = desk;
  const { park } = stage.scene;
  const name = park.sockets.find(({ device }) => device === module.device)?.name;
  // As it is now: a quick second click comes before the first is drawn.
  const set = (change: (now: StoredModule) => Partial<StoredModule>): void => {
    const { id } = stage.plan;
    const now = session.document.plans[id]?.modules[module.device];
    if (!now) return;
    const value = { ...now, ...change(now) };
    desk.commit([{ plan: id, kind: "module", id: module.device, value }]);
  };
  const scale = (factor: number) => (): void => {
    set(({ size }) => ({
      size: Math.max(SIZE_MIN, Math.min(SIZE_MAX, Math.round(size * factor))),
    }));
  };
  return html`<strong>${name}</strong> ${arrows(desk)}
    ${tool(desk, mdiRotateRight, "turn", () => {
      set(({ rotation }) => ({ rotation: (rotation + TURN) % 360 }));
    })}
    ${tool(desk, mdiMinus, "smaller", scale(1 / GROW))}
    ${tool(desk, mdiPlus, "larger", scale(GROW))}
    ${tool(desk, mdiDelete, "take_off", () => {
      remove(desk, "module", module.device);
    })}`;
}

function zoneTools(desk: Desk, zone: Zone, corner: number | undefined): TemplateResult {
  const { session, stage } = desk;
  const { t, park } = stage.scene;
  const set = (change: (now: Omit<Zone, "id">) => Partial<Zone>): void => {
    const plan = stage.plan.id;
    const now = session.document.plans[plan]?.zones[zone.id];
    if (!now) return;
    const value = { ...now, ...change(now) };
    desk.commit([{ plan, kind: "zone", id: zone.id, value }]);
  };
  const reshape = (change: (points: readonly Point[]) => readonly Point[]) => () => {
    set(({ points }) => ({ points: change(points) }));
  };
  return html`<label
      >${t("sector")}
      <select
        @change=${(event: Event) => {
          const device = (event.target as HTMLSelectElement).value || null;
          set(() => ({ device }));
        }}
      >
        <option value="" ?selected=${zone.device === null}>–</option>
        ${park.sectors.map(
          ({ device, name }) =>
            html`<option value=${device} ?selected=${device === zone.device}>
              ${name}
            </option>`,
        )}
      </select></label
    >
    ${
      zone.device === null
        ? html`<input
            aria-label=${t("name")}
            placeholder=${t("name")}
            maxlength="100"
            .value=${zone.name ?? ""}
            @change=${(event: Event) => {
              const name = (event.target as HTMLInputElement).value.trim() || null;
              set(() => ({ name }));
            }}
          />`
        : nothing
    }
    ${arrows(desk)}
    ${tool(
      desk,
      mdiRotateRight,
      "turn",
      reshape((points) => turned(points, TURN)),
    )}
    ${tool(
      desk,
      mdiMinus,
      "smaller",
      reshape((points) => scaled(points, 1 / GROW)),
    )}
    ${tool(
      desk,
      mdiPlus,
      "larger",
      reshape((points) => scaled(points, GROW)),
    )}
    ${tool(
      desk,
      mdiVectorSquareEdit,
      "next_corner",
      () => {
        const next = corner === undefined ? 0 : corner + 1;
        const { id } = zone;
        desk.select({
          kind: "zone",
          id,
          ...(next < zone.points.length && { corner: next }),
        });
      },
      { pressed: corner !== undefined },
    )}
    ${
      corner === undefined
        ? nothing
        : tool(
            desk,
            mdiVectorPolylineMinus,
            "remove_corner",
            () => {
              removeCorner(desk, zone.id, corner);
            },
            { disabled: zone.points.length <= CORNERS_MIN },
          )
    }
    ${tool(desk, mdiDelete, "remove_zone", () => {
      remove(desk, "zone", zone.id);
    })}`;
}

/** Removes the corner that is chosen, else the part. */
export function removeSelected(desk: Desk): void {
  const { selection } = desk;
  if (selection?.kind === "zone" && selection.corner !== undefined) {
    removeCorner(desk, selection.id, selection.corner);
  } else if (selection) remove(desk, selection.kind, selection.id);
}

function remove(desk: Desk, kind: "module" | "zone", id: string): void {
  const plan = desk.stage.plan.id;
  const { zones, modules } = desk.session.document.plans[plan] ?? {};
  desk.select(null);
  // It may be gone already, by another's hand or by an undo.
  if (!(kind === "zone" ? zones : modules)?.[id]) return;
  desk.commit([{ plan, kind, id, value: null }]);
}

function removeCorner(desk: Desk, id: string, corner: number): void {
  const plan = desk.stage.plan.id;
  const zone = desk.session.document.plans[plan]?.zones[id];
  if (!zone || zone.points.length <= CORNERS_MIN) return;
  desk.select({ kind: "zone", id });
  const value = { ...zone, points: zone.points.toSpliced(corner, 1) };
  desk.commit([{ plan, kind: "zone", id, value }]);
}

function arrows(desk: Desk): TemplateResult {
  const nudge = (dx: number, dy: number) => (): void => {
    desk.nudge(dx * GRID, dy * GRID);
  };
  return html`${tool(desk, mdiArrowLeft, "move_left", nudge(-1, 0))}
  ${tool(desk, mdiArrowUp, "move_up", nudge(0, -1))}
  ${tool(desk, mdiArrowDown, "move_down", nudge(0, 1))}
  ${tool(desk, mdiArrowRight, "move_right", nudge(1, 0))}`;
}
