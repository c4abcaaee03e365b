/** Short messages at the foot of the page, with Undo for ten seconds. Announced politely, never take the focus. */
import { nearest, takesText } from "./dom";
import { announce, type Server } from "./server";
import { text } from "./texts";

export interface Toast {
  text: string;
  level?: string;
  undo_url?: string | null;
  undo_label?: string | null;
  panel_url?: string | null;
  panel_label?: string | null;
}

const UNDO_MS = 10_000;
const READ_MS = 6_000;
const AT_MOST = 4;

export function show(doc: Document, toast: Toast, server: Server): HTMLElement {
  const box = doc.createElement("div");
  box.dataset.toast = "";
  box.textContent = toast.text;
  if (toast.level) box.dataset.level = toast.level;
  if (toast.undo_url) box.dataset.undoUrl = toast.undo_url;
  if (toast.undo_label) box.dataset.undoLabel = toast.undo_label;
  if (toast.panel_url) {
    box.dataset.panelUrl = toast.panel_url;
    box.dataset.panelLabel = toast.panel_label ?? "";
  }
  doc.getElementById("toasts")?.append(box);
  furnish(doc, box, server);
  return box;
}

/** Give a bare message its buttons and its life span. Errors stay until they are closed. */
function furnish(doc: Document, box: HTMLElement, server: Server): void {
  if (box.dataset.furnished !== undefined) return;
  box.dataset.furnished = "";
  const words = doc.createElement("span");
  words.className = "toast-text";
  words.textContent = box.textContent?.trim() ?? "";
  box.replaceChildren(words);

  const undoUrl = box.dataset.undoUrl;
  if (undoUrl) {
    const undo = button(doc, box.dataset.undoLabel ?? text("undo", {}, doc), "toast-undo");
    undo.addEventListener("click", () => void undoNow(doc, box, undo, undoUrl, server));
    box.append(undo);
  }
  if (box.dataset.panelUrl) {
    const next = button(doc, box.dataset.panelLabel ?? "", "toast-undo toast-next");
    next.dataset.panel = box.dataset.panelUrl;
    next.addEventListener("click", () => setTimeout(() => box.remove()));
    box.append(next);
  }
  const close = button(doc, "×", "toast-close");
  close.setAttribute("aria-label", text("dismiss", {}, doc));
  close.addEventListener("click", () => box.remove());
  box.append(close);

  const serious = /^(error|danger|bad)$/.test(box.dataset.level ?? "");
  if (!serious) livesFor(box, undoUrl ? UNDO_MS : READ_MS);
  const all = doc.querySelectorAll<HTMLElement>("#toasts > [data-toast]");
  for (const old of Array.from(all).slice(0, Math.max(0, all.length - AT_MOST))) old.remove();
}

function button(doc: Document, label: string, kind: string): HTMLButtonElement {
  const element = doc.createElement("button");
  element.type = "button";
  element.className = kind;
  element.textContent = label;
  return element;
}

/** Remove the message after a while, but not under the pointer or while it has the focus. */
function livesFor(box: HTMLElement, milliseconds: number): void {
  setTimeout(() => {
    if (box.matches(":hover") || box.contains(box.ownerDocument.activeElement)) livesFor(box, 1_500);
    else box.remove();
  }, milliseconds);
}

async function undoNow(doc: Document, box: HTMLElement, undo: HTMLButtonElement, url: string, server: Server): Promise<void> {
  if (undo.getAttribute("aria-busy") === "true") return;
  undo.setAttribute("aria-busy", "true");
  try {
    const response = await server.send(url, undo.textContent ?? "");
    announce(response, doc);
    const told = (response.headers.get("HX-Trigger") ?? "").includes("toast");
    box.remove();
    if (!told) show(doc, { text: text(response.ok ? "undone" : "failed", {}, doc), level: response.ok ? "success" : "error" }, server);
  } catch {
    undo.removeAttribute("aria-busy");
    show(doc, { text: text("failed", {}, doc), level: "error" }, server);
  }
}

export function install(doc: Document, server: Server): void {
  doc.querySelectorAll<HTMLElement>("#toasts > [data-toast]").forEach((box) => furnish(doc, box, server));
  doc.addEventListener("toast", (event) => {
    const detail = (event as CustomEvent<Toast | { value: string }>).detail;
    if ("text" in detail) show(doc, detail, server);
  });
  doc.addEventListener("keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!isUndo || takesText(event.target) || nearest(event, "dialog[open]")) return;
    const newest = Array.from(doc.querySelectorAll<HTMLElement>("#toasts .toast-undo:not(.toast-next)")).pop();
    if (!newest) return;
    event.preventDefault();
    newest.click();
  });
}
