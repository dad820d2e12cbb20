/** How the savings card looks. */

import { css } from "lit";

export const styles = css`
  header {
    padding: 12px 16px 0;
  }
  .hint {
    margin: 8px 16px;
    color: var(--muted);
    font-size: 14px;
  }
  .avoided {
    margin: 8px 16px;
    display: flex;
    align-items: baseline;
    gap: 8px;
    flex-wrap: wrap;
  }
  .avoided strong {
    font-size: 32px;
    line-height: 40px;
    font-weight: 500;
  }
  dl {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 6px 16px;
    margin: 4px 16px 12px;
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
  h3 {
    margin: 8px 16px 0;
    font-size: 14px;
    font-weight: 500;
  }
  ul {
    list-style: none;
    margin: 4px 8px 12px;
    padding: 0;
  }
  li button {
    border: none;
    width: 100%;
    padding: 4px 8px;
    display: grid;
    grid-template-columns: minmax(72px, 1fr) 2fr auto;
    gap: 4px 12px;
    align-items: center;
    text-align: start;
    font-size: 14px;
  }
  small {
    grid-column: 2 / -1;
    color: var(--muted);
    text-align: end;
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
    background: var(--accent);
  }
`;
