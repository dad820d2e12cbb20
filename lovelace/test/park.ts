/** A park for the tests, and the `hass` object of a page that shows it. */

import type { Hass, HassState } from "../src/shared/hass.js";
import type { Park, Role, Socket } from "../src/shared/park.js";

export function socket(
  name: string,
  sector: string | null = null,
  role: Role = "other",
): Socket {
  const key = name.replaceAll(" ", "_");
  return {
    id: `id_${key}`,
    label: name,
    device: `device_${key}`,
    name,
    role,
    sector,
    entities: {
      socket: `switch.${key}`,
      power: `sensor.${key}_power`,
      reason: `sensor.${key}_reason`,
      priority: `number.${key}_priority`,
      protected: `switch.${key}_protected`,
    },
  };
}

export function park(sizes: readonly number[] = [2, 1], loose = 0): Park {
  const sectors = sizes.map((_, index) => ({
    device: `sector_${index}`,
    name: `Room ${index}`,
    area: null,
    entities: {
      all: `switch.room_${index}`,
      power: `sensor.room_${index}_power`,
      sockets_on: `sensor.room_${index}_on`,
    },
  }));
  const sockets = sizes.flatMap((size, room) =>
    Array.from({ length: size }, (_, index) =>
      socket(`${room} ${index}`, `sector_${room}`),
    ),
  );
  for (let index = 0; index < loose; index++) sockets.push(socket(`loose ${index}`));
  return {
    id: "park",
    name: "School",
    device: "device_park",
    entities: { power: "sensor.park_power" },
    meters: [
      {
        device: "device_meter",
        name: "Linky",
        entities: {
          apparent_power: "sensor.meter_power",
          subscribed_power: "sensor.meter_subscribed",
        },
      },
    ],
    sectors,
    sockets,
  };
}

export function state(
  id: string,
  value: string,
  attributes: Record<string, unknown> = {},
): HassState {
  return {
    entity_id: id,
    state: value,
    attributes,
    last_changed: "2026-11-20T12:00:00+00:00",
    last_updated: "2026-11-20T12:00:00+00:00",
  };
}

/** States of a whole park: everything on, every socket at some watts. */
export function statesOf(of: Park, watts = 25): Record<string, HassState> {
  const states = [
    state(of.entities["power"]!, String(watts * of.sockets.length), {
      unit_of_measurement: "W",
    }),
    ...of.sectors.flatMap(({ device, entities }) => {
      const count = of.sockets.filter(({ sector }) => sector === device).length;
      return [
        state(entities["all"]!, "on"),
        state(entities["power"]!, String(watts * count), { unit_of_measurement: "W" }),
        state(entities["sockets_on"]!, String(count), { sockets: count }),
      ];
    }),
    ...of.sockets.flatMap(({ entities }) => [
      state(entities["socket"]!, "on", { wanted: true }),
      state(entities["power"]!, String(watts), { unit_of_measurement: "W" }),
      state(entities["reason"]!, "as_found", { refused: null }),
    ]),
  ];
  return Object.fromEntries(states.map((one) => [one.entity_id, one]));
}

type Subscriber = (message: unknown) => void;

/** A connection that answers subscriptions with what a test tells it. */
export class FakeConnection {
  readonly subscribers = new Map<Subscriber, string>();
  readonly listeners = new Map<string, Set<() => void>>();
  refuse: { code: string; message: string } | null = null;
  asked: string[] = [];

  constructor(public answers: Record<string, unknown> = {}) {}

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string },
  ): Promise<() => Promise<void>> {
    this.asked.push(message.type);
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    if (this.refuse) return Promise.reject(this.refuse);
    this.subscribers.set(callback as Subscriber, message.type);
    if (message.type in this.answers) callback(this.answers[message.type] as T);
    return Promise.resolve(() => {
      this.subscribers.delete(callback as Subscriber);
      return Promise.resolve();
    });
  }

  /** Tells who subscribed to something; by default, to the only thing there is. */
  tell(message: unknown, type?: string): void {
    for (const [subscriber, of] of this.subscribers) {
      if (type === undefined || type === of) subscriber(message);
    }
  }

  addEventListener(event: string, listener: () => void): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  removeEventListener(event: string, listener: () => void): void {
    this.listeners.get(event)?.delete(listener);
  }

  fire(event: string): void {
    for (const listener of this.listeners.get(event) ?? []) listener();
  }
}

export function hass(of: Park | null, overrides: Partial<Hass> = {}): Hass {
  const connection = new FakeConnection({
    "energy_park/park/subscribe": { cards: "", parks: of ? [of] : [] },
    "energy_park/plan/subscribe": { revision: 0, plans: {} },
  });
  return {
    states: of ? statesOf(of) : {},
    entities: {},
    devices: {},
    areas: {},
    floors: {},
    locale: {
      language: "en",
      number_format: "language",
      time_format: "24",
      time_zone: "server",
    },
    language: "en",
    config: { time_zone: "Europe/Paris", currency: "EUR", state: "RUNNING" },
    user: { is_admin: true },
    themes: {},
    connection,
    callWS: () => Promise.reject(new Error("not expected")),
    callService: () => Promise.resolve(),
    formatEntityState: (one) => `<${one.state}>`,
    formatEntityAttributeValue: (one, name) => `<${String(one.attributes[name])}>`,
    fetchWithAuth: () => Promise.reject(new Error("not expected")),
    ...overrides,
  };
}
