/** A dashboard that Home Assistant makes of the park, anew whenever that changes. */

import { planFeed, plansOf } from "../plan/document.js";
import type { Hass, HassConnection } from "../shared/hass.js";
import { parkFeed, type Feed } from "../shared/hub.js";
import { loadTexts, translator } from "../shared/i18n.js";
import { choosePark } from "../shared/park.js";
import type { View } from "./dashboard.js";

interface StrategyConfig {
  type: string;
  park?: string;
}

/** Home Assistant shows an error when a dashboard takes long. */
const WAIT_MS = 4000;

/** A card says by itself what is missing. */
const WITHOUT = { views: [{ cards: [{ type: "custom:energy-park-plan-card" }] }] };

export class ParkStrategy extends HTMLElement {
  static async generate(
    config: StrategyConfig,
    hass: Hass,
  ): Promise<{ views: View[] | { cards: unknown[] }[] }> {
    await loadTexts(hass.language);
    const t = translator(hass.language)!;
    const [dashboard, parks, plans] = await Promise.all([
      // The file of an older version is gone after an update.
      import("./dashboard.js").catch(() => null),
      first(hass.connection, parkFeed),
      first(hass.connection, planFeed),
    ]);
    const park = choosePark(parks?.parks ?? [], config.park);
    if (!dashboard || !park) return WITHOUT;
    const ground = { park, plans: plansOf(plans, park.id), t, hass };
    return { views: dashboard.views(ground) };
  }

  /** What the dialog of a new dashboard is filled with. */
  static getCreateSuggestions(): { title: string; icon: string } {
    return { title: "Energy Park", icon: "mdi:transmission-tower" };
  }
}

/** What a feed tells first; undefined when it tells nothing in time. */
async function first<T, M>(
  connection: HassConnection,
  of: (connection: HassConnection) => Feed<T, M>,
): Promise<T | undefined> {
  const feed = of(connection);
  if (feed.live) return feed.value;
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      end();
      resolve(feed.value);
    };
    const timer = setTimeout(done, WAIT_MS);
    const end = feed.listen(() => {
      if (feed.trouble === null) queueMicrotask(done);
    });
  });
}
