/** Opens the editor of a plan: its file is loaded only then. */

import { showToast } from "../shared/ha.js";
import { loaded } from "../shared/lazy.js";
import type { PlanCard } from "./card.js";
import type { PlanEditor } from "./editor/panel.js";
import type { Stage } from "./editor/stage.js";

/** The editor of what a card shows; undefined when it cannot be opened now. */
export async function openEditor(card: PlanCard): Promise<PlanEditor | undefined> {
  const stage = stageOf(card);
  if (!stage) return undefined;
  const part = await loaded(card, import("./editor/panel.js"));
  return part && new part.PlanEditor(stage);
}

function stageOf(card: PlanCard): Stage | undefined {
  const { canvas, painter, choice } = card;
  const { view, camera, viewport } = canvas;
  const { feed } = choice;
  if (!viewport || !feed) return undefined;
  return {
    view,
    camera,
    viewport,
    feed,
    get plan() {
      return painter.plan!;
    },
    get storeys() {
      return choice.storeys(card.scene!);
    },
    get plans() {
      return this.storeys.map(({ plan }) => plan);
    },
    get scene() {
      return card.scene!;
    },
    choose: (id) => {
      card.choose(id);
    },
    refresh: () => {
      card.requestUpdate();
    },
    redraw: () => {
      painter.redraw();
    },
    toast: (text) => {
      showToast(card, text);
    },
  };
}
