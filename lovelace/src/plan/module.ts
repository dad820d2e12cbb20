/** A module on the drawing: the sign of a socket, and what it shows. */

import {
  mdiClockOutline,
  mdiFlashAlert,
  mdiLanDisconnect,
  mdiLightbulbOn,
  mdiSleep,
} from "@mdi/js";

import { heatColor, signColor } from "../shared/heat.js";
import type { HassState } from "../shared/hass.js";
import type { Translate } from "../shared/i18n.js";
import { ROLE_ICONS } from "../shared/icons.js";
import { entityIds, isKnown, stateOf, type Role, type Socket } from "../shared/park.js";
import { make, px, type Ink } from "./drawing.js";
import type { Box, Module } from "./model.js";
import { socketStatus, type Mark, type Status } from "./status.js";

const RADIUS_PX = [4, 10, 14, 18] as const;
/** What stands below: watts, a name. */
const TEXTS_PX = [0, 0, 16, 30] as const;
const RADIUS_MAX_PX = 26;
const CHARACTER_PX = 6.4;
/** As wide as the longest power: a chip that followed its text would cost a layout. */
const CHIP_PX = 52;

const FOUND = "as_found";

const MARKS: Readonly<Record<Exclude<Mark, "none">, string>> = {
  unheard: mdiLanDisconnect,
  pending: mdiClockOutline,
  shed: mdiFlashAlert,
  left_on: mdiLightbulbOn,
  standby: mdiSleep,
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
  radius = 0;
  readonly #disc: SVGElement;
  readonly #icon: SVGElement;
  readonly #chip: SVGElement;
  readonly #label: SVGElement;
  // The text itself: to put another in its element's place costs a layout.
  readonly #watts: Text;
  // Made when they are first needed.
  #name: SVGTextElement | undefined;
  #mark: SVGPathElement | undefined;
  #texts = 0;
  #reason: HassState | undefined;
  /** Why it is in its state, in words. */
  #why = "";
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
    this.#texts = TEXTS_PX[level]!;
    this.#sizeTo(radius, room);
    if (level === 3) this.#showName(radius, room);
  }

  /** What it covers, with its texts. */
  get box(): Box {
    const [above, below] = [this.radius, this.radius + this.#texts];
    const aside = this.#texts ? Math.max(above, CHIP_PX / 2) : above;
    return {
      x: this.x - aside,
      y: this.y - above,
      width: 2 * aside,
      height: above + below,
    };
  }

  #sizeTo(radius: number, room: number): void {
    const { rotation } = this.module;
    const icon = (radius / 18).toFixed(3);
    this.radius = radius;
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
    const radius = this.radius;
    this.#mark?.setAttribute(
      "transform",
      `translate(${px(radius * 0.45)} ${px(-radius - 4)})scale(0.6)`,
    );
  }

  /** The entities that it shows. */
  get ids(): readonly string[] {
    return entityIds(this.socket, ["socket", "power", "reason"]);
  }

  /** Shows the socket's states; in other words than before when it is drawn anew. */
  patch(ink: Ink, anew: boolean): void {
    const { states } = ink;
    const plug = stateOf(states, this.socket, "socket");
    const power = stateOf(states, this.socket, "power");
    const reason = stateOf(states, this.socket, "reason");
    // Words cost more than numbers: only for another reason.
    if (anew || this.#reason !== reason) this.#why = whyText(reason, ink);
    this.#reason = reason;
    this.status = socketStatus(plug, power, reason, ink.heatMax);
    if (this.busy !== null && this.status.on === this.busy) this.busy = null;
    this.#draw(ink);
  }

  setBusy(towards: boolean | null, ink: Ink): void {
    this.busy = towards;
    if (this.status) this.#draw(ink);
  }

  #draw({ t, f, wastes }: Ink): void {
    const status = this.status!;
    const waste = wastes?.get(this.socket.device);
    const mark = waste ?? status.mark;
    const shown = this.#shown;
    const look = [
      "module",
      status.on === null ? "unheard" : status.on ? "on" : "off",
      this.busy === null ? "" : "busy",
      status.stale ? "stale" : "",
      waste ? "wasting" : "",
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
    if (mark !== shown.mark) this.#showMark((shown.mark = mark));
    const known = status.power === null ? null : watts;
    const label = [
      describe(this.socket, status, t, known),
      waste ? `, ${t(waste)}` : "",
      this.#why,
    ].join("");
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
  if (mark === "pending") return `${label}, ${t(wanted ? "wanted_on" : "wanted_off")}`;
  return label;
}

/** A reason as the end of a label; how a socket was found explains nothing. */
function whyText(reason: HassState | undefined, { say }: Ink): string {
  return isKnown(reason) && reason.state !== FOUND ? `, ${say(reason)}` : "";
}

function shorten(text: string, characters: number): string {
  const room = Math.max(3, Math.floor(characters));
  return text.length <= room ? text : `${text.slice(0, room - 1).trimEnd()}…`;
}
