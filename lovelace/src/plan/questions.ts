/** What is asked before something is switched, and the report of what became of it. */

import type { ParkCard, Scene } from "../shared/card.js";
import { ask } from "../shared/dialog.js";
import { showToast } from "../shared/ha.js";
import { isOn, numberOf, stateOf, type Sector, type Socket } from "../shared/park.js";

export async function maySwitchOff(
  card: ParkCard,
  socket: Socket & { role: "computer" | "network" },
  scene: Scene,
): Promise<boolean> {
  const { t } = scene;
  return ask(card.renderRoot, {
    title: t("switch_off_name", { name: socket.name }),
    text: t(`confirm_${socket.role}`, { power: powerOf(socket, scene) }),
    yes: t("switch_off"),
    no: t("cancel"),
  });
}

/** Asks about a whole sector, and names what in it is not cut lightly. */
export async function maySwitchSector(
  card: ParkCard,
  sector: Sector,
  on: boolean,
  scene: Scene,
): Promise<boolean> {
  const { t } = scene;
  const members = membersOf(sector, scene);
  return ask(card.renderRoot, {
    title: t(on ? "switch_on_name" : "switch_off_name", { name: sector.name }),
    text: t(on ? "confirm_sector_on" : "confirm_sector_off", { count: members.length }),
    rows: on ? [] : members.flatMap((socket) => critical(socket, scene)),
    yes: t(on ? "switch_on" : "switch_off"),
    no: t("cancel"),
  });
}

function critical(socket: Socket, scene: Scene): [string, string][] {
  const { hass, t } = scene;
  if (isOn(stateOf(hass.states, socket, "socket")) === false) return [];
  const kept = isOn(stateOf(hass.states, socket, "protected"))
    ? t("protected")
    : socket.role === "computer" || socket.role === "network"
      ? t(`role_${socket.role}`)
      : null;
  return kept === null ? [] : [[socket.name, `${kept}, ${powerOf(socket, scene)}`]];
}

/** Tells what became of an order to a sector, module by module. */
export async function report(
  card: ParkCard,
  sector: Sector,
  on: boolean,
  error: string | null,
): Promise<void> {
  const { scene } = card;
  if (!scene) return;
  const { hass, t } = scene;
  const members = membersOf(sector, scene);
  const others = members.filter(
    (socket) => isOn(stateOf(hass.states, socket, "socket")) !== on,
  );
  if (!others.length && error === null) {
    showToast(card, t(on ? "sector_is_on" : "sector_is_off", { name: sector.name }));
    return;
  }
  await ask(card.renderRoot, {
    title: sector.name,
    text: t(on ? "report_on" : "report_off", {
      done: members.length - others.length,
      count: members.length,
    }),
    rows: others.map((socket) => [socket.name, why(socket, scene)]),
    yes: t("close"),
  });
}

/** Why a socket is not as it was ordered. */
function why(socket: Socket, { hass, t }: Scene): string {
  if (isOn(stateOf(hass.states, socket, "socket")) === null) return t("unheard");
  const reason = stateOf(hass.states, socket, "reason");
  return reason?.attributes["refused"]
    ? hass.formatEntityAttributeValue(reason, "refused")
    : t("unconfirmed");
}

function membersOf({ device }: Sector, { park }: Scene): Socket[] {
  return park.sockets.filter(({ sector }) => sector === device);
}

function powerOf(socket: Socket, { hass, t, f }: Scene): string {
  const power = numberOf(stateOf(hass.states, socket, "power"));
  return power === null ? t("unknown") : f.power(power);
}
