/**
 * The board's own field: "." goes to it, a few letters leave only the rows that begin with them, Enter checks in the
 * first who is expected, Escape shows everybody again. What is typed survives each redrawing of the board.
 *
 * Enter in the empty field goes to the suggestion on top ([data-next]); there Enter does it, and the focus waits for the
 * next one. An Enter that comes too soon after the suggestion changed was meant for the one before, so it does nothing.
 */
import { isUsable, takesText } from "./dom";

const EVERY_MS = 60_000;
export const TOO_SOON_MS = 500;

/** Letters as they are compared: without the apostrophes and spaces that an input method shows while composing. */
export function plain(words: string): string {
  return words.toLowerCase().replace(/['’\s]+/g, "");
}

/** Whether a row with that text answers to what was typed: at the start of one of its words, or inside the name. */
export function answers(find: string, typed: string): boolean {
  const wanted = plain(typed);
  if (!wanted) return true;
  const words = find.toLowerCase().split(/\s+/);
  return words.some((word) => word.startsWith(wanted)) || (/[^\x00-\x7f]/.test(wanted) && words.some((word) => word.includes(wanted)));
}

/** What a scanner types: the code of a confirmation (scheduling/rules/codes.py). */
const CODE = /^\d{41}$/;

export function install(doc: Document, post: (url: string) => void): void {
  const field = (): HTMLInputElement | null => doc.querySelector<HTMLInputElement>("[data-board-filter]");
  const board = (): HTMLElement | null => doc.querySelector<HTMLElement>("[data-board]");
  const rows = (): HTMLElement[] => Array.from(board()?.querySelectorAll<HTMLElement>("[data-find]") ?? []);

  const narrow = (): void => {
    const typed = field()?.value ?? "";
    for (const row of rows()) row.hidden = !answers(row.dataset.find ?? "", typed);
  };

  doc.addEventListener("input", (event) => {
    if (event.target === field()) narrow();
  });
  doc.addEventListener("htmx:afterSettle", () => {
    if (field()?.value) narrow();
  });
  doc.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const own = field();
    if (!own) return;
    if (event.key === "." && !takesText(event.target) && !doc.querySelector("dialog[open]") && isUsable(own)) {
      event.preventDefault();
      own.focus();
      own.select();
      return;
    }
    if (event.target !== own) return;
    if (event.key === "Enter" && !event.isComposing && !event.repeat && !own.value.trim()) {
      const next = doc.querySelector<HTMLElement>("[data-next] [data-row]");
      if (!next) return;
      event.preventDefault();
      next.focus();
      return;
    }
    if (event.key === "Enter" && !event.isComposing && own.value.trim()) {
      event.preventDefault();
      const code = own.value.trim();
      if (CODE.test(code) && own.dataset.scanUrl) {
        own.value = "";
        narrow();
        post(own.dataset.scanUrl.replace("CODE", code));
        return;
      }
      const first = rows().find((row) => !row.hidden && row.querySelector("[data-arrive]"));
      if (!first) return;
      own.value = "";
      first.querySelector<HTMLElement>("[data-arrive]")?.click();
      narrow();
    } else if (event.key === "Escape" && own.value) {
      event.preventDefault();
      own.value = "";
      narrow();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      rows().find((row) => !row.hidden)?.focus();
    }
  });
}

/** The suggestion on top: a second Enter that follows too fast, or a key held down, does not do what just appeared. */
export function installNext(doc: Document, now: () => number = Date.now): void {
  let shown = "";
  let changedAt = 0;
  const look = (): void => {
    const words = doc.querySelector("[data-next] [data-row]")?.getAttribute("aria-label") ?? "";
    if (words !== shown) changedAt = now();
    shown = words;
  };
  look();
  changedAt = 0;
  doc.addEventListener("htmx:afterSettle", look);
  doc.addEventListener(
    "keydown",
    (event) => {
      const row = event.target as HTMLElement;
      if (event.key !== "Enter" || typeof row.matches !== "function" || !row.matches("[data-next] [data-row]")) return;
      if (event.repeat || now() - changedAt < TOO_SOON_MS) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    true,
  );
}

/** Who is late and who waits too long changes with the clock, without anybody doing anything: look again each minute. */
export function keepTime(doc: Document): void {
  if (!doc.querySelector("[data-board],#my-day")) return;
  setInterval(() => {
    const { CustomEvent: Custom } = doc.defaultView as Window & typeof globalThis;
    if (doc.visibilityState === "visible") doc.body.dispatchEvent(new Custom("live:day"));
  }, EVERY_MS);
}
