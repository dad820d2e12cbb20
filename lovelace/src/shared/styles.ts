/** How all cards look: by the theme's own variables. */

import { css } from "lit";

export const cardStyles = css`
  :host {
    display: block;
    height: 100%;
    --muted: var(--secondary-text-color, #666);
    --ink: var(--primary-text-color, #212121);
    --paper: var(--ha-card-background, var(--card-background-color, #fff));
    --line: var(--divider-color, rgba(0, 0, 0, 0.12));
    --accent: var(--primary-color, #009ac7);
    --bad: var(--error-color, #db4437);
  }
  ha-card {
    display: flex;
    flex-direction: column;
    height: 100%;
    box-sizing: border-box;
    overflow: hidden;
    color: var(--ink);
    font-variant-numeric: tabular-nums;
  }
  .notice {
    margin: auto;
    padding: 24px 16px;
    text-align: center;
    color: var(--muted);
  }
  a {
    color: var(--accent);
  }
  .updated {
    margin: 0;
    padding: 8px 16px;
    border-top: 1px solid var(--line);
    font-size: 13px;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 1px solid var(--line);
    border-radius: var(--ha-border-radius-md, 8px);
    padding: 4px 12px;
    min-height: 36px;
    cursor: pointer;
  }
  button:focus-visible,
  a:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  button.main {
    border: 2px solid var(--accent);
    font-weight: 500;
  }
  button.tool {
    border: none;
    border-radius: 50%;
    width: 40px;
    height: 40px;
    padding: 8px;
    flex: none;
  }
  button[aria-pressed="true"].tool {
    color: var(--accent);
  }
  .icon {
    width: 24px;
    height: 24px;
    fill: currentColor;
    display: block;
  }
  h2 {
    margin: 0;
    font-size: 16px;
    font-weight: 500;
    line-height: 24px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  dialog {
    max-width: min(420px, 90vw);
    box-sizing: border-box;
    border: none;
    border-radius: var(--ha-border-radius-xl, 16px);
    padding: 20px;
    color: var(--ink);
    background: var(--paper);
    box-shadow: 0 8px 32px rgba(0, 0, 0, 0.4);
  }
  dialog::backdrop {
    background: rgba(0, 0, 0, 0.5);
  }
  dialog ul {
    margin: 12px 0;
    padding: 0;
    list-style: none;
    max-height: 40vh;
    overflow: auto;
  }
  dialog li {
    display: flex;
    gap: 8px;
    justify-content: space-between;
    padding: 4px 0;
  }
  dialog li span + span {
    color: var(--muted);
    text-align: end;
  }
  dialog .actions {
    display: flex;
    gap: 8px;
    justify-content: flex-end;
    margin-top: 16px;
  }
`;
