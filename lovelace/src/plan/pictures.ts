/** Pictures of plans: fetched with the user's login, shown from memory. */

import type { Hass } from "../shared/hass.js";

const URL_PATH = "/api/energy_park/plan/picture";

// A picture of a name never changes; few are ever shown on one page.
const shown = new Map<string, Promise<string>>();

/** The address of a picture in memory; rejects when it cannot be had. */
export function pictureUrl(hass: Hass, digest: string): Promise<string> {
  let url = shown.get(digest);
  if (!url) {
    url = fetchPicture(hass, digest);
    shown.set(digest, url);
    url.catch(() => shown.delete(digest));
  }
  return url;
}

async function fetchPicture(hass: Hass, digest: string): Promise<string> {
  const response = await hass.fetchWithAuth(`${URL_PATH}/${digest}`);
  if (!response.ok) throw new Error(String(response.status));
  return URL.createObjectURL(await response.blob());
}

export interface Uploaded {
  digest: string;
  width: number;
  height: number;
}

/** An error whose message is a key of the cards' texts. */
export class UploadError extends Error {}

export async function uploadPicture(hass: Hass, file: File): Promise<Uploaded> {
  return send<Uploaded>(hass, URL_PATH, file);
}

/** Sends a file; what is wrong with it is told by key. */
export async function send<T>(hass: Hass, path: string, file: Blob): Promise<T> {
  const response = await hass.fetchWithAuth(path, { method: "POST", body: file });
  const answer = (await response.json().catch(() => ({}))) as T & { code?: string };
  if (!response.ok) throw new UploadError(answer.code ?? "not_sent");
  return answer;
}
