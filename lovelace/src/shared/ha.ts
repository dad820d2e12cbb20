/**
 * Semi-private parts of Home Assistant's page, each in one function.
 *
 * They may change with any release; nothing else of the cards relies on one.
 */

function fire(node: EventTarget, type: string, detail: unknown): void {
  node.dispatchEvent(
    new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }),
  );
}

/** Opens the dialog of an entity: its details, or its history. */
export function openMoreInfo(
  node: EventTarget,
  entityId: string,
  view: "info" | "history" = "info",
): void {
  fire(node, "hass-more-info", { entityId, view });
}

/** Shows a short message at the bottom of the page. */
export function showToast(node: EventTarget, message: string): void {
  fire(node, "hass-notification", { message });
}

/** Lets the phone tick under the finger, where the companion app can. */
export function tick(kind: "light" | "success" | "failure"): void {
  fire(window, "haptic", kind);
}
