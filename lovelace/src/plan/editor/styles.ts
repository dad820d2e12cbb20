/** How the editor of a plan looks. */

import { css } from "lit";

export const styles = css`
  :host {
    /* Always the same: the plan would move under who takes a part of it up. */
    flex: none;
    height: 45%;
    max-height: 260px;
    box-sizing: border-box;
    overflow: auto;
    padding: 4px 12px 12px;
    border-top: 1px solid var(--line);
    font-size: 14px;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    padding: 4px 0;
  }
  .hint {
    margin: 4px 0;
    color: var(--muted);
    font-size: 13px;
  }
  .chips {
    max-height: 96px;
    overflow: auto;
  }
  [aria-pressed="true"]:not(.tool) {
    border: 2px solid var(--accent);
  }
  button[disabled] {
    opacity: 0.4;
    cursor: default;
  }
  input:not([type]),
  select {
    font: inherit;
    color: inherit;
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: var(--ha-border-radius-md, 8px);
    min-height: 36px;
    padding: 0 8px;
    box-sizing: border-box;
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .file {
    border: 1px solid var(--line);
    border-radius: var(--ha-border-radius-md, 8px);
    min-height: 36px;
    box-sizing: border-box;
    padding: 4px 12px;
    cursor: pointer;
    position: relative;
  }
  .file:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .file input {
    position: absolute;
    inset: 0;
    opacity: 0;
    cursor: pointer;
    width: 100%;
  }
`;
