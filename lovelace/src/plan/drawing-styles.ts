/** How the drawing of a plan looks: zones, modules, and the marks of an editor. */

import { css } from "lit";

import { heatStyles } from "../shared/heat.js";

export const drawingStyles = css`
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
    outline: none;
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
    align-items: center;
    box-sizing: border-box;
    gap: 2px;
    padding: 0 10px 0 2px;
    height: 36px;
    white-space: nowrap;
    font-size: 13px;
  }
  .zone-name {
    min-width: 2em;
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
  .compact {
    height: 20px;
    padding-inline-start: 6px;
    font-size: 12px;
  }
  .compact :is(.zone-power, .zone-count, .zone-cancel) {
    display: none;
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
  /* In the row of the name: nothing moves, and nothing below is covered. */
  .switching :is(.zone-total, .zone-count) {
    display: none;
  }
  .zone-job {
    display: flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
    margin-inline-start: 6px;
    font-size: 12px;
  }
  .zone-job[hidden],
  .narrow .zone-stage {
    display: none;
  }
  .zone-stage {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .zone-progress {
    position: absolute;
    inset: auto 8px 0;
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
    pointer-events: auto;
    flex: none;
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
  ${heatStyles}
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
