/** How the history card looks. */

import { css } from "lit";

export const styles = css`
  header {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 4px;
    padding: 8px 8px 0 16px;
  }
  header h2 {
    max-width: 100%;
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 4px;
    margin-inline-start: auto;
  }
  .span {
    white-space: nowrap;
    font-size: 14px;
  }
  nav {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    padding: 4px 12px;
  }
  nav button {
    flex: none;
  }
  [aria-pressed="true"] {
    border: 2px solid var(--accent);
    font-weight: 500;
  }
  button[disabled] {
    opacity: 0.35;
    cursor: default;
  }
  .chart {
    display: block;
    margin: 4px 12px 0;
    touch-action: pan-y;
  }
  .chart:focus-visible {
    outline: 2px solid var(--accent);
  }
  .line {
    fill: none;
    stroke-width: 2;
    stroke-linejoin: round;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
  }
  .grid {
    stroke: var(--line);
  }
  .cursor {
    stroke: var(--ink);
    stroke-dasharray: 3 3;
  }
  .axis {
    font-size: 11px;
    fill: var(--muted);
  }
  .legend,
  .modules {
    list-style: none;
    margin: 8px 16px;
    padding: 0;
    font-size: 14px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
  }
  .legend li {
    display: flex;
    align-items: center;
    gap: 6px;
    min-height: 32px;
    max-width: 100%;
  }
  .legend span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .legend :is(span, strong) {
    white-space: nowrap;
  }
  .legend .when {
    font-weight: 500;
  }
  .tool.small {
    width: 28px;
    height: 28px;
    min-height: 0;
    padding: 6px;
    color: var(--muted);
  }
  .small .icon {
    width: 16px;
    height: 16px;
  }
  select {
    font: inherit;
    color: inherit;
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: var(--ha-border-radius-md, 8px);
    min-height: 36px;
    margin: 0 16px 12px;
    padding: 0 8px;
    max-width: calc(100% - 32px);
    align-self: flex-start;
  }
  .modules {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
    gap: 8px;
  }
  .modules button {
    width: 100%;
    display: grid;
    gap: 4px;
    text-align: start;
    padding: 8px;
  }
  .modules svg {
    width: 100%;
    height: 32px;
  }
  .facts {
    color: var(--muted);
    font-size: 12px;
  }
  .table {
    overflow: auto;
    max-height: 320px;
    margin: 4px 16px;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 14px;
  }
  caption {
    text-align: start;
    font-weight: 500;
    padding: 8px 8px 4px;
  }
  th,
  td {
    padding: 4px 8px;
    border-bottom: 1px solid var(--line);
    text-align: start;
    font-weight: 400;
    white-space: nowrap;
  }
  thead th {
    font-weight: 500;
    position: sticky;
    top: 0;
    background: var(--paper);
  }
  .number {
    text-align: end;
  }
`;
