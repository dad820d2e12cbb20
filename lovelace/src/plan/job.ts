/**
 * A switching job on its zone: what it does, how far it is, and how to cancel it.
 *
 * It takes the place of the zone's watts: what lies below stays where a thumb expects it.
 */

import { mdiClose } from "@mdi/js";

import type { HassState, HassStates } from "../shared/hass.js";
import { isKnown, type Sector } from "../shared/park.js";
import type { Ink } from "./drawing.js";

/** A sector whose job is over, or that never had one. */
const IDLE = "idle";

/** The job that is under way in a sector. */
export function runningJob(states: HassStates, sector: Sector): HassState | undefined {
  const job = states[sector.entities["job"] ?? ""];
  return isKnown(job) && job.state !== IDLE ? job : undefined;
}

/** How much of a job is done, where that is known. */
export function jobShare({ attributes: { progress } }: HassState): number | null {
  return typeof progress === "number" ? progress / 100 : null;
}

export class JobLine {
  readonly node = document.createElement("div");
  readonly cancel = document.createElement("button");
  readonly #stage = document.createElement("span");
  readonly #share = document.createElement("span");
  readonly #bar = document.createElement("i");

  constructor(
    readonly sector: Sector,
    readOnly: boolean,
  ) {
    this.node.className = "zone-job";
    this.node.hidden = true;
    this.#stage.className = "zone-stage";
    const bar = document.createElement("span");
    bar.className = "zone-progress";
    bar.append(this.#bar);
    this.cancel.className = "zone-cancel";
    this.cancel.dataset["cancel"] = sector.device;
    this.cancel.tabIndex = -1;
    this.cancel.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${mdiClose}"/></svg>`;
    this.cancel.hidden = readOnly || !sector.entities["cancel_job"];
    this.node.append(this.#stage, this.#share, this.cancel, bar);
  }

  /** Whether there is a job to show. */
  get shown(): boolean {
    return !this.node.hidden;
  }

  patch({ states, t, f, say }: Ink): void {
    const job = runningJob(states, this.sector);
    this.node.hidden = !job;
    if (!job) return;
    const share = jobShare(job);
    this.#stage.textContent = say(job);
    this.#share.textContent = share === null ? "" : f.percent(share);
    this.#bar.style.width = `${(share ?? 0) * 100}%`;
    this.cancel.setAttribute("aria-label", t("cancel_job", { name: this.sector.name }));
  }
}
