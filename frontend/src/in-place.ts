/**
 * Values edited where they stand: [data-in-place] is the form of one value. Escape leaves it, Enter in a list of choices
 * saves it (in a text field the browser does), Ctrl+Enter saves a text of several lines. A form with data-send-when-chosen
 * is sent as soon as a file is chosen.
 */
import { nearest } from "./dom";

export function install(doc: Document): void {
  doc.addEventListener("keydown", (event) => {
    const form = nearest(event, "form[data-in-place]") as HTMLFormElement | null;
    if (!form || event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      form.querySelector<HTMLElement>("[data-in-place-leave]")?.click();
      return;
    }
    const tag = (event.target as HTMLElement).tagName;
    const saves = tag === "SELECT" || tag === "INPUT" || (tag === "TEXTAREA" && event.ctrlKey);
    if (event.key === "Enter" && saves && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  doc.addEventListener("htmx:afterSettle", () => {
    // what stands in the field is replaced by typing: a masked number cannot be corrected in its middle anyway
    const field = doc.activeElement as HTMLInputElement | null;
    if (field?.tagName === "INPUT" && field.closest("form[data-in-place]") && field.type === "text") field.select();
  });

  doc.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.type === "file" && field.files?.length) (nearest(event, "form[data-send-when-chosen]") as HTMLFormElement | null)?.requestSubmit();
  });
}
