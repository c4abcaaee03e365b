/** Forms: nothing is sent twice, nothing typed is lost unasked, the first mistake has the focus. */
import { nearest } from "./dom";

const changed = new WeakSet<HTMLFormElement>();

export function isDirty(form: HTMLFormElement): boolean {
  return changed.has(form);
}

export function settle(form: HTMLFormElement): void {
  changed.delete(form);
}

function guarded(form: HTMLFormElement): boolean {
  return form.method.toLowerCase() === "post" || form.hasAttribute("hx-post") ? form.dataset.noGuard === undefined : false;
}

function setBusy(form: HTMLFormElement, busy: boolean): void {
  form.toggleAttribute("data-submitting", busy);
  for (const button of form.querySelectorAll<HTMLElement>("button:not([type=button]),input[type=submit]")) {
    if (busy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
}

/** Mark a form as being sent: pressing again does nothing until it is free. */
export function occupy(form: HTMLFormElement | null): void {
  if (form) setBusy(form, true);
}

/** A form that was marked as being sent is free again. */
export function release(form: HTMLFormElement | null): void {
  if (form) setBusy(form, false);
}

export function focusFirstInvalid(root: ParentNode): boolean {
  const field = root.querySelector<HTMLElement>(".is-invalid,[aria-invalid=true]") ?? root.querySelector<HTMLElement>("[data-form-errors]");
  field?.focus();
  return Boolean(field);
}

/** A note of one line: Enter in a field marked data-enter-sends sends its form, Shift+Enter begins a new line. */
function sendByEnter(event: KeyboardEvent): void {
  const field = event.target as HTMLTextAreaElement | null;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.repeat || field?.dataset?.enterSends === undefined) return;
  event.preventDefault();
  field.form?.requestSubmit();
}

export function install(doc: Document): void {
  doc.addEventListener("keydown", sendByEnter);
  doc.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement | null;
    if (field?.form && guarded(field.form)) changed.add(field.form);
  });
  doc.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || !guarded(form)) return;
    if (form.hasAttribute("data-submitting")) {
      event.preventDefault();
      return;
    }
    changed.delete(form);
    if (!form.hasAttribute("hx-post")) setBusy(form, true);
  });
  doc.addEventListener("htmx:beforeRequest", (event) => {
    const form = (event as CustomEvent<{ elt: Element }>).detail.elt;
    if (form.tagName !== "FORM") return;
    if (form.hasAttribute("data-submitting")) event.preventDefault();
    else setBusy(form as HTMLFormElement, true);
  });
  doc.addEventListener("htmx:afterRequest", (event) => {
    const detail = (event as CustomEvent<{ elt: Element; successful?: boolean }>).detail;
    const form = detail.elt;
    if (form.tagName !== "FORM") return;
    setBusy(form as HTMLFormElement, false);
    if (detail.successful) changed.delete(form as HTMLFormElement);
    else if (guarded(form as HTMLFormElement)) changed.add(form as HTMLFormElement);
  });
  doc.addEventListener("htmx:afterSettle", (event) => {
    const detail = (event as CustomEvent<{ elt: Element; xhr?: XMLHttpRequest }>).detail;
    if (detail.xhr?.status === 422) focusFirstInvalid(detail.elt);
  });
  doc.addEventListener("reset", (event) => changed.delete(event.target as HTMLFormElement));
  doc.addEventListener("click", (event) => {
    // a way out that the person chose on purpose
    if (nearest(event, "[data-discard]")) doc.querySelectorAll("form").forEach((form) => changed.delete(form));
  });
  doc.defaultView?.addEventListener("beforeunload", (event) => {
    if (Array.from(doc.querySelectorAll("form")).some(isDirty)) event.preventDefault();
  });
  doc.defaultView?.addEventListener("pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) doc.querySelectorAll("form").forEach((form) => setBusy(form, false));
  });
  const main = doc.getElementById("main");
  if (main) focusFirstInvalid(main);
}
