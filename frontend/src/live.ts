/**
 * Follows the changes of other screens: an element with data-live="day" data-live-version="7" makes the page ask
 * /live/day/?since=7 every two seconds (204 = nothing new). On a change the body hears "live:day", and whatever has
 * hx-trigger="live:day from:body" loads itself again: but never under a pressed button or around a field being typed in.
 */
import type { Connection } from "./offline";
import type { Server } from "./server";

export const EVERY_MS = 2_000;

export class Live {
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;

  constructor(
    private readonly doc: Document,
    private readonly server: Server,
    private readonly connection: Connection,
    private readonly every = EVERY_MS,
  ) {}

  start(): void {
    this.doc.addEventListener("visibilitychange", () => {
      if (this.doc.visibilityState === "visible") this.soon(0);
    });
    this.doc.addEventListener("connection-up", () => this.soon(0));
    this.soon(this.every);
  }

  private soon(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.beat(), delay);
  }

  /** One round: ask every topic of the page. */
  async beat(): Promise<void> {
    if (this.running) return;
    if (this.doc.visibilityState === "hidden") return; // asks again as soon as it is seen
    this.running = true;
    const topics = new Map<string, HTMLElement>();
    for (const element of this.doc.querySelectorAll<HTMLElement>("[data-live]"))
      for (const topic of (element.dataset.live ?? "").split(/\s+/).filter(Boolean)) topics.set(topic, element);
    try {
      for (const [topic, element] of topics) await this.ask(topic, element);
      this.failures = 0;
      if (topics.size > 0) this.connection.reached();
    } catch {
      this.failures += 1;
      this.connection.failed();
    } finally {
      this.running = false;
      this.soon(this.every * Math.min(1 + this.failures, 5));
    }
  }

  private async ask(topic: string, element: HTMLElement): Promise<void> {
    const since = element.dataset[versionName(topic, element)] ?? "0";
    const abort = new AbortController();
    const tooLong = setTimeout(() => abort.abort(), 10_000);
    try {
      const response = await this.server.get(`/live/${topic}/?since=${encodeURIComponent(since)}`, abort.signal);
      if (response.headers.get("HX-Redirect") || response.redirected || response.status === 401 || response.status === 403) {
        this.doc.dispatchEvent(new (this.doc.defaultView as Window & typeof globalThis).CustomEvent("lock-now"));
        return;
      }
      if (response.status === 204) return;
      if (!response.ok) throw new Error(String(response.status));
      const version = response.headers.get("X-Live-Version") ?? (await versionIn(response));
      if (version === null || version === since) return;
      element.dataset[versionName(topic, element)] = version;
      const { CustomEvent: Custom } = this.doc.defaultView as Window & typeof globalThis;
      this.doc.body.dispatchEvent(new Custom(`live:${topic}`, { detail: { version } }));
    } finally {
      clearTimeout(tooLong);
    }
  }
}

/** One element may follow one topic (data-live-version) or several (data-live-version-day …). */
function versionName(topic: string, element: HTMLElement): string {
  const several = (element.dataset.live ?? "").trim().includes(" ");
  return several ? `liveVersion${topic.charAt(0).toUpperCase()}${topic.slice(1)}` : "liveVersion";
}

async function versionIn(response: Response): Promise<string | null> {
  const body = await response.text();
  try {
    const parsed = JSON.parse(body) as { version?: number | string } | number;
    const version = typeof parsed === "object" ? parsed.version : parsed;
    return version === undefined ? null : String(version);
  } catch {
    return body.trim() || null;
  }
}

const AIMING_MS = 350;
const LONGEST_WAIT_MS = 4_000;

/** Keeps a list still while a hand is on it; what was held back is loaded again when the hand is gone. */
export class Stillness {
  private pressed = false;
  private movedAt = 0;
  private readonly waitingSince = new WeakMap<Element, number>();

  constructor(private readonly doc: Document) {}

  install(reload: (element: Element) => void): void {
    this.doc.addEventListener("pointerdown", () => (this.pressed = true), true);
    for (const name of ["pointerup", "pointercancel", "dragend"])
      this.doc.addEventListener(name, () => setTimeout(() => (this.pressed = false), 50), true);
    this.doc.addEventListener("pointermove", () => (this.movedAt = Date.now()), true);
    this.doc.addEventListener("htmx:beforeSwap", (event) => {
      const detail = (event as CustomEvent<{ target: Element; elt: Element; shouldSwap: boolean; requestConfig?: SwapCause }>).detail;
      const cause = detail.requestConfig?.triggeringEvent?.type ?? "";
      if (!cause.startsWith("live:") && cause !== "still") return;
      if (!this.isBusy(detail.target)) {
        this.waitingSince.delete(detail.target);
        return;
      }
      detail.shouldSwap = false;
      setTimeout(() => {
        if (detail.elt.isConnected) reload(detail.elt);
      }, 400);
    });
  }

  isBusy(target: Element, now: number = Date.now()): boolean {
    const focused = this.doc.activeElement;
    if (focused && target.contains(focused) && typedIn(focused)) return true;
    if (!target.matches(":hover")) return false;
    if (this.pressed) return true;
    const since = this.waitingSince.get(target) ?? now;
    this.waitingSince.set(target, since);
    return now - this.movedAt < AIMING_MS && now - since < LONGEST_WAIT_MS;
  }
}

interface SwapCause {
  triggeringEvent?: Event;
}

function typedIn(element: Element): boolean {
  if (!("defaultValue" in element)) return false;
  const field = element as HTMLInputElement;
  return field.value !== field.defaultValue;
}
