/** Yuan as people type them, fen as the ledger counts them. Never floating point. */

import { nearest } from "./dom";

/** Fen of "12", "12.5", "¥1,234.50", "１２．５"; null when it is no amount. */
export function parseYuan(typed: string): number | null {
  const plain = typed
    .normalize("NFKC")
    .replace(/[¥￥元\s,，]/g, "")
    .replace(/。/g, ".");
  const match = /^(-?)(\d{0,9})(?:\.(\d{0,2}))?$/.exec(plain);
  if (!match) return null;
  const [, sign, whole = "", part = ""] = match;
  if (!whole && !part) return null;
  const fen = Number(whole || "0") * 100 + Number(part.padEnd(2, "0") || "0");
  return sign ? -fen : fen;
}

/** "1234.50": two digits, no separator, ready to be typed over. */
export function plainYuan(fen: number): string {
  const size = Math.abs(fen);
  return `${fen < 0 ? "-" : ""}${Math.floor(size / 100)}.${String(size % 100).padStart(2, "0")}`;
}

/** "¥1,234.50" for reading. */
export function formatYuan(fen: number): string {
  const [whole = "0", part = "00"] = plainYuan(Math.abs(fen)).split(".");
  return `${fen < 0 ? "−" : ""}¥${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
}

/** An amount that was typed (data-money) is written out when the field is left: "１２．５" becomes 12.50. */
export function install(doc: Document): void {
  doc.addEventListener("focusout", (event) => {
    const field = nearest(event, "input[data-money]") as HTMLInputElement | null;
    const fen = field ? parseYuan(field.value) : null;
    if (field && fen !== null) field.value = plainYuan(fen);
  });
}
