/** What the cards use of Home Assistant's `hass` object; types only. */

export interface HassState {
  entity_id: string;
  state: string;
  attributes: Readonly<Record<string, unknown>>;
  last_changed: string;
  last_updated: string;
}

export type HassStates = Readonly<Record<string, HassState | undefined>>;

export interface HassLocale {
  language: string;
  number_format: string;
  time_format: string;
  time_zone?: string;
  /** "language", or the name of a day. */
  first_weekday?: string;
}

export interface HassConnection {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string } & Record<string, unknown>,
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void>>;
  addEventListener(event: string, listener: () => void): void;
  removeEventListener(event: string, listener: () => void): void;
}

/** An entity as the registry knows it. */
export interface HassEntity {
  platform?: string;
  device_id?: string;
  translation_key?: string;
}

export interface HassDevice {
  config_entries: readonly string[];
}

export interface HassArea {
  area_id: string;
  name: string;
  floor_id?: string | null;
}

export interface HassFloor {
  floor_id: string;
  name: string;
  level?: number | null;
  icon?: string | null;
}

export interface Hass {
  states: HassStates;
  entities: Readonly<Record<string, HassEntity | undefined>>;
  devices: Readonly<Record<string, HassDevice | undefined>>;
  areas: Readonly<Record<string, HassArea | undefined>>;
  /** In the order that the user gave them. */
  floors: Readonly<Record<string, HassFloor>>;
  locale: HassLocale;
  language: string;
  config: { time_zone: string; currency: string; state: string };
  user?: { is_admin: boolean };
  themes: { darkMode?: boolean };
  connection: HassConnection;
  callWS<T>(message: { type: string } & Record<string, unknown>): Promise<T>;
  callService(
    domain: string,
    service: string,
    data?: Record<string, unknown>,
    target?: { entity_id?: string | string[] },
    notifyOnError?: boolean,
  ): Promise<unknown>;
  /** A state, or an attribute's value, in the words of the user's language. */
  formatEntityState(state: HassState): string;
  formatEntityAttributeValue(state: HassState, attribute: string): string;
  fetchWithAuth(path: string, init?: RequestInit): Promise<Response>;
}

/** A WebSocket error as Home Assistant sends it. */
export interface HassError {
  code: string;
  message: string;
}

export function isHassError(error: unknown): error is HassError {
  return typeof error === "object" && error !== null && "code" in error;
}

/** What a failed call says, in words for a person. */
export function errorText(error: unknown): string {
  if (error instanceof Error || isHassError(error)) return error.message;
  return String(error);
}
