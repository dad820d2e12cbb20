/**
 * The drawing of a plan: built once, then only what changed is touched.
 *
 * No template is rendered here: with hundreds of modules and a state each second,
 * that is what keeps a tablet cool. Places are kept in pixels of the current zoom,
 * so that signs and texts keep their size on the screen.
 */

import { mdiClockOutline, mdiFlashAlert, mdiLanDisconnect } from "@mdi/js";

import type { Format } from "../shared/format.js";
import type { HassState, HassStates } from "../shared/hass.js";
import type { Translate } from "../shared/i18n.js";
import { ICONS, ROLE_ICONS } from "../shared/icons.js";
import {
  isOn,
  numberOf,
  type Park,
  type Role,
  type Sector,
  type Socket,
} from "../shared/park.js";
import { heatColor, heatStep, signColor } from "../shared/heat.js";
import { boxOf, spacing, type Module, type Plan, type Zone } from "./model.js";
import { socketStatus, type Mark, type Status } from "./status.js";

/** Everything that a repaint needs of the page. */
export interface Ink {
  states: HassStates;
  t: Translate;
  f: Format;
  heatMax: number;
}

export type Target =
  | { kind: "module"; device: string }
  | { kind: "zone"; device: string }
  | { kind: "power"; device: string };

const SVG = "http://www.w3.org/2000/svg";

// Pixels between modules from which on they show an icon, watts, their name.
const ICON_FROM_PX = 18;
const WATTS_FROM_PX = 36;
const NAME_FROM_PX = 62;
const RADIUS_PX = [4, 10, 14, 18] as const;
const RADIUS_MAX_PX = 26;
const CHARACTER_PX = 6.4;
/** As wide as the longest power: a chip that followed its text would cost a layout. */
const CHIP_PX = 52;

const MARKS: Readonly<Record<Exclude<Mark, "none">, string>> = {
  unheard: mdiLanDisconnect,
  pending: mdiClockOutline,
  shed: mdiFlashAlert,
};

/** The nodes of a module, once for each role: a copy is cheaper than making them. */
const PATTERNS = new Map<Role, SVGGElement>();

function copyOf(role: Role): SVGGElement {
  let pattern = PATTERNS.get(role);
  if (!pattern) {
    pattern = make("g", { class: "module", role: "button", tabindex: "-1" });
    const watts = make("text", { class: "watts" });
    watts.append(" ");
    pattern.append(
      make("circle", { class: "disc" }),
      make("path", { class: "sign", d: ROLE_ICONS[role] }),
      make("rect", { class: "chip", rx: "7", height: "14" }),
      watts,
    );
    PATTERNS.set(role, pattern);
  }
  return pattern.cloneNode(true) as SVGGElement;
}

export class ModuleNode {
  readonly group: SVGGElement;
  status: Status | undefined;
  busy: boolean | null = null;
  x = 0;
  y = 0;
  readonly #disc: SVGElement;
  readonly #icon: SVGElement;
  readonly #chip: SVGElement;
  readonly #label: SVGElement;
  // The text itself: to put another in its element's place costs a layout.
  readonly #watts: Text;
  // Made when they are first needed.
  #name: SVGTextElement | undefined;
  #mark: SVGPathElement | undefined;
  #radius = 0;
  #seen: (HassState | undefined)[] = [];
  #shown = { look: "", heat: -1, watts: "", mark: "none" as Mark, label: "", name: "" };

  constructor(
    public module: Module,
    readonly socket: Socket,
  ) {
    this.group = copyOf(socket.role);
    this.group.dataset["device"] = socket.device;
    const [disc, icon, chip, label] = this.group.children as unknown as SVGElement[];
    this.#disc = disc!;
    this.#icon = icon!;
    this.#chip = chip!;
    this.#label = label!;
    this.#watts = label!.firstChild as Text;
  }

  place(scale: number, level: number, room: number): void {
    this.x = this.module.x * scale;
    this.y = this.module.y * scale;
    const usual =
      level < 3
        ? RADIUS_PX[level]!
        : Math.max(RADIUS_PX[level]!, Math.min(RADIUS_MAX_PX, room / 5));
    const radius = (usual * this.module.size) / 100;
    this.group.setAttribute("transform", `translate(${px(this.x)} ${px(this.y)})`);
    this.#sizeTo(radius, room);
    if (level === 3) this.#showName(radius, room);
  }

  #sizeTo(radius: number, room: number): void {
    const { rotation } = this.module;
    const icon = (radius / 18).toFixed(3);
    this.#radius = radius;
    this.#disc.setAttribute("r", px(radius));
    this.#icon.setAttribute(
      "transform",
      `${rotation ? `rotate(${rotation})` : ""}scale(${icon})translate(-12 -12)`,
    );
    this.#label.setAttribute("y", px(radius + 13));
    this.#chip.setAttribute("y", px(radius + 2));
    const chip = Math.min(CHIP_PX, room - 2);
    this.#chip.setAttribute("width", px(chip));
    this.#chip.setAttribute("x", px(-chip / 2));
    this.#placeMark();
  }

  #showName(radius: number, room: number): void {
    if (!this.#name) {
      this.#name = make("text", { class: "name" });
      // Before the watts, as the group's label has it.
      this.#chip.before(this.#name);
    }
    this.#name.setAttribute("y", px(radius + 28));
    const name = shorten(this.socket.name, room / CHARACTER_PX);
    if (name !== this.#shown.name) this.#name.textContent = this.#shown.name = name;
  }

  #showMark(mark: Mark): void {
    if (mark === "none") {
      this.#mark?.remove();
      this.#mark = undefined;
      return;
    }
    if (!this.#mark) {
      this.#mark = make("path", {});
      this.group.append(this.#mark);
      this.#placeMark();
    }
    this.#mark.setAttribute("d", MARKS[mark]);
    this.#mark.setAttribute("class", `mark ${mark}`);
  }

  #placeMark(): void {
    const radius = this.#radius;
    this.#mark?.setAttribute(
      "transform",
      `translate(${px(radius * 0.45)} ${px(-radius - 4)})scale(0.6)`,
    );
  }

  /** Shows the socket's states; true when anything had to be drawn. */
  patch(ink: Ink, force: boolean): boolean {
    const { entities } = this.socket;
    const { states } = ink;
    const plug = states[entities["socket"] ?? ""];
    const power = states[entities["power"] ?? ""];
    const reason = states[entities["reason"] ?? ""];
    const seen = this.#seen;
    if (!force && seen[0] === plug && seen[1] === power && seen[2] === reason) {
      return false;
    }
    this.#seen = [plug, power, reason];
    this.status = socketStatus(plug, power, reason, ink.heatMax);
    if (this.busy !== null && this.status.on === this.busy) this.busy = null;
    this.#draw(ink);
    return true;
  }

  setBusy(towards: boolean | null, ink: Ink): void {
    this.busy = towards;
    if (this.status) this.#draw(ink);
  }

  #draw({ t, f }: Ink): void {
    const status = this.status!;
    const shown = this.#shown;
    const look = [
      "module",
      status.on === null ? "unheard" : status.on ? "on" : "off",
      this.busy === null ? "" : "busy",
      status.stale ? "stale" : "",
    ].join(" ");
    if (look !== shown.look) {
      this.group.setAttribute("class", (shown.look = look));
      this.group.setAttribute(
        "aria-pressed",
        status.on === null ? "mixed" : String(status.on),
      );
    }
    if (status.heat !== shown.heat) {
      shown.heat = status.heat;
      // As attributes: a class would have all styles below it worked out anew.
      this.#disc.setAttribute("fill", heatColor(status.heat));
      this.#icon.setAttribute("fill", signColor(status.heat));
    }
    const watts = status.power === null ? "?" : f.power(status.power);
    if (watts !== shown.watts) this.#watts.data = shown.watts = watts;
    if (status.mark !== shown.mark) this.#showMark((shown.mark = status.mark));
    const label = describe(
      this.socket,
      status,
      t,
      status.power === null ? null : watts,
    );
    if (label !== shown.label) {
      this.group.setAttribute("aria-label", (shown.label = label));
    }
  }
}

/** What a module says to who cannot see it. */
function describe(
  { name }: Socket,
  { on, wanted, mark }: Status,
  t: Translate,
  watts: string | null,
): string {
  const state = t(on === null ? "unheard" : on ? "on" : "off");
  const label = `${name}, ${watts ?? t("power_unknown")}, ${state}`;
  if (mark === "shed") return `${label}, ${t("shed")}`;
  if (mark === "pending") return `${label}, ${t(wanted ? "wanted_on" : "wanted_off")}`;
  return label;
}

export class ZoneNode {
  readonly path: SVGPathElement;
  readonly label: HTMLDivElement | undefined;
  readonly #button: HTMLButtonElement | undefined;
  readonly #name: HTMLSpanElement | undefined;
  readonly #total: HTMLSpanElement | undefined;
  readonly #count: HTMLSpanElement | undefined;
  #seen: (HassState | undefined)[] = [];

  constructor(
    public zone: Zone,
    readonly sector: Sector | undefined,
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
      this.#button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS.power}"/></svg>`;
      this.#total = document.createElement("span");
      this.#total.className = "zone-total";
      this.#count = document.createElement("span");
      this.#count.className = "zone-count";
      this.label.append(this.#button, this.#name, this.#total, this.#count);
    } else {
      this.label.append(this.#name);
    }
  }

  get focusable(): HTMLButtonElement | undefined {
    return this.#button;
  }

  place(scale: number): void {
    const points = this.zone.points.map(
      ([x, y]) => [x * scale, y * scale] as [number, number],
    );
    this.path.setAttribute(
      "d",
      `M${points.map(([x, y]) => `${px(x)} ${px(y)}`).join("L")}Z`,
    );
    if (!this.label) return;
    const box = boxOf(points);
    this.label.style.transform = `translate(${px(box.x)}px,${px(box.y)}px)`;
    this.label.style.maxWidth = `${px(box.width - 4)}px`;
    this.label.classList.toggle("narrow", box.width < 210);
  }

  patch({ states, t, f, heatMax }: Ink, force: boolean): boolean {
    if (!this.sector) return false;
    const { entities } = this.sector;
    const plug = states[entities["all"] ?? ""];
    const power = states[entities["power"] ?? ""];
    const count = states[entities["sockets_on"] ?? ""];
    const seen = this.#seen;
    if (!force && seen[0] === plug && seen[1] === power && seen[2] === count) {
      return false;
    }
    this.#seen = [plug, power, count];
    const watts = numberOf(power);
    const on = isOn(plug);
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
    return true;
  }
}

export class PlanView {
  readonly world = document.createElement("div");
  modules: readonly ModuleNode[] = [];
  zones: readonly ZoneNode[] = [];
  /** Above all else; for who edits. */
  readonly overlay = make("g", { class: "overlay" });
  /** Called after each drawing at another scale. */
  placed: (() => void) | undefined;
  readonly #svg = make("svg", { class: "drawing", role: "presentation" });
  readonly #picture = make("image", { class: "picture" });
  readonly #labels = document.createElement("div");
  #level = 0;
  #plan: Plan | undefined;
  #spacing = 1;
  #scale = 0;

  constructor() {
    this.world.className = "world";
    this.#labels.className = "labels";
    this.world.append(this.#svg, this.#labels);
  }

  /** Draws a plan anew. */
  build(plan: Plan, park: Park): void {
    this.#plan = plan;
    this.#spacing = spacing(plan.modules);
    this.#scale = 0;
    const sectors = new Map(park.sectors.map((sector) => [sector.device, sector]));
    const sockets = new Map(park.sockets.map((socket) => [socket.device, socket]));
    // What is no longer part of the park leaves no ghost.
    this.zones = plan.zones
      .filter((zone) => zone.device === null || sectors.has(zone.device))
      .map((zone) => new ZoneNode(zone, sectors.get(zone.device ?? "")));
    this.modules = plan.modules.flatMap((module) => {
      const socket = sockets.get(module.device);
      return socket ? [new ModuleNode(module, socket)] : [];
    });
    const hatch = make("pattern", {
      id: "hatch",
      width: "6",
      height: "6",
      patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)",
    });
    hatch.append(make("rect", { class: "hatch", width: "3", height: "6" }));
    const outline = make("g", { class: "zones" });
    outline.append(...this.zones.map((zone) => zone.path));
    const signs = make("g", { class: "modules" });
    signs.append(...this.modules.map((module) => module.group));
    const definitions = make("defs", {});
    definitions.append(hatch);
    this.#picture.removeAttribute("href");
    this.#picture.classList.toggle("invert", plan.picture?.invert ?? false);
    this.#svg.replaceChildren(
      definitions,
      ...(plan.picture ? [this.#picture] : []),
      outline,
      signs,
      this.overlay,
    );
    this.#labels.replaceChildren(...this.zones.flatMap((zone) => zone.label ?? []));
  }

  /** Shows the picture under the plan. */
  showPicture(url: string): void {
    this.#picture.setAttribute("href", url);
  }

  /** Draws at a scale: pixels of a unit of the plan. */
  place(scale: number): void {
    if (!this.#plan || scale === this.#scale) return;
    this.#scale = scale;
    const room = this.#spacing * scale;
    const level = (this.#level =
      room < ICON_FROM_PX ? 0 : room < WATTS_FROM_PX ? 1 : room < NAME_FROM_PX ? 2 : 3);
    const width = px(this.#plan.width * scale);
    const height = px(this.#plan.height * scale);
    this.#svg.setAttribute("width", width);
    this.#svg.setAttribute("height", height);
    this.#picture.setAttribute("width", width);
    this.#picture.setAttribute("height", height);
    this.#svg.setAttribute("class", `drawing level-${level}`);
    for (const module of this.modules) module.place(scale, level, room);
    for (const zone of this.zones) zone.place(scale);
    this.placed?.();
  }

  /** Draws a part anew that was moved, turned or sized. */
  replace(node: ModuleNode | ZoneNode): void {
    if (node instanceof ZoneNode) node.place(this.#scale);
    else node.place(this.#scale, this.#level, this.#spacing * this.#scale);
  }

  get scale(): number {
    return this.#scale;
  }

  /** Shows the states; returns how many nodes had to be drawn. */
  patch(ink: Ink, force = false): number {
    let drawn = 0;
    for (const module of this.modules) if (module.patch(ink, force)) drawn++;
    for (const zone of this.zones) if (zone.patch(ink, force)) drawn++;
    return drawn;
  }

  module(device: string): ModuleNode | undefined {
    return this.modules.find((module) => module.socket.device === device);
  }

  /** The module nearest to a place of the drawing, within a finger's reach. */
  nearest(x: number, y: number, reach = 24): ModuleNode | undefined {
    let best: ModuleNode | undefined;
    let bestDistance = reach ** 2;
    for (const module of this.modules) {
      const distance = (module.x - x) ** 2 + (module.y - y) ** 2;
      if (distance < bestDistance) [best, bestDistance] = [module, distance];
    }
    return best;
  }

  /** What can take the focus, in reading order: a zone's switch, then its modules. */
  get stops(): readonly (HTMLElement | SVGElement)[] {
    const stops: (HTMLElement | SVGElement)[] = [];
    const left = new Set(this.modules);
    for (const zone of this.zones) {
      if (zone.focusable) stops.push(zone.focusable);
      for (const module of left) {
        if (zone.sector && module.socket.sector === zone.sector.device) {
          stops.push(module.group);
          left.delete(module);
        }
      }
    }
    return [...stops, ...[...left].map((module) => module.group)];
  }
}

function make<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function shorten(text: string, characters: number): string {
  const room = Math.max(3, Math.floor(characters));
  return text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`;
}
