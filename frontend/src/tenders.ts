/**
 * Several tenders for one amount. A [data-tenders] block says what is due in fen (data-due-minor) and holds fields
 * data-tender="cash" …; data-tender-key="c" on a field: that letter, typed in any field of the block, puts the rest there.
 * [data-tender-rest] shows what is still open, [data-tender-change] the change to give back (cash only).
 */
import { nearest, takesText } from "./dom";
import { formatYuan, parseYuan, plainYuan } from "./money";

export interface Sum {
  paid: number;
  rest: number;
  change: number;
  wrong: boolean;
}

/** Change comes out of cash only; more than due by other means is wrong. */
export function sumOf(due: number, amounts: { tender: string; fen: number | null }[]): Sum {
  const wrong = amounts.some(({ fen }) => fen === null || fen < 0);
  const paid = amounts.reduce((total, { fen }) => total + (fen ?? 0), 0);
  const cash = amounts.filter(({ tender }) => tender === "cash").reduce((total, { fen }) => total + (fen ?? 0), 0);
  const over = Math.max(0, paid - due);
  return { paid, rest: Math.max(0, due - paid), change: Math.min(over, cash), wrong: wrong || over > cash };
}

function fieldsOf(block: HTMLElement): HTMLInputElement[] {
  return Array.from(block.querySelectorAll<HTMLInputElement>("input[data-tender]"));
}

function amountsOf(block: HTMLElement): { tender: string; fen: number | null }[] {
  return fieldsOf(block).map((field) => ({
    tender: field.dataset.tender ?? "",
    fen: field.value.trim() === "" ? 0 : parseYuan(field.value),
  }));
}

export function refresh(block: HTMLElement): void {
  const due = Number(block.dataset.dueMinor ?? 0);
  const sum = sumOf(due, amountsOf(block));
  const write = (selector: string, fen: number): void => {
    for (const output of block.querySelectorAll<HTMLElement>(selector)) {
      output.textContent = formatYuan(fen);
      output.closest<HTMLElement>("[data-hide-when-zero]")?.toggleAttribute("hidden", fen === 0);
    }
  };
  write("[data-tender-rest]", sum.rest);
  write("[data-tender-change]", sum.change);
  write("[data-tender-paid]", sum.paid);
  block.toggleAttribute("data-settled", sum.rest === 0 && !sum.wrong);
  block.toggleAttribute("data-wrong", sum.wrong);
}

/** Put what is still open into the field. */
export function fillRest(block: HTMLElement, field: HTMLInputElement): void {
  const others = amountsOf(block).reduce((total, { fen }, index) => total + (fieldsOf(block)[index] === field ? 0 : (fen ?? 0)), 0);
  const rest = Math.max(0, Number(block.dataset.dueMinor ?? 0) - others);
  field.value = rest === 0 ? "" : plainYuan(rest);
  field.focus();
  field.dispatchEvent(new (field.ownerDocument.defaultView as Window & typeof globalThis).Event("input", { bubbles: true }));
}

export function install(doc: Document): void {
  const all = (root: ParentNode): void => root.querySelectorAll<HTMLElement>("[data-tenders]").forEach(refresh);
  all(doc);
  doc.addEventListener("htmx:afterSettle", () => all(doc));
  doc.addEventListener("panel:shown", () => all(doc));
  doc.addEventListener("input", (event) => {
    const block = nearest(event, "[data-tenders]");
    if (block) refresh(block);
  });
  doc.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.key.length !== 1) return;
    const field = nearest(event, "input[data-tender]");
    const block = nearest(event, "[data-tenders]");
    if (!block || !field || !takesText(field)) return;
    const wanted = fieldsOf(block).find((candidate) => candidate.dataset.tenderKey?.toLowerCase() === event.key.toLowerCase());
    if (!wanted) return;
    event.preventDefault();
    fillRest(block, wanted);
  });
  doc.addEventListener("click", (event) => {
    const button = nearest(event, "[data-tender-fill]");
    const block = nearest(event, "[data-tenders]");
    const field = block ? fieldsOf(block).find((candidate) => candidate.dataset.tender === button?.dataset.tenderFill) : undefined;
    if (button && block && field) fillRest(block, field);
  });
  doc.addEventListener("focusout", (event) => {
    const field = nearest(event, "input[data-money],input[data-tender]") as HTMLInputElement | null;
    if (!field?.value.trim()) return;
    const fen = parseYuan(field.value);
    if (fen !== null) field.value = plainYuan(fen);
  });
}
