/** Small questions about elements that several modules ask. */

const NOT_TYPED = /^(button|checkbox|color|file|hidden|image|radio|range|reset|submit)$/;

/** Whether keys typed into the element become text. */
export function takesText(node: EventTarget | null): node is HTMLInputElement | HTMLTextAreaElement {
  if (!node || !("tagName" in node)) return false;
  const element = node as HTMLElement;
  if (element.tagName === "TEXTAREA") return true;
  if (element.tagName === "INPUT") return !NOT_TYPED.test((element as HTMLInputElement).type);
  return element.isContentEditable === true;
}

/** Whether a person could press it now. */
export function isUsable(element: Element): boolean {
  if (element.closest("[hidden],[inert],template")) return false;
  if (element.matches(":disabled") || element.getAttribute("aria-disabled") === "true") return false;
  const dialog = element.closest("dialog");
  return !dialog || dialog.hasAttribute("open");
}

/** The nearest element of a click or key, or null when the target is no element. */
export function nearest(event: Event, selector: string): HTMLElement | null {
  const target = event.target as Element | null;
  return target && typeof target.closest === "function" ? target.closest<HTMLElement>(selector) : null;
}

/** Put text where the caret stands, as if it had been typed. */
export function typeInto(field: HTMLInputElement | HTMLTextAreaElement, words: string): void {
  const start = field.selectionStart ?? field.value.length;
  const end = field.selectionEnd ?? start;
  field.value = field.value.slice(0, start) + words + field.value.slice(end);
  try {
    field.setSelectionRange(start + words.length, start + words.length);
  } catch {
    // number and e-mail fields have no caret to set
  }
  field.dispatchEvent(new (viewOf(field).Event)("input", { bubbles: true }));
}

export function viewOf(node: Node): Window & typeof globalThis {
  return (node.ownerDocument?.defaultView ?? window) as Window & typeof globalThis;
}
