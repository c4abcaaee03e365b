/** The small manners of every page: menu on the phone, Back, Try again, sections that could not be loaded. */
import { isUsable, nearest } from "./dom";
import { clone } from "./panel";
import { text } from "./texts";

interface Failure {
  elt: HTMLElement;
  target?: HTMLElement;
  xhr?: XMLHttpRequest;
  requestConfig?: { path?: string; triggeringEvent?: Event };
  /** It waits for the connection (offline-forms.ts). */
  isHeld?: boolean;
}

export function install(doc: Document, again: (element: HTMLElement) => void, toast: (words: string) => void): void {
  const root = doc.documentElement;
  doc.addEventListener("click", (event) => {
    const toggle = nearest(event, "[data-nav-toggle]");
    const opening = toggle ? !root.classList.contains("nav-open") : false;
    if (toggle || !nearest(event, "#nav")) {
      root.classList.toggle("nav-open", opening);
      doc.querySelector("[data-nav-toggle]")?.setAttribute("aria-expanded", String(opening));
      if (opening) doc.querySelector<HTMLElement>("#nav a")?.focus();
    }
    const back = nearest(event, "[data-back]");
    if (back) {
      event.preventDefault();
      doc.defaultView?.history.back();
    }
    if (nearest(event, "[data-print]")) doc.defaultView?.print();
    const retry = nearest(event, "[data-retry]");
    const failed = retry?.closest<HTMLElement>("[data-failed]");
    if (failed) {
      failed.removeAttribute("data-failed");
      again(failed);
    }
    const copy = nearest(event, "[data-copy]");
    if (copy?.dataset.copy) void doc.defaultView?.navigator.clipboard?.writeText(copy.dataset.copy);
  });
  // choices that fold out over the page fold in again
  const folded = (except: Element | null): void => doc.querySelectorAll<HTMLDetailsElement>("details.filter[open]").forEach((open) => open !== except && (open.open = false));
  doc.addEventListener("click", (event) => folded(nearest(event, "details.filter")));
  doc.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" ? nearest(event, "details.filter[open]") : null;
    if (!open) return;
    event.preventDefault();
    folded(null);
    open.querySelector<HTMLElement>("summary")?.focus();
  });
  doc.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !root.classList.contains("nav-open")) return;
    root.classList.remove("nav-open");
    doc.querySelector<HTMLElement>("[data-nav-toggle]")?.focus();
  });

  const failed = (event: Event, words: string): void => {
    const detail = (event as CustomEvent<Failure>).detail;
    if (detail.isHeld) return;
    const told = detail.xhr?.getResponseHeader?.("HX-Trigger")?.includes("toast") ?? false;
    const loadsItself = /(^|,\s*)(load|revealed|intersect)/.test(detail.elt.getAttribute("hx-trigger") ?? "");
    const byItself = ["load", "revealed", "intersect"].includes(detail.requestConfig?.triggeringEvent?.type ?? "load");
    const target = detail.target ?? detail.elt;
    if (loadsItself && byItself && isUsable(target)) {
      detail.elt.dataset.failed = "";
      target.replaceChildren(clone(doc, "template-failed"));
    } else if (!told) toast(words);
  };
  doc.addEventListener("htmx:responseError", (event) => {
    const status = (event as CustomEvent<Failure>).detail.xhr?.status ?? 0;
    failed(event, text(status === 401 ? "signedOut" : status === 403 ? "refused" : status === 404 ? "gone" : "failed", {}, doc));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) doc.addEventListener(name, (event) => failed(event, text("noAnswer", {}, doc)));
}
