/** How near a meter is to its limit, and the arc that shows it. */

const HIGH_FROM = 0.8;

export type Level = "unknown" | "easy" | "high" | "over";

export interface Load {
  /** Of the subscribed power; null when either is unknown. */
  share: number | null;
  level: Level;
}

export function load(
  drawn: number | null,
  subscribed: number | null,
  overload: boolean | null,
): Load {
  const share = drawn === null || !subscribed ? null : drawn / subscribed;
  if (overload || (share !== null && share > 1)) return { share, level: "over" };
  if (share === null) return { share, level: "unknown" };
  return { share, level: share >= HIGH_FROM ? "high" : "easy" };
}

const RADIUS = 88;

/** The path of a half circle from the left, as far as a share of it. */
export function arc(share: number): string {
  const angle = Math.PI * (1 - Math.max(0.001, Math.min(1, share)));
  const x = 100 + RADIUS * Math.cos(angle);
  const y = 100 - RADIUS * Math.sin(angle);
  return `M${100 - RADIUS} 100A${RADIUS} ${RADIUS} 0 0 1 ${x.toFixed(2)} ${y.toFixed(2)}`;
}
