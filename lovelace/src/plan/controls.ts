/** What taps, long presses and keys do on a plan that is not edited. */

import { openMoreInfo } from "../shared/ha.js";
import { isPress } from "../shared/keys.js";
import type { Socket } from "../shared/park.js";
import type { Canvas } from "./canvas.js";
import type { PlanCard } from "./card.js";
import { RovingFocus } from "./focus.js";
import type { Zone } from "./model.js";
import type { ModuleNode } from "./module.js";
import { cancelJob, toggleSector, toggleSocket } from "./switching.js";

const BUSY_MAX_MS = 15_000;

export class Controls {
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
    if (module) this.#activate(module);
    else if (zone && this.card.config?.zone_tap !== "none") this.canvas.approach(zone);
  }

  /** Home Assistant's own sheet with the last 24 hours. */
  details({ socket: { entities } }: ModuleNode): void {
    const entity = entities["power"] ?? entities["socket"];
    if (entity) openMoreInfo(this.card, entity, "history");
  }

  toggle(socket: Socket): void {
    const { card } = this;
    const module = this.canvas.view.module(socket.device);
    if (card.config?.read_only) {
      if (module) this.details(module);
      return;
    }
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
      const device = (target as HTMLElement).dataset["device"];
      const module = device === undefined ? undefined : this.canvas.view.module(device);
      if (!module || !isPress(event)) return;
      if (shiftKey) this.details(module);
      else this.#activate(module);
    }
    event.preventDefault();
  };

  #activate(module: ModuleNode): void {
    if (this.card.config?.tap === "details") this.details(module);
    else this.toggle(module.socket);
  }

  /** The buttons of a zone. */
  #click = (event: Event): void => {
    const { card } = this;
    if (card.editor || card.config?.read_only) return;
    const target = event.target as Element;
    const button = target.closest<HTMLElement>("[data-power], [data-cancel]");
    const { power, cancel } = button?.dataset ?? {};
    const device = power ?? cancel;
    const sector = card.scene?.park.sectors.find((one) => one.device === device);
    if (sector) void (cancel ? cancelJob(card, sector) : toggleSector(card, sector));
  };

  /** Tells more of the module under the pointer, or with the focus. */
  #lookAt(target: EventTarget | null): void {
    const module = (target as Element).closest<SVGElement>("[data-device]");
    if (module) this.card.painter.lookAt(module.dataset["device"]);
  }
}
