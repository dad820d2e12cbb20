/** Asks for what a history shows: once, and again when there is more to know. */

import type { Scene } from "../shared/card.js";
import { errorText, isHassError, type Hass } from "../shared/hass.js";
import { statistics, type Period, type Row, type Rows } from "../shared/statistics.js";
import type { Span } from "./range.js";
import type { Source } from "./source.js";

export type Origin = "recorder" | "mirror";

/** Rows by the device of their source. */
export interface Answer {
  span: Span;
  power: Rows;
  energy: Rows;
}

/** Why there is no answer: there is no recorder, or the words of what failed. */
export type Failure = { missing: true } | { missing: false; text: string };

/** Statistics are made every five minutes, and a moment after. */
export const REFRESH_MS = 5 * 60_000;

export class Query {
  #key = "";
  #at = -Infinity;
  #failed = false;
  #answered = "";

  constructor(
    readonly answered: (answer: Answer) => void,
    readonly failed: (failure: Failure) => void,
  ) {}

  /** Whether the last answer is old. */
  get stale(): boolean {
    return performance.now() - this.#at > REFRESH_MS;
  }

  /** `name` stands for the span: what is live begins later at each look. */
  ask(
    name: string,
    scene: Scene,
    span: Span,
    sources: readonly Source[],
    origin: Origin,
  ): void {
    const powers = sources.map(({ power }) => power);
    const key = [origin, name, span.power, ...powers].join(" ");
    const again = (span.live || this.#failed) && this.stale;
    if (key === this.#key && !again) return;
    this.#key = key;
    this.#at = performance.now();
    void this.#fetch(key, scene, span, sources, origin);
  }

  async #fetch(
    key: string,
    { hass }: Scene,
    span: Span,
    sources: readonly Source[],
    origin: Origin,
  ): Promise<void> {
    try {
      const read = origin === "mirror" ? readMirror : readRecorder;
      const answer = await read(hass, span, sources);
      if (key !== this.#key) return;
      this.#failed = false;
      this.#answered = key;
      this.answered(answer);
    } catch (error) {
      if (key !== this.#key) return;
      this.#failed = true;
      // What is shown is a little old; that is better than nothing.
      if (key === this.#answered) return;
      const missing = isHassError(error) && error.code === "unknown_command";
      this.failed(missing ? { missing } : { missing: false, text: errorText(error) });
    }
  }
}

async function readMirror(
  hass: Hass,
  span: Span,
  sources: readonly Source[],
): Promise<Answer> {
  const { mirrorEnergy, mirrorPower } = await import("./mirror.js");
  const [power, energy] = await Promise.all([
    mirrorPower(hass, sources, span),
    // Not every counter is mirrored; powers are shown without.
    span.energy ? mirrorEnergy(hass, sources, span).catch(() => ({})) : {},
  ]);
  return { span, power, energy };
}

async function readRecorder(
  hass: Hass,
  span: Span,
  sources: readonly Source[],
): Promise<Answer> {
  const { start, end, power, energy } = span;
  const ask = async (
    of: "power" | "energy",
    period: Period,
    type: "mean" | "change",
  ): Promise<Rows> => {
    const ids = sources.flatMap((source) => source[of] ?? []);
    if (!ids.length) return {};
    const rows = await statistics(hass, ids, start, end, period, [type]);
    return Object.fromEntries(
      sources.map((source) => [
        source.device,
        rows[source[of] ?? ""]?.filter((row) => isWithin(row, start, end)),
      ]),
    );
  };
  const [means, sums] = await Promise.all([
    ask("power", power, "mean"),
    energy ? ask("energy", energy, "change") : {},
  ]);
  return { span, power: means, energy: sums };
}

/** Days and months are the server's: the first and the last may be of another span. */
function isWithin(row: Row, start: Date, end: Date): boolean {
  const middle = (row.start + row.end) / 2;
  return middle >= start.getTime() && middle < end.getTime();
}
