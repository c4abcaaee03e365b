/**
 * A choice that is taken only with what stands below it: [data-picks] buttons of a form write their value into its
 * [data-picked] field and hand the focus to its [data-then] button. Without script each of them sends the form itself.
 */
function pick(event: Event): void {
  const option = nearest(event, "[data-picks]") as HTMLButtonElement | null;
  const form = option?.form;
  const field = form?.querySelector<HTMLInputElement>("[data-picked]");
  if (!option || !form || !field) return;
  event.preventDefault();
  const then = form.querySelector<HTMLElement>("[data-then]");
  if (field.value && takesText(form.ownerDocument.activeElement)) {
    then?.click(); // Enter in a field of the form: the browser means its first button, the person the last one
    return;
  }
  field.value = option.value;
  for (const one of form.querySelectorAll("[data-picks]")) one.setAttribute("aria-selected", String(one === option));
  then?.focus();
}

/** The booking panel: chips that write their letter into the code field, and an Enter that never takes an old answer. */
import { nearest, takesText } from "./dom";

export function install(doc: Document): void {
  doc.addEventListener("click", pick);
  doc.addEventListener("click", (event) => {
    const chip = nearest(event, "[data-book] [data-letter]");
    const click = event as MouseEvent;
    if (!chip || click.ctrlKey || click.metaKey || click.shiftKey) return;
    const field = chip.closest("form")?.querySelector<HTMLInputElement>("[data-hotkeys]");
    if (!field) return;
    event.preventDefault();
    field.value = chip.dataset.code ?? "";
    field.dispatchEvent(new (doc.defaultView as Window & typeof globalThis).Event("input", { bubbles: true }));
  });
  doc.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.altKey) return;
      const field = nearest(event, "[data-book] input");
      if (!field || event.isComposing) return;
      const list = field.closest("form")?.querySelector("[data-choices]");
      // what stands there answers something else than what was typed: the digit would wait, so does Enter
      if (list?.hasAttribute("data-stale")) event.preventDefault();
    },
    true,
  );
  doc.addEventListener("change", (event) => {
    const field = nearest(event, "[data-submit-on-change]") as HTMLInputElement | HTMLSelectElement | null;
    if (field?.value) field.form?.requestSubmit();
  });
}
