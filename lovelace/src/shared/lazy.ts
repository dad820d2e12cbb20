/** Parts of the cards whose files are loaded when they are first needed. */

import type { ParkCard } from "./card.js";
import { showToast } from "./ha.js";

/** A part, or undefined when its file is gone: an update took it away. */
export async function loaded<T>(
  card: ParkCard,
  part: Promise<T>,
): Promise<T | undefined> {
  try {
    return await part;
  } catch {
    const t = card.scene?.t;
    if (t) showToast(card, t("updated"));
    return undefined;
  }
}
