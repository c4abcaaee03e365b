/**
 * The tooth chart and the note: teeth are chosen by click or by keys (arrows move, Space chooses), every field that
 * names teeth follows; a ready sentence goes where the caret stands, with the chosen teeth in it; diagnoses become chips.
 */
import { nearest, typeInto, viewOf } from "./dom";

/** The FDI numbers in a text, once each, in the order typed. */
export function teethIn(words: string): string[] {
  return Array.from(new Set(words.match(/\d{2}/g) ?? []));
}

/** A ready sentence with the chosen teeth in its place; without teeth the place stays empty. */
export function filled(sentence: string, teeth: string[]): string {
  return sentence.replace(/\{teeth\}/g, teeth.join("、"));
}

const visited = new WeakSet<EventTarget>();

export function install(doc: Document): void {
  doc.addEventListener("focusin", (event) => {
    if (event.target) visited.add(event.target);
  });
  const chart = (): SVGElement | null => doc.querySelector<SVGElement>("[data-tooth-chart]");
  const teeth = (): SVGElement[] => Array.from(chart()?.querySelectorAll<SVGElement>("[data-tooth]") ?? []);
  const fields = (): HTMLInputElement[] => Array.from(doc.querySelectorAll<HTMLInputElement>("[data-teeth-field]"));
  const chosen = (): string[] => teeth().filter((tooth) => tooth.getAttribute("aria-checked") === "true").map((tooth) => tooth.dataset.tooth ?? "");

  const show = (numbers: string[]): void => {
    for (const tooth of teeth()) tooth.setAttribute("aria-checked", String(numbers.includes(tooth.dataset.tooth ?? "")));
  };
  const tell = (except?: EventTarget | null): void => {
    for (const field of fields()) if (field !== except) field.value = chosen().join(", ");
  };
  const toggle = (tooth: SVGElement): void => {
    tooth.setAttribute("aria-checked", String(tooth.getAttribute("aria-checked") !== "true"));
    focusOn(tooth);
    tell();
  };
  const focusOn = (tooth: SVGElement): void => {
    for (const other of teeth()) other.setAttribute("tabindex", other === tooth ? "0" : "-1");
    tooth.focus();
  };

  doc.addEventListener("click", (event) => {
    const tooth = nearest(event, "[data-tooth-chart] [data-tooth]") as unknown as SVGElement | null;
    if (tooth) toggle(tooth);
    const phrase = nearest(event, "[data-phrase]");
    if (phrase) insert(doc, phrase, chosen());
    const diagnosis = nearest(event, "[data-diagnosis]");
    if (diagnosis) addCode(doc, diagnosis);
    const remove = nearest(event, "[data-code-remove]");
    if (remove) {
      const form = remove.closest("form");
      remove.closest(".chip")?.remove();
      if (form) announceChange(form);
    }
  });

  doc.addEventListener("keydown", (event) => {
    const tooth = nearest(event, "[data-tooth-chart] [data-tooth]") as unknown as SVGElement | null;
    if (!tooth || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      toggle(tooth);
      return;
    }
    const next = neighbour(teeth(), tooth, event.key);
    if (!next) return;
    event.preventDefault();
    focusOn(next);
  });

  doc.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    if (field?.dataset?.teethField === undefined) return;
    show(teethIn(field.value));
    for (const other of fields()) if (other !== field) other.value = field.value;
  });

  // after the chart was drawn anew: nothing is chosen any more, unless its own field still names teeth
  doc.addEventListener("htmx:afterSettle", (event) => {
    const target = event.target as HTMLElement | null;
    if (target?.id !== "teeth-card") return;
    const own = target.querySelector<HTMLInputElement>("[data-teeth-field]");
    show(teethIn(own?.value ?? ""));
    tell(own);
  });
}

/** Left and right along the row, up and down to the tooth that stands nearest in the next row. */
export function neighbour(all: SVGElement[], from: SVGElement, key: string): SVGElement | null {
  const index = all.indexOf(from);
  if (key === "ArrowRight") return all[index + 1] ?? null;
  if (key === "ArrowLeft") return all[index - 1] ?? null;
  if (key === "Home") return all[0] ?? null;
  if (key === "End") return all[all.length - 1] ?? null;
  if (key !== "ArrowDown" && key !== "ArrowUp") return null;
  const at = place(from);
  const rows = Array.from(new Set(all.map((tooth) => place(tooth).y))).sort((a, b) => a - b);
  const row = rows[rows.indexOf(at.y) + (key === "ArrowDown" ? 1 : -1)];
  const inRow = all.filter((tooth) => place(tooth).y === row);
  return inRow.sort((a, b) => Math.abs(place(a).x - at.x) - Math.abs(place(b).x - at.x))[0] ?? null;
}

function place(tooth: SVGElement): { x: number; y: number } {
  const ground = tooth.querySelector("rect");
  return { x: Number(ground?.getAttribute("x")), y: Number(ground?.getAttribute("y")) };
}

function insert(doc: Document, phrase: HTMLElement, teeth: string[]): void {
  const field = doc.getElementById(phrase.dataset.into ?? "") as HTMLTextAreaElement | null;
  if (!field) return;
  const words = filled(phrase.dataset.phrase || (phrase.textContent ?? ""), teeth);
  // a field in which nobody has stood yet has its caret at the beginning: the sentence goes to the end
  if (!visited.has(field)) field.setSelectionRange(field.value.length, field.value.length);
  field.focus();
  typeInto(field, field.value && !/[\s。；]$/.test(field.value.slice(0, field.selectionStart ?? undefined)) ? ` ${words}` : words);
}

function addCode(doc: Document, option: HTMLElement): void {
  const list = option.closest("[data-codes]")?.querySelector<HTMLElement>("[data-codes-list]");
  const code = option.dataset.diagnosis ?? "";
  const form = option.closest("form");
  if (!list || !form || list.querySelector(`input[value="${code}"]`)) return;
  const chip = doc.createElement("span");
  chip.className = "chip";
  const input = doc.createElement("input");
  input.type = "hidden";
  input.name = "diagnosis_codes";
  input.value = code;
  const remove = doc.createElement("button");
  remove.type = "button";
  remove.className = "btn-close-small";
  remove.dataset.codeRemove = "";
  remove.setAttribute("aria-label", option.dataset.removeLabel ?? code);
  remove.textContent = "×";
  chip.append(input, `${option.textContent?.trim() ?? code} `, remove);
  list.append(chip);
  announceChange(form);
}

/** Let the form save itself. */
function announceChange(form: HTMLFormElement): void {
  form.dispatchEvent(new (viewOf(form).Event)("change", { bubbles: true }));
}
