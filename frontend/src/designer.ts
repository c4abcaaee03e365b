/** The designer of forms: a field is dragged to another place; the buttons up and down do the same without dragging. */
import { nearest } from "./dom";

export type Step = (url: string, values: Record<string, string>) => void;

/** Where among the rows of a section the dragged one is dropped: before the first whose middle lies below the pointer. */
export function placeAmong(rows: { key: string; middle: number }[], dragged: string, y: number): number {
  const others = rows.filter((row) => row.key !== dragged);
  const place = others.findIndex((row) => row.middle > y);
  return place < 0 ? others.length : place;
}

export function install(doc: Document, step: Step): void {
  let dragged = "";
  let focused = "";
  const clear = (): void => doc.querySelectorAll(".design-over").forEach((element) => element.classList.remove("design-over"));

  doc.addEventListener("dragstart", (event) => {
    const row = nearest(event, "[data-grip]")?.closest<HTMLElement>("[data-field-row]");
    if (!row) return;
    dragged = row.dataset.fieldRow ?? "";
    row.classList.add("design-dragged");
    event.dataTransfer?.setData("text/plain", dragged);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  });
  doc.addEventListener("dragover", (event) => {
    const section = dragged ? nearest(event, "[data-section]") : null;
    if (!section) return;
    event.preventDefault();
    clear();
    section.classList.add("design-over");
  });
  doc.addEventListener("dragend", () => {
    dragged = "";
    clear();
    doc.querySelectorAll(".design-dragged").forEach((element) => element.classList.remove("design-dragged"));
  });
  doc.addEventListener("drop", (event) => {
    const section = dragged ? nearest(event, "[data-section]") : null;
    const design = section?.closest<HTMLElement>("[data-design]");
    if (!section || !design) return;
    event.preventDefault();
    const rows = Array.from(section.querySelectorAll<HTMLElement>("[data-field-row]")).map((row) => {
      const box = row.getBoundingClientRect();
      return { key: row.dataset.fieldRow ?? "", middle: box.top + box.height / 2 };
    });
    step(design.dataset.stepUrl ?? "", {
      what: "move_field",
      key: dragged,
      section: section.dataset.section ?? "",
      to: String(placeAmong(rows, dragged, event.clientY)),
      seen: design.querySelector<HTMLInputElement>("#design-seen")?.value ?? "",
    });
    dragged = "";
    clear();
  });

  // a button that moved its own row keeps the focus, so that it can be pressed again
  doc.addEventListener("htmx:beforeRequest", () => {
    focused = doc.activeElement?.closest("[data-design]") ? (doc.activeElement.id ?? "") : "";
  });
  doc.addEventListener("htmx:afterSettle", () => {
    if (!focused || doc.activeElement?.closest("[data-design], #panel")) return;
    doc.getElementById(focused)?.focus();
    focused = "";
  });
}
