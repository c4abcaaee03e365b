/** Running minutes: <time data-since="2026-03-02T09:10:00+08:00" data-limit="15"> counts up by itself; data-over beyond the limit. */
import { minutesInWords } from "./texts";

export function minutesSince(iso: string, now: number): number {
  const then = Date.parse(iso);
  return Number.isNaN(then) ? 0 : Math.max(0, Math.floor((now - then) / 60_000));
}

/** How far this computer's clock is from the server's: the page says the server's time in data-server-now. */
export function driftOf(doc: Document, now: number): number {
  const said = Date.parse(doc.body.dataset.serverNow ?? "");
  return Number.isNaN(said) ? 0 : said - now;
}

export function tick(doc: Document, now: number): void {
  for (const element of doc.querySelectorAll<HTMLElement>("time[data-since]")) {
    const minutes = minutesSince(element.dataset.since ?? "", now);
    const words = minutesInWords(minutes, doc);
    if (element.textContent !== words) element.textContent = words;
    const limit = Number(element.dataset.limit);
    element.toggleAttribute("data-over", Boolean(limit) && minutes >= limit);
  }
}

export function install(doc: Document): void {
  const drift = driftOf(doc, Date.now());
  const run = (): void => tick(doc, Date.now() + drift);
  run();
  setInterval(run, 5_000);
  doc.addEventListener("htmx:afterSettle", run);
}
