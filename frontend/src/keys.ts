/**
 * Keys. data-key="F4" on anything that can be clicked works everywhere on the page, also inside text fields.
 * Single letters (data-row-key="m") work only while a row or card (data-row) has the focus.
 */
import { isUsable, nearest, takesText } from "./dom";
import { text } from "./texts";

/** "Ctrl+Shift+K" style name of what was pressed. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  parts.push(event.key.length === 1 ? event.key.toUpperCase() : event.key);
  return parts.join("+");
}

/** The element that the key means: in an open dialog only there, then in the panel, then the last one on the page. */
export function elementFor(doc: Document, name: string): HTMLElement | null {
  const all = Array.from(doc.querySelectorAll<HTMLElement>("[data-key]")).filter(
    (element) => element.dataset.key?.toUpperCase() === name.toUpperCase() && isUsable(element),
  );
  const dialog = doc.querySelector("dialog[open]");
  if (dialog) return all.find((element) => dialog.contains(element)) ?? null;
  return all.find((element) => element.closest("#panel")) ?? all.find((element) => element.closest("#main")) ?? all[0] ?? null;
}

function press(element: HTMLElement): void {
  if (takesText(element) || element.tagName === "SELECT") element.focus();
  else element.click();
}

function globalKey(doc: Document, event: KeyboardEvent): boolean {
  const single = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (single) return false;
  const element = elementFor(doc, nameOf(event));
  if (!element) return false;
  event.preventDefault();
  press(element);
  return true;
}

function rowKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || takesText(event.target)) return false;
  const row = nearest(event, "[data-row]");
  if (!row || event.key.length !== 1) return false;
  const wanted = event.key.toLowerCase();
  const element = Array.from(row.querySelectorAll<HTMLElement>("[data-row-key]")).find(
    (candidate) => candidate.dataset.rowKey?.toLowerCase() === wanted && isUsable(candidate),
  );
  if (!element) return false;
  event.preventDefault();
  press(element);
  return true;
}

/** Every key of the page with its words, for the help. */
export function allKeys(doc: Document): { key: string; label: string }[] {
  const found = new Map<string, string>();
  for (const element of doc.querySelectorAll<HTMLElement>("[data-key],[data-row-key]")) {
    if (!isUsable(element)) continue;
    const key = element.dataset.key ?? element.dataset.rowKey ?? "";
    const label = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? wordsOf(element);
    if (key && label && !found.has(key)) found.set(key, label);
  }
  return Array.from(found, ([key, label]) => ({ key, label }));
}

function wordsOf(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  copy.querySelectorAll("kbd,.count").forEach((hint) => hint.remove());
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

export function showHelp(doc: Document): void {
  const dialog = doc.getElementById("keys") as HTMLDialogElement | null;
  const list = dialog?.querySelector("[data-keys-list]");
  if (!dialog || !list || dialog.open) return;
  const row = (key: string, label: string): HTMLElement => {
    const line = doc.createElement("div");
    const term = doc.createElement("dt");
    for (const [index, part] of key.split("+").entries()) {
      if (index) term.append("+");
      const cap = doc.createElement("kbd");
      cap.textContent = part;
      term.append(cap);
    }
    const words = doc.createElement("dd");
    words.textContent = label;
    line.append(term, words);
    return line;
  };
  const everywhere = [row("/", text("keySearch", {}, doc)), row("Ctrl+K", text("keySearch", {}, doc)), row("?", text("keyHelp", {}, doc)), row("Ctrl+Z", text("undo", {}, doc))];
  list.replaceChildren(...everywhere, ...allKeys(doc).map(({ key, label }) => row(key, label)));
  dialog.showModal();
}

export function install(doc: Document): void {
  doc.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat) return;
    if (globalKey(doc, event) || event.isComposing) return;
    if (event.key === "?" && !takesText(event.target) && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      showHelp(doc);
      return;
    }
    rowKey(event);
  });
  doc.addEventListener("click", (event) => {
    if (nearest(event, "[data-keys-open]")) showHelp(doc);
  });
}
