/** What keys mean. */

/** Whether a key presses what has the focus. */
export function isPress({ key }: KeyboardEvent): boolean {
  return key === "Enter" || key === " ";
}
