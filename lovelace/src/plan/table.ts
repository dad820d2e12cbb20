/** The same data as a table, for who cannot or would not read a plan. */

import { html, nothing, type TemplateResult } from "lit";

import type { Scene } from "../shared/card.js";
import { isKnown, numberOf, stateOf, type Socket } from "../shared/park.js";
import { statusOf } from "./status.js";
import type { Wastes } from "./waste.js";

export function planTable(
  scene: Scene,
  heatMax: number,
  wastes: Wastes,
  toggle: (socket: Socket) => void,
): TemplateResult {
  const { park, t, f, hass } = scene;
  const known = new Set(park.sectors.map((sector) => sector.device));
  const loose = park.sockets.filter(({ sector }) => !sector || !known.has(sector));
  const row = (socket: Socket): TemplateResult => {
    const status = statusOf(hass.states, socket, heatMax);
    const reason = stateOf(hass.states, socket, "reason");
    const waste = wastes.get(socket.device);
    const state = t(status.on === null ? "unheard" : status.on ? "on" : "off");
    return html`<tr>
      <td>${socket.name} <small>${t(`role_${socket.role}`)}</small></td>
      <td class="number">${status.power === null ? "–" : f.power(status.power)}</td>
      <td>
        <button
          aria-pressed=${String(status.on ?? false)}
          aria-label="${socket.name}, ${state}"
          ?disabled=${status.on === null}
          @click=${() => {
            toggle(socket);
          }}
        >
          ${state}
        </button>
      </td>
      <td>
        ${isKnown(reason) ? hass.formatEntityState(reason) : nothing}${
          waste ? `, ${t(waste)}` : nothing
        }
      </td>
    </tr>`;
  };
  const section = (
    name: string,
    watts: number | null,
    sockets: readonly Socket[],
  ): TemplateResult =>
    html`<tbody>
      <tr>
        <th scope="rowgroup">${name}</th>
        <td class="number sum">${watts === null ? "–" : f.power(watts)}</td>
        <td colspan="2"></td>
      </tr>
      ${sockets.map(row)}
    </tbody>`;
  return html`<div class="table" role="region" tabindex="0" aria-label=${t("table")}>
    <table>
      <thead>
        <tr>
          <th scope="col">${t("socket")}</th>
          <th scope="col" class="number">${t("power")}</th>
          <th scope="col">${t("state")}</th>
          <th scope="col">${t("reason")}</th>
        </tr>
      </thead>
      ${park.sectors.map((sector) =>
        section(
          sector.name,
          numberOf(stateOf(hass.states, sector, "power")),
          park.sockets.filter((socket) => socket.sector === sector.device),
        ),
      )}
      ${loose.length ? section(t("no_sector"), null, loose) : nothing}
    </table>
  </div>`;
}
