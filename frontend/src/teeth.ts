/**
 * The tooth chart and the note: teeth and their surfaces are chosen by click or by keys (arrows move, Space chooses the
 * tooth, M O D B L a surface), every field that names teeth follows; a ready sentence goes where the caret stands, with the
 * chosen teeth in it; the usual text fills what is empty; diagnoses become chips.
 */
import { nearest, typeInto, viewOf } from "./dom";

/** The FDI numbers in a text, once each, in the order typed. */
export function teethIn(words: string): string[] {
  return Array.from(new Set(words.match(/\d{2}/g) ?? []));
}

const LETTERS = "MODBL";

/** The teeth in a text, each with the surfaces named beside it: "36 mo, 37" is 36 → MO, 37 → "". */
export function placesIn(words: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, number = "", letters = ""] of words.matchAll(/(\d{2})\s*([a-z]*)/gi)) {
    found.set(number, inOrder((found.get(number) ?? "") + letters));
  }
  return found;
}

/** Surfaces once each, in the order in which they are written. */
function inOrder(letters: string): string {
  return Array.from(LETTERS).filter((letter) => letters.toUpperCase().includes(letter)).join("");
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
  const surfaces = (tooth: Element): SVGElement[] => Array.from(tooth.querySelectorAll<SVGElement>("[data-surface]"));
  const lettersOf = (tooth: Element): string =>
    inOrder(surfaces(tooth).filter((one) => one.dataset.chosen !== undefined).map((one) => one.dataset.surface).join(""));
  const chosen = (): string[] =>
    teeth()
      .filter((tooth) => tooth.getAttribute("aria-checked") === "true")
      .map((tooth) => [tooth.dataset.tooth ?? "", lettersOf(tooth)].filter(Boolean).join(" "));

  const set = (tooth: SVGElement, isChosen: boolean, letters: string): void => {
    tooth.setAttribute("aria-checked", String(isChosen));
    for (const one of surfaces(tooth)) {
      if (isChosen && letters.includes(one.dataset.surface ?? "-")) one.dataset.chosen = "";
      else delete one.dataset.chosen;
    }
    if (isChosen && letters) tooth.setAttribute("aria-description", letters);
    else tooth.removeAttribute("aria-description");
  };
  const show = (places: Map<string, string>): void => {
    for (const tooth of teeth()) set(tooth, places.has(tooth.dataset.tooth ?? ""), places.get(tooth.dataset.tooth ?? "") ?? "");
  };
  const tell = (except?: EventTarget | null): void => {
    for (const field of fields()) if (field !== except) field.value = chosen().join(", ");
    announceTeeth(doc);
  };
  const toggle = (tooth: SVGElement): void => {
    set(tooth, tooth.getAttribute("aria-checked") !== "true", "");
    focusOn(tooth);
    tell();
  };
  const toggleSurface = (tooth: SVGElement, letter: string): void => {
    const before = lettersOf(tooth);
    const after = before.includes(letter) ? before.replace(letter, "") : inOrder(before + letter);
    set(tooth, after !== "", after);
    focusOn(tooth);
    tell();
  };
  const focusOn = (tooth: SVGElement): void => {
    for (const other of teeth()) other.setAttribute("tabindex", other === tooth ? "0" : "-1");
    tooth.focus();
  };

  doc.addEventListener("click", (event) => {
    const tooth = nearest(event, "[data-tooth-chart] [data-tooth]") as unknown as SVGElement | null;
    const surface = tooth ? (nearest(event, "[data-surface]") as unknown as SVGElement | null) : null;
    if (tooth && surface) toggleSurface(tooth, surface.dataset.surface ?? "");
    else if (tooth) toggle(tooth);
    const usual = nearest(event, "[data-usual]");
    if (usual) fillUsual(doc, chosen());
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
    const letter = event.key.toUpperCase();
    if (letter.length === 1 && LETTERS.includes(letter) && surfaces(tooth).length) {
      event.preventDefault();
      event.stopPropagation();
      toggleSurface(tooth, letter);
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
    show(placesIn(field.value));
    for (const other of fields()) if (other !== field) other.value = field.value;
    announceTeeth(doc);
  });

  // after the chart was drawn anew: nothing is chosen any more, unless its own field still names teeth
  doc.addEventListener("htmx:afterSettle", (event) => {
    const target = event.target as HTMLElement | null;
    if (target?.id !== "teeth-card") return;
    const own = target.querySelector<HTMLInputElement>("[data-teeth-field]");
    show(placesIn(own?.value ?? ""));
    tell(own);
  });
}

/** Let the history of the chosen teeth be fetched. */
function announceTeeth(doc: Document): void {
  doc.body.dispatchEvent(new (viewOf(doc.body).Event)("teeth-chosen"));
}

/** Put the usual text of the chosen kind of visit into every field that is still empty. */
function fillUsual(doc: Document, teeth: string[]): void {
  for (const kept of Array.from(doc.querySelectorAll<HTMLElement>("[data-usual-text]"))) {
    const field = doc.getElementById(kept.dataset.into ?? "") as HTMLTextAreaElement | null;
    const words = filled(kept.dataset.usualText ?? "", teeth);
    if (field && words && !field.value.trim()) {
      field.focus();
      typeInto(field, words);
    }
  }
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
