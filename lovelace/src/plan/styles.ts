/** How the floor plan card looks. */

import { css } from "lit";

import { heatStyles } from "../shared/heat.js";

export const styles = css`
  header {
    container-type: inline-size;
    display: flex;
    align-items: center;
    gap: 4px;
    padding: 8px 8px 8px 16px;
  }
  header h2 {
    flex: 1;
  }
  /* Two fingers zoom where there is no room for buttons. */
  @container (max-width: 480px) {
    .minus,
    .plus {
      display: none;
    }
  }
  .total {
    font-weight: 500;
    white-space: nowrap;
    padding-inline-end: 4px;
  }
  .viewport {
    position: relative;
    flex: 1 1 auto;
    min-height: 180px;
    overflow: hidden;
    contain: strict;
    touch-action: pan-x pan-y;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  :host(:not([layout="grid"]):not([layout="panel"])) .viewport {
    flex: none;
    aspect-ratio: var(--aspect, 1.6);
  }
  nav {
    display: flex;
    gap: 4px;
    overflow-x: auto;
    padding: 0 12px 4px;
  }
  nav button {
    flex: none;
    border: none;
    border-bottom: 2px solid transparent;
    border-radius: 0;
  }
  nav button[aria-current] {
    border-bottom-color: var(--accent);
    font-weight: 500;
  }
  .picture.invert {
    filter: var(--plan-invert, none);
  }
  .editing .module {
    cursor: move;
  }
  .overlay {
    pointer-events: none;
  }
  .chosen,
  .held,
  .corner,
  .side {
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
  }
  .held {
    stroke-width: 4;
    stroke-dasharray: 4 4;
  }
  .corner,
  .side {
    fill: var(--paper);
  }
  .corner.marked {
    fill: var(--accent);
  }
  .guide {
    stroke: var(--accent);
    stroke-width: 1;
    stroke-dasharray: 6 4;
  }
  /* What a finger takes up must not become a scroll. */
  .viewport.editing {
    touch-action: none;
  }
  .viewport[zoomed] {
    touch-action: none;
    cursor: grab;
    overscroll-behavior: contain;
  }
  .world {
    position: absolute;
    inset: 0 auto auto 0;
    transform-origin: 0 0;
    will-change: transform;
  }
  .drawing {
    display: block;
    overflow: visible;
  }
  .labels {
    position: absolute;
    inset: 0;
    pointer-events: none;
  }
  .zone {
    fill: color-mix(in srgb, var(--c, gray) 16%, transparent);
    stroke: color-mix(in srgb, var(--c, gray) 55%, var(--line));
    stroke-width: 1.5;
    stroke-linejoin: round;
  }
  .zone-label {
    position: absolute;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    box-sizing: border-box;
    gap: 2px;
    padding: 0 10px 0 2px;
    height: 36px;
    white-space: nowrap;
    font-size: 13px;
  }
  .zone-name {
    font-weight: 500;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .zone-total,
  .zone-count {
    color: var(--muted);
    margin-inline-start: 6px;
  }
  .narrow .zone-count {
    display: none;
  }
  .zone-power {
    pointer-events: auto;
    flex: none;
    border: none;
    border-radius: 50%;
    width: 36px;
    height: 36px;
    min-height: 0;
    padding: 8px;
    color: var(--muted);
    position: relative;
  }
  .zone-power::after {
    content: "";
    position: absolute;
    inset: -4px;
  }
  .zone-power svg {
    display: block;
    fill: currentColor;
  }
  .zone-power[aria-pressed="true"] {
    color: var(--accent);
  }
  .zone-job {
    pointer-events: auto;
    flex: 1 0 100%;
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: center;
    gap: 0 8px;
    margin-inline-start: 10px;
    min-width: 120px;
    max-width: 240px;
    height: 32px;
    padding: 0 4px 0 8px;
    box-sizing: border-box;
    border-radius: var(--ha-border-radius-md, 8px);
    background: var(--paper);
    font-size: 12px;
  }
  .zone-job[hidden] {
    display: none;
  }
  .zone-progress {
    grid-column: 1 / -1;
    height: 3px;
    border-radius: 2px;
    background: var(--line);
    overflow: hidden;
  }
  .zone-progress i {
    display: block;
    height: 100%;
    background: var(--accent);
  }
  .zone-cancel {
    border: none;
    border-radius: 50%;
    min-height: 0;
    width: 24px;
    height: 24px;
    padding: 4px;
    position: relative;
  }
  .zone-cancel[hidden] {
    display: none;
  }
  .zone-cancel::after {
    content: "";
    position: absolute;
    inset: -10px;
  }
  .zone-cancel svg {
    display: block;
    fill: currentColor;
  }
  .wastes .module:not(.wasting) {
    opacity: 0.25;
  }
  .module {
    cursor: pointer;
    outline: none;
  }
  .disc {
    stroke: transparent;
    stroke-width: 2;
  }
  .sign {
    pointer-events: none;
  }
  .module.off .disc {
    fill: var(--paper);
    stroke: var(--muted);
  }
  .module.off .sign {
    fill: var(--muted);
  }
  .module.unheard .disc {
    fill: url(#hatch);
    stroke: var(--muted);
    stroke-dasharray: 3 3;
  }
  .module.unheard .sign {
    fill: var(--muted);
  }
  .module.stale .disc {
    stroke: var(--muted);
    stroke-dasharray: 3 3;
  }
  .module.busy .disc {
    stroke: var(--accent);
    stroke-width: 3;
    stroke-dasharray: 6 4;
  }
  .module:focus-visible .disc {
    stroke: var(--accent);
    stroke-width: 4;
  }
  .hatch {
    fill: color-mix(in srgb, var(--muted) 35%, var(--paper));
  }
  .chip {
    fill: var(--paper);
    opacity: 0.88;
  }
  .watts,
  .name {
    text-anchor: middle;
    font-size: 11px;
    fill: var(--ink);
    pointer-events: none;
  }
  .watts {
    font-weight: 500;
  }
  .name {
    fill: var(--muted);
  }
  .mark {
    fill: var(--bad);
    stroke: var(--paper);
    stroke-width: 3;
    paint-order: stroke;
    pointer-events: none;
  }
  .mark.standby,
  .mark.pending {
    fill: var(--ink);
  }
  .level-0 :is(.sign, .chip, .watts, .name, .mark),
  .level-1 :is(.chip, .watts, .name),
  .level-2 .name {
    display: none;
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 2px 16px;
    padding: 8px 16px;
    font-size: 12px;
    line-height: 16px;
    color: var(--muted);
  }
  .scale {
    display: flex;
    align-items: center;
    gap: 2px;
    font-size: 11px;
  }
  .about {
    min-height: 16px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  footer i {
    width: 14px;
    height: 8px;
    border-radius: 2px;
  }
  footer span {
    padding: 0 6px 0 2px;
  }
  ${heatStyles}
  .table {
    flex: 1;
    overflow: auto;
    padding: 0 16px 16px;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 14px;
  }
  th,
  td {
    text-align: start;
    padding: 6px 8px;
    border-bottom: 1px solid var(--line);
  }
  th.number,
  td.number {
    text-align: end;
    white-space: nowrap;
  }
  tbody th[colspan] {
    padding-top: 16px;
  }
  @media (forced-colors: active) {
    .disc,
    .zone {
      stroke: CanvasText;
    }
    .module.on .disc {
      fill: Highlight;
    }
    .module.on .sign {
      fill: HighlightText;
    }
  }
`;
