/** How the shedding card looks. */

import { css } from "lit";

export const styles = css`
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    padding: 12px 16px 4px;
  }
  .badge {
    border: 1px solid var(--line);
    border-radius: 12px;
    padding: 2px 10px;
    font-size: 13px;
    white-space: nowrap;
  }
  .badge.predicted,
  .badge.shedding {
    border: 2px solid var(--warning-color, #f29a2e);
  }
  .badge.silent {
    border: 2px solid var(--bad);
  }
  .alarm {
    margin: 8px 16px 0;
    padding: 8px;
    text-align: center;
    border-radius: var(--ha-border-radius-md, 8px);
    border: 2px solid var(--bad);
    font-weight: 500;
  }
  .hint {
    margin: 4px 16px;
    color: var(--muted);
    font-size: 13px;
  }
  .rooms {
    display: grid;
    gap: 10px;
    margin: 8px 16px;
    font-size: 14px;
  }
  .room {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 4px 12px;
  }
  .room > span:first-child {
    color: var(--muted);
  }
  .room strong {
    font-weight: 500;
  }
  .bar {
    grid-column: 1 / -1;
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
  h3 {
    margin: 12px 16px 0;
    font-size: 14px;
    font-weight: 500;
  }
  .shed {
    list-style: none;
    margin: 4px 16px;
    padding: 0;
    font-size: 14px;
  }
  .shed li {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    padding: 4px 0;
    border-bottom: 1px solid var(--line);
  }
  .shed strong {
    font-weight: 500;
  }
  small {
    color: var(--muted);
    font-size: 12px;
  }
  .shed small,
  .next small {
    display: block;
  }
  .all {
    margin: 4px 16px;
  }
  .next {
    margin: 8px 16px;
    font-size: 14px;
  }
  .next strong {
    font-weight: 500;
  }
  .lanes {
    margin: 4px 16px 8px;
    user-select: none;
    -webkit-user-select: none;
  }
  .lane {
    display: grid;
    grid-template-columns: 76px 1fr;
    gap: 8px;
    align-items: center;
    min-height: 44px;
    border-top: 1px solid var(--line);
    padding: 2px 0;
  }
  .lane.over,
  .placing .lane:hover:not([data-lane="protected"]) {
    background: color-mix(in srgb, var(--accent) 14%, transparent);
    box-shadow: inset 3px 0 var(--accent);
  }
  .placing .lane:not([data-lane="protected"]) {
    cursor: pointer;
  }
  .level {
    display: flex;
    flex-direction: column;
    padding-inline-start: 8px;
    font-weight: 500;
    line-height: 16px;
  }
  .level small {
    font-weight: 400;
    font-size: 11px;
    line-height: 13px;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    border: 1px solid var(--line);
    border-radius: 18px;
    min-height: 36px;
    padding: 2px 12px 2px 8px;
    box-sizing: border-box;
    font-size: 13px;
    background: var(--paper);
    max-width: 100%;
  }
  button.chip {
    cursor: grab;
    touch-action: pan-y;
    -webkit-touch-callout: none;
    padding-inline-start: 4px;
  }
  .chip span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .chip .icon {
    width: 18px;
    height: 18px;
    flex: none;
    fill: var(--muted);
  }
  .level .icon {
    width: 18px;
    height: 18px;
  }
  .chip.held {
    border: 2px solid var(--accent);
  }
  .chip.dragged {
    position: relative;
    z-index: 1;
    cursor: grabbing;
    border: 2px solid var(--accent);
    box-shadow: 0 4px 12px rgba(0, 0, 0, 0.3);
    pointer-events: none;
  }
  .said {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
