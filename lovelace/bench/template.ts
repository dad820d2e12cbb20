/**
 * The way of most cards, for comparison: one template of everything, rendered anew
 * whenever an entity of the card changed.
 */

import { LitElement, svg, html, type TemplateResult } from "lit";

import { arrange } from "../src/plan/arrange.js";
import type { Module } from "../src/plan/model.js";
import { statusOf } from "../src/plan/status.js";
import { format } from "../src/shared/format.js";
import type { Hass } from "../src/shared/hass.js";
import { heatColor, HEAT_MAX_W } from "../src/shared/heat.js";
import { ROLE_ICONS } from "../src/shared/icons.js";
import type { Park, Socket } from "../src/shared/park.js";

class TemplateCard extends LitElement {
  static override properties = { hass: { attribute: false } };
  declare hass: Hass;
  #modules: { module: Module; socket: Socket }[] = [];

  set park(park: Park) {
    const plan = arrange(park, { width: 1200, height: 800 });
    const sockets = new Map(park.sockets.map((socket) => [socket.device, socket]));
    this.#modules = plan.modules.map((module) => ({
      module,
      socket: sockets.get(module.device)!,
    }));
  }

  protected override shouldUpdate(changes: Map<string, unknown>): boolean {
    const before = changes.get("hass") as Hass | undefined;
    return (
      !before ||
      this.#modules.some(({ socket }) =>
        Object.values(socket.entities).some(
          (id) => before.states[id] !== this.hass.states[id],
        ),
      )
    );
  }

  protected override render(): TemplateResult {
    const f = format(this.hass);
    return html`<svg width="1200" height="800">
      ${this.#modules.map(({ module, socket }) => {
        const status = statusOf(this.hass.states, socket, HEAT_MAX_W);
        const watts = status.power === null ? "?" : f.power(status.power);
        return svg`<g transform="translate(${module.x * 0.12} ${module.y * 0.12})"
          role="button" aria-pressed=${String(status.on)} aria-label="${socket.name}, ${watts}">
          <circle r="14" fill=${status.on ? heatColor(status.heat) : "none"}></circle>
          <path d=${ROLE_ICONS[socket.role]} transform="scale(0.8) translate(-12 -12)"></path>
          <text y="28">${socket.name}</text>
          <rect x="-20" y="14" width="40" height="14"></rect>
          <text y="24">${watts}</text>
        </g>`;
      })}
    </svg>`;
  }
}

customElements.define("template-card", TemplateCard);
