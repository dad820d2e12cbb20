/** What the card lends to the editor. */

import type { Scene } from "../../shared/card.js";
import type { Camera } from "../camera.js";
import type { PlanFeed } from "../document.js";
import type { Plan } from "../model.js";
import type { Storey } from "../storeys.js";
import type { PlanView } from "../view.js";

export interface Stage {
  readonly view: PlanView;
  readonly camera: Camera;
  readonly viewport: HTMLElement;
  readonly feed: PlanFeed;
  /** The plan that is drawn. */
  readonly plan: Plan;
  /** All plans of the park, edits included; none before the first is kept. */
  readonly plans: readonly Plan[];
  /** The same by their floors. */
  readonly storeys: readonly Storey[];
  readonly scene: Scene;
  /** Draws another plan. */
  readonly choose: (id: string) => void;
  /** Draws what was edited. */
  readonly refresh: () => void;
  /** Draws all anew, as it is kept. */
  readonly redraw: () => void;
  readonly toast: (text: string) => void;
}

/** The part that is chosen; of a zone also one of its corners, by its place. */
export type Selection =
  { kind: "module"; id: string } | { kind: "zone"; id: string; corner?: number } | null;
