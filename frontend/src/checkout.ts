/**
 * The payment line, "200c": 200 cash, the rest by card. A form [data-pay] says what is due (data-due-minor) and holds the
 * field [data-pay-line] and buttons [data-pay-letter]. What is typed is shown in words at [data-pay-preview] before it is
 * sent; a button puts its letter on the line. What counts is what the server makes of the line (billing/rules/tenders.py).
 */
import { nearest } from "./dom";
import { formatYuan } from "./money";

export interface Part {
  letter: string;
  given: number | null;
}

export interface Laid {
  parts: { letter: string; fen: number }[];
  change: number;
  open: number;
  over: number;
}

const CASH = "x";

/** The parts of a line, null when it says nothing that can be understood. */
export function parseLine(typed: string, letters: string): Part[] | null {
  let rest = typed.normalize("NFKC").toLowerCase().replace(/。/g, ".").replace(/[+,，、;；¥￥元]/g, " ");
  const parts: Part[] = [];
  while ((rest = rest.trimStart())) {
    const found = /^([a-z])?\s*(\d{1,9}(?:\.\d{0,2})?)?/.exec(rest);
    const [all, letter, number] = found ?? [""];
    if (!all || (letter && !letters.includes(letter))) return null;
    parts.push({ letter: letter ?? CASH, given: number ? fen(number) : null });
    rest = rest.slice(all.length);
  }
  const used = parts.map((part) => part.letter);
  const wrong =
    new Set(used).size < used.length || parts.filter((part) => part.given === null).length > 1 || parts.some((part) => part.given === 0);
  return parts.length === 0 || wrong ? null : parts;
}

function fen(number: string): number {
  const [whole = "0", part = ""] = number.split(".");
  return Number(whole) * 100 + Number(part.padEnd(2, "0") || "0");
}

/** How the parts pay what is due: cash beyond it is change, anything else beyond it is too much. */
export function lay(due: number, parts: Part[]): Laid {
  const others = parts.filter((part) => part.letter !== CASH && part.given !== null);
  let left = due - others.reduce((sum, part) => sum + (part.given ?? 0), 0);
  const over = Math.max(0, -left);
  left = Math.max(0, left);
  let change = 0;
  const cash = parts.find((part) => part.letter === CASH && part.given !== null);
  const paid = cash ? Math.min(cash.given ?? 0, left) : 0;
  if (cash) change = (cash.given ?? 0) - paid;
  left -= paid;
  const taker = parts.find((part) => part.given === null);
  const amounts = parts.map((part) => ({
    letter: part.letter,
    fen: part === taker ? left : part === cash ? paid : (part.given ?? 0),
  }));
  return { parts: amounts, change, open: taker ? 0 : left, over };
}

function labels(form: HTMLElement): Map<string, string> {
  const buttons = Array.from(form.querySelectorAll<HTMLElement>("[data-pay-letter]"));
  return new Map(buttons.map((button) => [button.dataset.payLetter ?? "", button.dataset.payLabel ?? ""]));
}

export function refresh(form: HTMLElement): void {
  const field = form.querySelector<HTMLInputElement>("[data-pay-line]");
  const preview = form.querySelector<HTMLElement>("[data-pay-preview]");
  if (!field || !preview) return;
  preview.dataset.example ??= preview.textContent ?? "";
  preview.removeAttribute("data-wrong");
  if (!field.value.trim()) {
    preview.textContent = preview.dataset.example;
    return;
  }
  const names = labels(form);
  const parts = parseLine(field.value, Array.from(names.keys()).join(""));
  const laid = parts ? lay(Number(form.dataset.dueMinor ?? 0), parts) : null;
  const idle = laid?.parts.some((part) => part.fen === 0) ?? false;
  if (!laid || laid.over > 0 || idle) {
    preview.setAttribute("data-wrong", "");
    preview.textContent = laid?.over ? `${formatYuan(laid.over)} ${preview.dataset.textOver ?? ""}` : (preview.dataset.textWrong ?? "");
    return;
  }
  const said = laid.parts.map((part) => `${names.get(part.letter) ?? ""} ${formatYuan(part.fen)}`);
  if (laid.change) said.push(`${preview.dataset.textChange ?? ""} ${formatYuan(laid.change)}`);
  if (laid.open) said.push(`${formatYuan(laid.open)} ${preview.dataset.textOpen ?? ""}`);
  preview.textContent = said.join(" · ");
}

/** Put the letter on the line, in place of another letter that took the rest. */
export function addLetter(line: string, letter: string): string {
  return `${line.trim().replace(/[a-z]$/i, "")}${letter}`;
}

export function install(doc: Document): void {
  doc.addEventListener("input", (event) => {
    const form = nearest(event, "[data-pay]");
    if (form && nearest(event, "[data-pay-line]")) refresh(form);
  });
  doc.addEventListener("click", (event) => {
    const button = nearest(event, "[data-pay-letter]");
    const form = nearest(event, "[data-pay]");
    const field = form?.querySelector<HTMLInputElement>("[data-pay-line]");
    if (!button?.dataset.payLetter || !form || !field) return;
    event.preventDefault();
    field.value = addLetter(field.value, button.dataset.payLetter);
    field.focus();
    refresh(form);
  });
}
