/** What all cards have in common: the park, texts, bounded repaints, clear notices. */

import { html, LitElement, nothing, type TemplateResult } from "lit";

import { lend } from "./form.js";
import { format, type Format } from "./format.js";
import type { Hass, HassConnection, HassStates } from "./hass.js";
import { parkFeed, type AnyFeed, type Feed } from "./hub.js";
import { loadTexts, translator, type Translate } from "./i18n.js";
import { changed, choosePark, type Park, type ParkMessage } from "./park.js";
import { Repaint } from "./repaint.js";

export interface CardConfig {
  type: string;
  park?: string;
  title?: string;
}

/** All that a card draws from. */
export interface Scene {
  hass: Hass;
  park: Park;
  t: Translate;
  f: Format;
}

/** The version in the address of this file; "latest" says none. */
const OWN_VERSION = new URL(/* @vite-ignore */ ".", import.meta.url).pathname
  .split("/")
  .at(-2);

export abstract class ParkCard<C extends CardConfig = CardConfig> extends LitElement {
  static override properties = {
    config: { attribute: false },
    layout: { reflect: true },
    preview: { type: Boolean },
  };

  declare config: C | undefined;
  /** Set by Home Assistant: "grid" in a section, "panel" alone on a page. */
  declare layout: string | undefined;
  declare preview: boolean | undefined;

  protected readonly repaint = new Repaint(this, () => {
    this.paint();
  });
  #hass: Hass | undefined;
  #shown: HassStates | undefined;
  #feed: Feed<ParkMessage> | undefined;
  #unlisten: readonly (() => void)[] = [];

  set hass(hass: Hass | undefined) {
    if (!hass) return;
    const before = this.#hass;
    this.#hass = hass;
    lend(hass);
    if (before?.connection !== hass.connection && this.isConnected) this.#follow();
    if (before && before.states !== hass.states) this.repaint.request();
    if (
      before?.locale !== hass.locale ||
      before.language !== hass.language ||
      before.floors !== hass.floors ||
      before.themes.darkMode !== hass.themes.darkMode
    ) {
      this.requestUpdate();
    }
  }

  get hass(): Hass | undefined {
    return this.#hass;
  }

  setConfig(config: C): void {
    this.checkConfig(config);
    this.config = config;
  }

  /** Throws an error that tells what is wrong with a configuration. */
  protected checkConfig(config: C): void {
    if (config.park !== undefined && typeof config.park !== "string") {
      throw new Error("park: the id of a park is a text");
    }
  }

  /** The entities whose changes the card shows. */
  protected abstract watched(park: Park): readonly string[];

  protected abstract renderPark(scene: Scene): TemplateResult;

  /** Shows what changed since the last time. */
  protected paint(): void {
    const scene = this.scene;
    if (scene && changed(this.#shown, scene.hass.states, this.watched(scene.park))) {
      this.requestUpdate();
    }
  }

  /** All there is to draw from, null until it is all there. */
  get scene(): Scene | null {
    const hass = this.#hass;
    const park = choosePark(this.#feed?.value?.parks ?? [], this.config?.park);
    const t = hass && translator(hass.language);
    return park && t ? { hass, park, t, f: format(hass) } : null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.repaint.connect();
    if (this.#hass) this.#follow();
    this.repaint.request();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.repaint.disconnect();
    for (const end of this.#unlisten) end();
    this.#unlisten = [];
    this.#feed = undefined;
  }

  /** What else a card follows; all cards follow the parks. */
  protected feeds(_connection: HassConnection): readonly AnyFeed[] {
    return [];
  }

  #follow(): void {
    for (const end of this.#unlisten) end();
    const { connection } = this.#hass!;
    this.#feed = parkFeed(connection);
    this.#unlisten = [this.#feed, ...this.feeds(connection)].map((feed) =>
      feed.listen(() => {
        this.requestUpdate();
      }),
    );
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const hass = this.#hass;
    if (!hass || !this.config) return html`<ha-card></ha-card>`;
    const t = translator(hass.language);
    if (!t) {
      void loadTexts(hass.language).then(() => {
        this.requestUpdate();
      });
      return html`<ha-card></ha-card>`;
    }
    const scene = this.scene;
    this.#shown = hass.states;
    if (!scene) return this.#renderTrouble(t);
    return html`<ha-card>${this.renderPark(scene)} ${this.#renderUpdate(t)}</ha-card>`;
  }

  #renderTrouble(t: Translate): TemplateResult {
    const feed = this.#feed;
    if (!feed?.value) {
      return notice(t(feed?.trouble === "missing" ? "missing" : "connecting"));
    }
    if (feed.value.parks.length === 0) {
      return notice(
        t("no_park"),
        html`<a href="/config/integrations/dashboard/add?domain=energy_park"
          >${t("add_park")}</a
        >`,
      );
    }
    return notice(t("park_removed"));
  }

  #renderUpdate(t: Translate): TemplateResult | typeof nothing {
    const served = this.#feed?.value?.cards;
    if (!served || !OWN_VERSION || !/^[0-9a-f]{12}$/.test(OWN_VERSION)) return nothing;
    if (served === OWN_VERSION) return nothing;
    return html`<p class="updated" role="status">
      ${t("updated")}
      <button
        @click=${() => {
          location.reload();
        }}
      >
        ${t("reload")}
      </button>
    </p>`;
  }
}

/** A card that says in words why there is nothing to see. */
function notice(
  text: string,
  action: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<ha-card><p class="notice" role="status">${text} ${action}</p></ha-card>`;
}
