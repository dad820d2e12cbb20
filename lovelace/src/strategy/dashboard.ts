/** The views of a park, made of it as it is; no entity is named that is not there. */

import type { Plan } from "../plan/model.js";
import type { Hass } from "../shared/hass.js";
import type { EntityKey } from "../shared/entities.js";
import type { Translate } from "../shared/i18n.js";
import type { Park, Part, Sector, Socket } from "../shared/park.js";
import { storeys } from "../plan/storeys.js";
import { sectorsByFloor } from "./floors.js";
import {
  ENTITY_NAME,
  groupTile,
  heading,
  section,
  sectorPath,
  sectorTile,
  socketTile,
  tile,
  wide,
  type CardJson,
} from "./parts.js";

export interface View {
  title: string;
  path: string;
  icon: string;
  [key: string]: unknown;
}

export interface Ground {
  park: Park;
  plans: readonly Plan[];
  t: Translate;
  hass: Hass;
}

const PLAN_ICON = "mdi:floor-plan";

export function views(ground: Ground): View[] {
  const { park } = ground;
  const linked = { park: park.id };
  return [
    ...planViews(ground, linked),
    overview(ground, linked),
    ...(park.meters.length ? [meterView(ground, linked)] : []),
    ...(park.meters.some(tellsShedding) ? [sheddingView(ground, linked)] : []),
    historyView(ground, linked),
    savingsView(ground, linked),
    settingsView(ground),
    ...park.sectors.map((sector) => sectorView(ground, linked, sector)),
  ];
}

/** The plan, or each of several floors. */
function planViews({ plans, t, hass }: Ground, linked: CardJson): View[] {
  const card = { type: "custom:energy-park-plan-card", ...linked };
  const view = { type: "panel", icon: PLAN_ICON };
  if (plans.length < 2) {
    return [{ ...view, title: t("view_plan"), path: "plan", cards: [card] }];
  }
  return storeys(plans, hass).map(({ plan, name, floor }, index) => ({
    ...view,
    title: name,
    path: index ? `plan-${index + 1}` : "plan",
    icon: floor?.icon ?? PLAN_ICON,
    cards: [{ ...card, plan: plan.id, title: name }],
  }));
}

function overview({ park, t, hass }: Ground, linked: CardJson): View {
  return {
    title: t("view_overview"),
    path: "overview",
    icon: "mdi:view-dashboard",
    type: "sections",
    max_columns: 3,
    sections: [
      ...park.meters.map((meter) =>
        section({
          type: "custom:energy-park-meter-card",
          ...linked,
          meter: meter.device,
          grid_options: { columns: "full" },
        }),
      ),
      section(
        ...sectorsByFloor(park.sectors, hass).flatMap(([floor, sectors]) => [
          heading(floor?.name ?? t("sectors"), floor?.icon ?? PLAN_ICON),
          ...sectors.map((sector) => sectorTile(sector, t)),
        ]),
      ),
      section({
        type: "custom:energy-park-history-card",
        ...linked,
        grid_options: { columns: "full" },
      }),
    ],
  };
}

function meterView({ park, t }: Ground, linked: CardJson): View {
  return {
    title: t("view_meter"),
    path: "meter",
    icon: "mdi:meter-electric",
    type: "sections",
    max_columns: 2,
    sections: park.meters.flatMap((meter) => [
      section({
        type: "custom:energy-park-meter-card",
        ...linked,
        meter: meter.device,
        grid_options: { columns: "full" },
      }),
      section({
        type: "custom:energy-park-history-card",
        ...linked,
        title: meter.name,
        sources: [meter.device],
        grid_options: { columns: "full" },
      }),
    ]),
  };
}

function tellsShedding({ entities }: Part): boolean {
  return entities["shedding"] !== undefined;
}

/** What each meter sheds, and how; what can be set of it stands beside. */
function sheddingView({ park, t }: Ground, linked: CardJson): View {
  return {
    title: t("view_shedding"),
    path: "shedding",
    icon: "mdi:flash-alert",
    type: "sections",
    max_columns: 3,
    sections: park.meters.filter(tellsShedding).flatMap((meter) => [
      {
        ...section({
          type: "custom:energy-park-shedding-card",
          ...linked,
          meter: meter.device,
          grid_options: { columns: "full" },
        }),
        column_span: 2,
      },
      section(
        heading(meter.name, "mdi:meter-electric"),
        ...SHEDDING_KEYS.map((key) => wide(tile(meter, key))),
      ),
    ]),
  };
}

const SHEDDING_KEYS: readonly EntityKey[] = [
  "shedding",
  "shed_power",
  "longest_off",
  "shedding_policy",
  "shedding_margin",
  "silent_meter",
  "shedding_test",
];

function historyView({ t }: Ground, linked: CardJson): View {
  return {
    title: t("view_history"),
    path: "history",
    icon: "mdi:chart-line",
    type: "panel",
    cards: [{ type: "custom:energy-park-history-card", ...linked }],
  };
}

function savingsView({ park, t }: Ground, linked: CardJson): View {
  return {
    title: t("view_savings"),
    path: "savings",
    icon: "mdi:piggy-bank-outline",
    type: "sections",
    max_columns: 2,
    sections: [
      section({
        type: "custom:energy-park-savings-card",
        ...linked,
        grid_options: { columns: "full" },
      }),
      section({
        type: "custom:energy-park-history-card",
        ...linked,
        title: t("energy"),
        range: "month",
        sources: [park.device],
        grid_options: { columns: "full" },
      }),
    ],
  };
}

/** What an automation or a person may set, sector by sector. */
function settingsView({ park, t }: Ground): View {
  const loose = park.sockets.filter(({ sector }) => sector === null);
  return {
    title: t("view_settings"),
    path: "settings",
    icon: "mdi:cog",
    type: "sections",
    max_columns: 3,
    sections: [
      section(heading(park.name, "mdi:transmission-tower"), ...settings(park)),
      ...park.sectors.map(({ device, name }) =>
        socketSettings(
          name,
          park.sockets.filter(({ sector }) => sector === device),
        ),
      ),
      ...(loose.length ? [socketSettings(t("no_sector"), loose)] : []),
    ],
  };
}

const PARK_KEYS: readonly EntityKey[] = ["override"];
const SOCKET_KEYS: readonly EntityKey[] = ["priority", "protected"];

function settings(park: Park): CardJson[] {
  return PARK_KEYS.flatMap((key) => {
    const entity = park.entities[key];
    return entity === undefined
      ? []
      : [
          {
            type: "tile",
            entity,
            name: ENTITY_NAME,
            grid_options: { columns: "full" },
          },
        ];
  });
}

function socketSettings(title: string, sockets: readonly Socket[]): CardJson {
  return section({
    type: "entities",
    title,
    show_header_toggle: false,
    grid_options: { columns: "full" },
    entities: sockets.flatMap((socket) => [
      { type: "section", label: socket.name },
      ...SOCKET_KEYS.flatMap((key) => {
        const entity = socket.entities[key];
        return entity === undefined ? [] : [{ entity, name: ENTITY_NAME }];
      }),
    ]),
  });
}

function sectorView(ground: Ground, linked: CardJson, sector: Sector): View {
  const { park, t } = ground;
  const own = park.sockets.filter((socket) => socket.sector === sector.device);
  return {
    title: sector.name,
    path: sectorPath(sector),
    icon: PLAN_ICON,
    type: "sections",
    subview: true,
    max_columns: 3,
    sections: [
      section(
        heading(sector.name, PLAN_ICON),
        ...(["all", "computers", "monitors"] as const).map((key) =>
          groupTile(sector, key, t),
        ),
        ...(["power", "energy", "state"] as const).map((key) => tile(sector, key)),
      ),
      section(
        heading(t("sockets"), "mdi:power-socket-fr"),
        ...own.map((socket) => socketTile(socket, t)),
      ),
      section({
        type: "custom:energy-park-history-card",
        ...linked,
        title: sector.name,
        sources: [sector.device],
        grid_options: { columns: "full" },
      }),
    ],
  };
}
