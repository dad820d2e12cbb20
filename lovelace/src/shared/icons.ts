/** Icons as paths of a 24 by 24 drawing: they need no element of Home Assistant. */

import {
  mdiChartLine,
  mdiDesktopTower,
  mdiFitToScreenOutline,
  mdiMagnifyMinusOutline,
  mdiMagnifyPlusOutline,
  mdiMapOutline,
  mdiMonitor,
  mdiPencilRuler,
  mdiPower,
  mdiPowerPlugOffOutline,
  mdiPowerSocketFr,
  mdiRouterNetwork,
  mdiTableLarge,
} from "@mdi/js";
import { svg, type SVGTemplateResult } from "lit";

import type { Role } from "./park.js";

export const ROLE_ICONS: Readonly<Record<Role, string>> = {
  computer: mdiDesktopTower,
  monitor: mdiMonitor,
  network: mdiRouterNetwork,
  other: mdiPowerSocketFr,
};

export const ICONS = {
  chart: mdiChartLine,
  edit: mdiPencilRuler,
  fit: mdiFitToScreenOutline,
  map: mdiMapOutline,
  minus: mdiMagnifyMinusOutline,
  plus: mdiMagnifyPlusOutline,
  power: mdiPower,
  table: mdiTableLarge,
  waste: mdiPowerPlugOffOutline,
} as const;

export function icon(path: string): SVGTemplateResult {
  return svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${path}></path></svg>`;
}
