/** The same data as a table, for who cannot or would not read a plan. */

import { html, nothing, type TemplateResult } from "lit";

import type { Scene } from "../shared/card.js";
import { icon, ICONS } from "../shared/icons.js";
import {
  isKnown,
  isOn,
  numberOf,
  stateOf,
  type Part,
  type Sector,
  type Socket,
} from "../shared/park.js";
import { jobShare, runningJob } from "./job.js";
import { statusOf } from "./status.js";
import type { Wastes } from "./waste.js";

/** What its buttons do. */
export interface Orders {
  toggle(socket: Socket): void;
  toggleSector(sector: Sector): void;
  cancelJob(sector: Sector): void;
  details(part: Part): void;
}

export interface TableData {
  readonly scene: Scene;
  readonly heatMax: number;
  readonly wastes: Wastes;
  readonly readOnly: boolean;
  readonly orders: Orders;
}

type Cell = TemplateResult | string | typeof nothing;

export function planTable(data: TableData): TemplateResult {
  const { park, t } = data.scene;
  const known = new Set(park.sectors.map((sector) => sector.device));
  const loose = park.sockets.filter(({ sector }) => !sector || !known.has(sector));
  return html`<div class="table" role="region" tabindex="0" aria-label=${t("table")}>
    <table>
      <thead>
        <tr>
          <th scope="col">${t("socket")}</th>
          <th scope="col" class="number">${t("power")}</th>
          <th scope="col">${t("state")}</th>
          <th scope="col">${t("reason")}</th>
          <th scope="col">${t("range_24h")}</th>
        </tr>
      </thead>
      ${park.sectors.map(
        (sector) =>
          html`<tbody>
            ${sectorRow(data, sector)}
            ${park.sockets
              .filter((socket) => socket.sector === sector.device)
              .map((socket) => socketRow(data, socket))}
          </tbody>`,
      )}
      ${
        loose.length
          ? html`<tbody>
              <tr>
                <th scope="rowgroup" colspan="5">${t("no_sector")}</th>
              </tr>
              ${loose.map((socket) => socketRow(data, socket))}
            </tbody>`
          : nothing
      }
    </table>
  </div>`;
}

function sectorRow(data: TableData, sector: Sector): TemplateResult {
  const { t, hass } = data.scene;
  const { states } = hass;
  const on = isOn(stateOf(states, sector, "all"));
  const count = stateOf(states, sector, "sockets_on");
  const sockets = count ? `${count.state}/${String(count.attributes["sockets"])}` : "";
  return html`<tr>
    <th scope="rowgroup">${sector.name}</th>
    <td class="number">${power(data.scene, sector)}</td>
    <td>
      ${state(data, sector.name, on, `${stateText(t, on)} ${sockets}`.trim(), () => {
        data.orders.toggleSector(sector);
      })}
    </td>
    <td>${job(data, sector)}</td>
    <td>${graph(data, sector)}</td>
  </tr>`;
}

function socketRow(data: TableData, socket: Socket): TemplateResult {
  const { scene, heatMax, wastes } = data;
  const { t, hass } = scene;
  const { on, wanted, mark } = statusOf(hass.states, socket, heatMax);
  const reason = stateOf(hass.states, socket, "reason");
  const waste = wastes.get(socket.device);
  return html`<tr>
    <td>${socket.name} <small>${t(`role_${socket.role}`)}</small></td>
    <td class="number">${power(scene, socket)}</td>
    <td>
      ${state(data, socket.name, on, stateText(t, on), () => {
        data.orders.toggle(socket);
      })}
      ${
        mark === "pending"
          ? html`<small>${t(wanted ? "wanted_on" : "wanted_off")}</small>`
          : nothing
      }
    </td>
    <td>
      ${isKnown(reason) ? hass.formatEntityState(reason) : nothing}${
        waste ? `, ${t(waste)}` : nothing
      }
    </td>
    <td>${graph(data, socket)}</td>
  </tr>`;
}

function stateText(t: Scene["t"], on: boolean | null): string {
  return t(on === null ? "unheard" : on ? "on" : "off");
}

function power({ hass, f }: Scene, part: Part): string {
  const watts = numberOf(stateOf(hass.states, part, "power"));
  return watts === null ? "–" : f.power(watts);
}

/** A state, as the button that changes it where that may be. */
function state(
  { readOnly }: TableData,
  name: string,
  on: boolean | null,
  text: string,
  toggle: () => void,
): Cell {
  if (readOnly) return text;
  return html`<button
    aria-pressed=${String(on ?? false)}
    aria-label="${name}, ${text}"
    ?disabled=${on === null}
    @click=${toggle}
  >
    ${text}
  </button>`;
}

/** The switching job of a sector. */
function job(data: TableData, sector: Sector): Cell {
  const { scene, readOnly } = data;
  const { hass, t, f } = scene;
  const running = runningJob(hass.states, sector);
  if (!running) return nothing;
  const share = jobShare(running);
  return html`${hass.formatEntityState(running)}
  ${share === null ? nothing : f.percent(share)}
  ${
    readOnly || !sector.entities["cancel_job"]
      ? nothing
      : html`<button
          aria-label=${t("cancel_job", { name: sector.name })}
          @click=${() => {
            data.orders.cancelJob(sector);
          }}
        >
          ${t("cancel")}
        </button>`
  }`;
}

/** The way to the graph of the last 24 hours. */
function graph(data: TableData, part: Part): TemplateResult {
  const label = data.scene.t("last_24h_name", { name: part.name });
  return html`<button
    class="tool"
    aria-label=${label}
    title=${label}
    @click=${() => {
      data.orders.details(part);
    }}
  >
    ${icon(ICONS.chart)}
  </button>`;
}
