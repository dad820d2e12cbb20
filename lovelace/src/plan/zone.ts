/** A zone on the drawing: its outline, its name and what its sector draws. */

import { heatStep } from "../shared/heat.js";
import { ICONS } from "../shared/icons.js";
import { entityIds, isOn, numberOf, stateOf, type Sector } from "../shared/park.js";
import { make, px, type Ink } from "./drawing.js";
import { JobLine } from "./job.js";
import { NARROW_PX, placeHeading } from "./heading.js";
import { boxOf, type Box, type Zone } from "./model.js";

export class ZoneNode {
  readonly path: SVGPathElement;
  readonly label: HTMLDivElement | undefined;
  readonly #button: HTMLButtonElement | undefined;
  readonly #name: HTMLSpanElement | undefined;
  readonly #total: HTMLSpanElement | undefined;
  readonly #count: HTMLSpanElement | undefined;
  readonly #job: JobLine | undefined;
  #compact = false;

  constructor(
    public zone: Zone,
    readonly sector: Sector | undefined,
    readOnly = false,
  ) {
    this.path = make("path", { class: "zone" });
    if (sector) this.path.dataset["zone"] = sector.device;
    const name = sector?.name ?? zone.name;
    if (name === null) return;
    this.label = document.createElement("div");
    this.label.className = "zone-label";
    this.#name = document.createElement("span");
    this.#name.className = "zone-name";
    this.#name.textContent = name;
    if (sector) {
      this.#button = document.createElement("button");
      this.#button.className = "zone-power";
      this.#button.dataset["power"] = sector.device;
      this.#button.tabIndex = -1;
      this.#button.hidden = readOnly;
      this.#button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS.power}"/></svg>`;
      this.#total = document.createElement("span");
      this.#total.className = "zone-total";
      this.#count = document.createElement("span");
      this.#count.className = "zone-count";
      this.#job = new JobLine(sector, readOnly);
      this.label.append(
        this.#button,
        this.#name,
        this.#total,
        this.#count,
        this.#job.node,
      );
    } else {
      this.label.append(this.#name);
    }
  }

  /** What can take the focus now. */
  get stops(): readonly HTMLButtonElement[] {
    if (!this.#button || this.#button.hidden || this.#compact) return [];
    const cancel = this.#job?.shown && !this.#job.cancel.hidden;
    return cancel ? [this.#button, this.#job.cancel] : [this.#button];
  }

  /** Draws at a scale, its heading beside what is taken; all in pixels. */
  place(scale: number, taken: readonly Box[]): void {
    const points = this.zone.points.map(
      ([x, y]) => [x * scale, y * scale] as [number, number],
    );
    this.path.setAttribute(
      "d",
      `M${points.map(([x, y]) => `${px(x)} ${px(y)}`).join("L")}Z`,
    );
    if (!this.label) return;
    const box = boxOf(points);
    const { x, y, compact } = placeHeading(box, this.#name!.textContent, taken);
    this.#compact = compact;
    this.label.style.transform = `translate(${px(x)}px,${px(y)}px)`;
    this.label.style.maxWidth = `${px(box.width - 4)}px`;
    this.label.classList.toggle("narrow", box.width < NARROW_PX);
    this.label.classList.toggle("compact", compact);
  }

  /** The entities that it shows. */
  get ids(): readonly string[] {
    const keys = ["all", "power", "waste_power", "sockets_on", "job"];
    return this.sector ? entityIds(this.sector, keys) : [];
  }

  patch(ink: Ink): void {
    if (!this.sector) return;
    const { states, t, f, heatMax, wastes } = ink;
    const count = stateOf(states, this.sector, "sockets_on");
    const watts = numberOf(
      stateOf(states, this.sector, wastes ? "waste_power" : "power"),
    );
    const on = isOn(stateOf(states, this.sector, "all"));
    const sockets = Number(count?.attributes["sockets"] ?? 0);
    const heat = watts === null ? 0 : heatStep(watts / Math.max(1, sockets), heatMax);
    this.path.setAttribute("class", `zone h${heat}`);
    this.#total!.textContent = watts === null ? t("unknown") : f.power(watts);
    this.#count!.textContent = count ? `${count.state}/${sockets}` : "";
    this.#button!.setAttribute("aria-pressed", String(on ?? false));
    this.#button!.setAttribute(
      "aria-label",
      `${t(on ? "switch_off_name" : "switch_on_name", { name: this.sector.name })}, ${this.#total!.textContent} ${this.#count!.textContent}`,
    );
    this.#job!.patch(ink);
    this.label!.classList.toggle("switching", this.#job!.shown);
  }
}
