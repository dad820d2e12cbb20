/** The plans of a park as a whole: begun, named, given a picture, removed. */

import { mdiArrowLeft, mdiArrowRight } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";

import { ask } from "../../shared/dialog.js";
import type { Change, StoredHead } from "../document.js";
import { PLAN_WIDTH, type Plan } from "../model.js";
import type { Uploaded } from "../pictures.js";
import type { Storey } from "../storeys.js";
import { creation, headOf, stretched } from "./changes.js";
import { newId, tool, type Desk } from "./desk.js";
import { exportPlans, importFile, pictureFile } from "./files.js";
import type { Stage } from "./stage.js";

const EMPTY_HEIGHT = 6000;

/** How to begin, where there is no plan yet. */
export function startRows(desk: Desk): TemplateResult {
  const { stage } = desk;
  const { t } = stage.scene;
  return html`<p class="hint">${t("start_hint")}</p>
    <div class="row">
      <button
        class="main"
        @click=${() => {
          create(desk, { ...stage.plan, id: newId() });
        }}
      >
        ${t("start_arranged")}
      </button>
      ${pictureFile(stage, "start_picture", (uploaded) => {
        create(desk, { ...empty(stage), ...framed(uploaded, false) });
      })}
      <button
        @click=${() => {
          create(desk, empty(stage));
        }}
      >
        ${t("start_empty")}
      </button>
      ${importFile(stage)}
    </div>`;
}

export function planRow(desk: Desk): TemplateResult {
  const { stage } = desk;
  const { plan } = stage;
  const { t, hass } = stage.scene;
  return html`<div class="row">
    ${storeyOf(stage)?.named ? nameField(desk, plan) : nothing}
    <label
      >${t("floor")}
      <select
        @change=${(event: Event) => {
          setHead(desk, { floor: (event.target as HTMLSelectElement).value || null });
        }}
      >
        <option value="" ?selected=${plan.floor === null}>–</option>
        ${Object.values(hass.floors).map(
          ({ floor_id, name }) =>
            html`<option value=${floor_id} ?selected=${floor_id === plan.floor}>
              ${name}
            </option>`,
        )}
      </select></label
    >
    ${order(desk)}
    ${pictureFile(
      stage,
      plan.picture ? "change_picture" : "add_picture",
      (uploaded) => {
        setPicture(desk, uploaded);
      },
    )}
    ${plan.picture ? pictureTools(desk, plan.picture) : nothing}
    <button
      @click=${() => {
        create(desk, { ...empty(stage), name: t("new_plan") });
      }}
    >
      ${t("add_plan")}
    </button>
    <button @click=${() => removePlan(desk)}>${t("remove_plan")}</button>
    <button @click=${() => exportPlans(stage)}>${t("export")}</button>
    ${importFile(stage)}
  </div>`;
}

/** The plan that is drawn, by its floor; undefined when another removed it just now. */
function storeyOf({ plan, storeys }: Stage): Storey | undefined {
  return storeys.find((storey) => storey.plan.id === plan.id);
}

function nameField(desk: Desk, { name }: Plan): TemplateResult {
  return html`<input
    aria-label=${desk.stage.scene.t("plan_name")}
    maxlength="100"
    .value=${name}
    @change=${(event: Event) => {
      const chosen = (event.target as HTMLInputElement).value.trim();
      if (chosen) setHead(desk, { name: chosen });
    }}
  />`;
}

/** Moves the plan among those of its floor: floors have their own order. */
function order(desk: Desk): TemplateResult | typeof nothing {
  const { plan, storeys } = desk.stage;
  if (storeys.length < 2) return nothing;
  const place = storeys.findIndex((storey) => storey.plan.id === plan.id);
  const to = (other: number): { disabled: boolean } => ({
    disabled: !storeys[other] || storeys[other].floor !== storeys[place]?.floor,
  });
  return html`${tool(
    desk,
    mdiArrowLeft,
    "plan_before",
    () => {
      swap(desk, place, place - 1);
    },
    to(place - 1),
  )}${tool(
    desk,
    mdiArrowRight,
    "plan_after",
    () => {
      swap(desk, place, place + 1);
    },
    to(place + 1),
  )}`;
}

function swap({ stage, session, commit }: Desk, one: number, other: number): void {
  const ids = stage.plans.map(({ id }) => id);
  [ids[one], ids[other]] = [ids[other]!, ids[one]!];
  commit(
    ids.flatMap((id, order): Change[] => {
      const stored = session.document.plans[id];
      if (!stored || stored.order === order) return [];
      const value = { ...headOf(stored), order };
      return [{ plan: id, kind: "plan", id, value }];
    }),
  );
}

function pictureTools(
  desk: Desk,
  picture: NonNullable<Plan["picture"]>,
): TemplateResult {
  const { t } = desk.stage.scene;
  return html`<label
      ><input
        type="checkbox"
        .checked=${picture.invert}
        @change=${(event: Event) => {
          const invert = (event.target as HTMLInputElement).checked;
          setHead(desk, { picture: { ...picture, invert } });
        }}
      />${t("invert_picture")}</label
    ><button
      @click=${() => {
        setHead(desk, { picture: null });
      }}
    >
      ${t("remove_picture")}
    </button>`;
}

function empty({ scene: { park } }: Stage): Plan {
  return {
    id: newId(),
    name: park.name,
    floor: null,
    width: PLAN_WIDTH,
    height: EMPTY_HEIGHT,
    picture: null,
    zones: [],
    modules: [],
  };
}

/** A plan has the shape of its picture. */
function framed(
  uploaded: Uploaded,
  invert: boolean,
): Required<Pick<Plan, "picture" | "height">> {
  return {
    picture: { ...uploaded, invert },
    height: Math.round((PLAN_WIDTH * uploaded.height) / uploaded.width),
  };
}

function create(desk: Desk, plan: Plan): void {
  const { scene, plans, choose } = desk.stage;
  desk.commit(creation(scene.park.id, plan, plans.length));
  choose(plan.id);
}

function setHead({ stage, session, commit }: Desk, values: Partial<StoredHead>): void {
  const { id } = stage.plan;
  const stored = session.document.plans[id];
  if (!stored) return;
  const value = { ...headOf(stored), ...values };
  commit([{ plan: id, kind: "plan", id, value }]);
}

/** Another picture, and all where it was on the one before it. */
function setPicture({ stage, session, commit }: Desk, uploaded: Uploaded): void {
  const { id } = stage.plan;
  const stored = session.document.plans[id];
  if (!stored) return;
  const head = framed(uploaded, stored.picture?.invert ?? false);
  const value = { ...headOf(stored), ...head };
  commit([
    { plan: id, kind: "plan", id, value },
    ...stretched(id, stored, head.height / stored.height),
  ]);
}

async function removePlan({ stage, commit, select, renderRoot }: Desk): Promise<void> {
  const { plan, scene } = stage;
  const { t } = scene;
  const name = storeyOf(stage)?.name ?? plan.name;
  const sure = await ask(renderRoot, {
    title: `${t("remove_plan")}: ${name}`,
    text: t("confirm_remove_plan", {
      zones: plan.zones.length,
      modules: plan.modules.length,
    }),
    yes: t("remove_plan"),
    no: t("cancel"),
  });
  if (!sure) return;
  commit([{ plan: plan.id, kind: "plan", id: plan.id, value: null }]);
  select(null);
  const next = stage.plans.find(({ id }) => id !== plan.id);
  if (next) stage.choose(next.id);
}
