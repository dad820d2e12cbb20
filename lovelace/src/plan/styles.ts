/** How the floor plan card looks around its drawing, and as a table. */

import { css } from "lit";

export const styles = css`
  header {
    container-type: inline-size;
    display: flex;
    align-items: center;
    gap: 4px;
    padding: 8px 8px 8px 16px;
  }
  .title {
    flex: 1;
    min-width: 0;
    display: flex;
    align-items: baseline;
    justify-content: space-between;
  }
  /* Two fingers zoom where there is no room for buttons; who has only keys finds them. */
  @container (max-width: 480px) {
    .tool:is(.minus, .plus):not(:focus-visible) {
      position: absolute;
      clip-path: inset(50%);
    }
    .title {
      display: block;
    }
    .total {
      font-size: 13px;
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
    /* Not even by its script: where one looks is the camera's affair. */
    overflow: clip;
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
  /* Its room does not depend on its text: the plan would move under the pointer. */
  .about {
    flex: 1 1 16em;
    width: 0;
    min-height: 16px;
    text-align: end;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  footer i {
    width: 14px;
    height: 8px;
    border-radius: 2px;
  }
  footer i.off {
    box-sizing: border-box;
    border: 1px solid var(--muted);
    background: var(--paper);
  }
  footer span {
    padding: 0 6px 0 2px;
  }
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
  tbody tr:first-child > * {
    padding-top: 16px;
  }
  @media (max-width: 480px) {
    .table {
      padding: 0 8px 16px;
    }
    th,
    td {
      padding-inline: 4px;
    }
  }
  td small {
    display: block;
    color: var(--muted);
  }
`;
