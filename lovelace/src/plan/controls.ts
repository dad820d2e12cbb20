/** What taps, long presses and keys do on a plan that is not edited. */

import { openMoreInfo } from "../shared/ha.js";
import { isPress } from "../shared/keys.js";
import type { Part, Sector, Socket } from "../shared/park.js";
import type { Canvas } from "./canvas.js";
import type { PlanCard } from "./card.js";
import { RovingFocus } from "./focus.js";
import type { Zone } from "./model.js";
import type { ModuleNode } from "./module.js";
import { cancelJob, toggleSector, toggleSocket } from "./switching.js";
import type { Orders } from "./table.js";

const BUSY_MAX_MS = 15_000;

export class Controls implements Orders {
  readonly focus: RovingFocus;

  constructor(
    readonly card: PlanCard,
    readonly canvas: Canvas,
  ) {
    this.focus = new RovingFocus(
      () => canvas.view.stops,
      (stop) => {
        canvas.reveal(stop);
      },
    );
    const { world } = canvas.view;
    world.addEventListener("click", this.#click);
    world.addEventListener("focusin", ({ target }) => {
      this.focus.follow(target);
      this.#lookAt(target);
      // What a finger touched is where it is seen.
      if ((target as Element).matches(":focus-visible"))
        canvas.reveal(target as Element);
    });
    world.addEventListener("pointerover", ({ target }) => {
      this.#lookAt(target);
    });
  }

  tap(module: ModuleNode | undefined, zone: Zone | undefined): void {
    if (module) this.#activate(module.socket);
    else if (zone) this.#tapZone(zone);
  }

  hold(module: ModuleNode | undefined, zone: Zone | undefined): void {
    const part = module?.socket ?? this.#sector(zone?.device);
    if (part) this.details(part);
  }

  /** Home Assistant's own sheet with the last 24 hours. */
  details({ entities }: Part): void {
    const entity = entities["power"] ?? entities["socket"] ?? entities["all"];
    if (entity) openMoreInfo(this.card, entity, "history");
  }

  toggleSector(sector: Sector): void {
    void toggleSector(this.card, sector);
  }

  cancelJob(sector: Sector): void {
    void cancelJob(this.card, sector);
  }

  toggle(socket: Socket): void {
    const { card } = this;
    const module = this.canvas.view.module(socket.device);
    const showBusy = (towards: boolean | null): void => {
      if (card.scene) module?.setBusy(towards, card.painter.ink(card.scene));
    };
    void toggleSocket(card, socket, (towards) => {
      showBusy(towards);
      // What was never confirmed is not on its way for ever.
      if (towards !== null) setTimeout(showBusy, BUSY_MAX_MS, null);
    });
  }

  readonly key = (event: KeyboardEvent): void => {
    const { target, key, repeat, shiftKey } = event;
    // A key that is held orders once; so does one that is held on a zone's button.
    if (!this.focus.go(target, key) && !(repeat && isPress(event))) {
      if (!isPress(event)) return;
      const { device, power } = (target as HTMLElement).dataset;
      const socket = this.canvas.view.module(device ?? "")?.socket;
      const part = socket ?? this.#sector(power);
      if (shiftKey && part) this.details(part);
      else if (socket) this.#activate(socket);
      else return;
    }
    event.preventDefault();
  };

  #activate(socket: Socket): void {
    const { tap, read_only } = this.card.config ?? {};
    if (tap === "details" || read_only) this.details(socket);
    else this.toggle(socket);
  }

  #tapZone(zone: Zone): void {
    const { zone_tap, read_only } = this.card.config ?? {};
    const sector = this.#sector(zone.device);
    if (zone_tap === "toggle" && sector && !read_only) this.toggleSector(sector);
    else if (zone_tap !== "none") this.canvas.approach(zone);
  }

  #sector(device: string | null | undefined): Sector | undefined {
    return this.card.scene?.park.sectors.find((sector) => sector.device === device);
  }

  /** The buttons of a zone. */
  #click = (event: Event): void => {
    if (this.card.editor) return;
    const target = event.target as Element;
    const button = target.closest<HTMLElement>("[data-power], [data-cancel]");
    const { power, cancel } = button?.dataset ?? {};
    const sector = this.#sector(power ?? cancel);
    if (!sector) return;
    if (cancel) this.cancelJob(sector);
    else this.toggleSector(sector);
  };

  /** Tells more of the module under the pointer, or with the focus. */
  #lookAt(target: EventTarget | null): void {
    const module = (target as Element).closest<SVGElement>("[data-device]");
    if (module) this.card.painter.lookAt(module.dataset["device"]);
  }
}
