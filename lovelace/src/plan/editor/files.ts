/** Files that a plan takes and gives: its picture, and all plans of a park. */

import { html, type TemplateResult } from "lit";

import type { TextKey } from "../../shared/i18n.js";
import { send, uploadPicture, UploadError, type Uploaded } from "../pictures.js";
import type { Stage } from "./stage.js";

const PICTURES = "image/png,image/jpeg,image/webp,image/svg+xml";

/** Parts of texts that tell what is wrong with a file. */
const TROUBLE: readonly TextKey[] = [
  "picture_too_big",
  "picture_too_long",
  "picture_unreadable",
  "file_too_big",
  "file_unreadable",
  "park_removed",
];

export function pictureFile(
  stage: Stage,
  key: TextKey,
  take: (picture: Uploaded) => void,
): TemplateResult {
  return file(stage, key, PICTURES, async (chosen) => {
    take(await uploadPicture(stage.scene.hass, chosen));
  });
}

export function importFile(stage: Stage): TemplateResult {
  return file(stage, "import", ".json,application/json", async (chosen) => {
    const { hass, park, t } = stage.scene;
    const path = `/api/energy_park/plan/park/${park.id}`;
    const { plans, unknown } = await send<{ plans: number; unknown: number }>(
      hass,
      path,
      chosen,
    );
    stage.toast(t("imported", { plans, unknown }));
  });
}

/** Saves all plans of the park as a file. */
export async function exportPlans({ scene, toast }: Stage): Promise<void> {
  const { hass, park, t } = scene;
  try {
    const response = await hass.fetchWithAuth(`/api/energy_park/plan/park/${park.id}`);
    if (!response.ok) throw new Error(String(response.status));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = `${park.name}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  } catch {
    toast(t("not_exported"));
  }
}

function file(
  { scene, toast }: Stage,
  key: TextKey,
  accept: string,
  take: (file: File) => Promise<void>,
): TemplateResult {
  const chosen = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      await take(file);
    } catch (error) {
      const code = error instanceof UploadError ? error.message : "";
      toast(scene.t(TROUBLE.find((trouble) => trouble === code) ?? "not_sent"));
    }
    // The same file may be chosen again.
    input.value = "";
  };
  return html`<label class="file"
    >${scene.t(key)}<input type="file" accept=${accept} @change=${chosen}
  /></label>`;
}
