/** How the meter card looks. */

import { css } from "lit";

export const styles = css`
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    padding: 12px 16px 0;
  }
  .badge {
    border: 1px solid var(--line);
    border-radius: 12px;
    padding: 2px 10px;
    font-size: 13px;
    white-space: nowrap;
  }
  .badge[class*="blue"] {
    border-inline-start: 10px solid #2c7fb8;
  }
  .badge[class*="white"] {
    border-inline-start: 10px solid #d8dde2;
  }
  .badge[class*="red"] {
    border-inline-start: 10px solid #c92a2a;
  }
  .gauge {
    position: relative;
    border: none;
    border-radius: var(--ha-border-radius-lg, 12px);
    padding: 8px 16px 4px;
    display: flex;
    flex-direction: column;
    align-items: center;
    margin: 0 auto;
    width: min(100%, 320px);
  }
  .gauge svg {
    width: 100%;
  }
  .scale,
  .load {
    fill: none;
    stroke-width: 16;
    stroke-linecap: round;
  }
  .scale {
    stroke: var(--line);
  }
  .load {
    stroke: var(--success-color, #2e9e5b);
  }
  .high .load {
    stroke: var(--warning-color, #f29a2e);
  }
  .over .load {
    stroke: var(--bad);
  }
  .now {
    margin-top: -64px;
    font-size: 32px;
    line-height: 40px;
    font-weight: 500;
  }
  .of,
  .level {
    color: var(--muted);
    font-size: 13px;
    min-height: 18px;
  }
  .over .level {
    color: var(--bad);
    font-weight: 500;
  }
  .alarm {
    margin: 8px 16px 0;
    padding: 8px;
    text-align: center;
    border-radius: var(--ha-border-radius-md, 8px);
    border: 2px solid var(--bad);
    font-weight: 500;
  }
  .phases {
    margin: 12px 16px 0;
    display: grid;
    gap: 6px;
    font-size: 14px;
  }
  .phases div {
    display: grid;
    grid-template-columns: auto 1fr auto;
    gap: 12px;
    align-items: center;
  }
  .bar {
    height: 8px;
    border-radius: 4px;
    background: var(--line);
    overflow: hidden;
  }
  .bar i {
    display: block;
    height: 100%;
    background: var(--success-color, #2e9e5b);
  }
  .high .bar i {
    background: var(--warning-color, #f29a2e);
  }
  .over .bar i {
    background: var(--bad);
  }
  .drawn {
    font-weight: 500;
  }
  dl {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 6px 16px;
    margin: 12px 16px 16px;
    font-size: 14px;
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
    text-align: end;
    font-weight: 500;
  }
`;
