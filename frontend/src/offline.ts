/**
 * When the server does not answer: a bar says since when, nothing that was typed is lost, and what was pressed meanwhile is
 * sent once when the connection is back. Each sending carries a key; one whose answer was lost on the way is sent again
 * with the same key, and the server does it only once (kernel/requests.py).
 *
 * The browser's own word "offline" is not believed but checked: in many clinics the server is this very computer.
 */
import { text } from "./texts";

const FAILED_BEFORE_TOLD = 2;
const ASK_FIRST_AFTER_MS = 10 * 60_000;
export const PING_EVERY_MS = 2_000;
const PING_WITHIN_MS = 4_000;
const SURE_FOR_MS = 4_000;

export interface Held {
  /** Two of one name are one: somebody pressed again because nothing seemed to happen. */
  name: string;
  /** What the person pressed, in the words of the button. */
  label: string;
  /** Send it; false when there was no answer again. */
  send: () => Promise<boolean>;
  /** Let the page forget that it waits. */
  drop?: () => void;
}

export function newKey(doc: Document): string {
  const crypto = doc.defaultView?.crypto;
  if (crypto?.randomUUID) return crypto.randomUUID();
  const bytes = crypto?.getRandomValues(new Uint8Array(16)) ?? Uint8Array.from({ length: 16 }, () => Math.floor(Math.random() * 256));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the server is there. A proxy that answers for it does not count. */
export async function ping(): Promise<boolean> {
  const abort = new AbortController();
  const tooLong = setTimeout(() => abort.abort(), PING_WITHIN_MS);
  try {
    return (await fetch("/healthz/", { cache: "no-store", credentials: "omit", signal: abort.signal })).ok;
  } catch {
    return false;
  } finally {
    clearTimeout(tooLong);
  }
}

export class Connection {
  private failures = 0;
  private downSince: number | null = null;
  private lastAnswer: number; // the page itself was one
  private isSending = false;
  private isAsking = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly held: (Held & { at: number })[] = [];

  constructor(
    private readonly doc: Document,
    private readonly ask: () => Promise<boolean> = ping,
    private readonly every = PING_EVERY_MS,
    private readonly now: () => number = Date.now,
  ) {
    this.lastAnswer = now();
  }

  get isDown(): boolean {
    return this.downSince !== null;
  }

  get waiting(): number {
    return this.held.length;
  }

  install(): void {
    const view = this.doc.defaultView;
    for (const name of ["offline", "online"]) view?.addEventListener(name, () => void this.check());
    view?.addEventListener("beforeunload", (event) => {
      if (this.held.length > 0) event.preventDefault();
    });
  }

  /** The server answered something. */
  reached(): void {
    this.failures = 0;
    this.lastAnswer = this.now();
    if (this.isDown) void this.up();
  }

  /** A question that the page asks by itself got no answer. One such may be chance. */
  failed(): void {
    this.failures += 1;
    if (this.failures >= FAILED_BEFORE_TOLD) this.down();
  }

  /** Something that a person sent got no answer. */
  lost(): void {
    this.down();
  }

  /** Whether the server answered just now, so that nobody need ask. */
  get isSure(): boolean {
    return !this.isDown && this.now() - this.lastAnswer < SURE_FOR_MS;
  }

  /** Keep what a person sent until the connection is back. */
  hold(one: Held): void {
    if (!this.held.some((other) => other.name === one.name)) this.held.push({ ...one, at: this.now() });
    this.down();
    this.draw();
  }

  async check(): Promise<boolean> {
    const isThere = await this.ask();
    if (isThere) this.reached();
    else this.down();
    return isThere;
  }

  private down(): void {
    if (!this.isDown) {
      this.downSince = this.now();
      this.doc.documentElement.classList.add("is-offline");
    }
    this.draw();
    this.soon();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.isDown && !this.isAsking) void this.check();
    }, this.every);
  }

  private async up(): Promise<void> {
    if (this.isSending || this.isAsking) return;
    const first = this.held[0];
    if (first && this.now() - first.at > ASK_FIRST_AFTER_MS) {
      this.isAsking = true; // much has happened meanwhile: a person decides
      this.draw();
      return;
    }
    await this.sendAll();
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    let sent = 0;
    try {
      for (let first = this.held[0]; first; first = this.held[0]) {
        if (!(await first.send())) {
          this.soon();
          return;
        }
        this.held.shift();
        sent += 1;
      }
    } finally {
      this.isSending = false;
    }
    this.isAsking = false;
    this.downSince = null;
    this.failures = 0;
    clearTimeout(this.timer);
    this.doc.documentElement.classList.remove("is-offline");
    this.draw();
    this.tell(sent > 0 ? text("onlineSent", { n: sent }, this.doc) : text("online", {}, this.doc));
    const { CustomEvent: Custom } = this.doc.defaultView as Window & typeof globalThis;
    this.doc.dispatchEvent(new Custom("connection-up"));
  }

  /** Give up what waits: the person wants it otherwise now. */
  drop(): void {
    for (const one of this.held.splice(0)) one.drop?.();
    if (this.isAsking) void this.sendAll();
    else this.draw();
  }

  tell(words: string, level = "success"): void {
    const { CustomEvent: Custom } = this.doc.defaultView as Window & typeof globalThis;
    this.doc.dispatchEvent(new Custom("toast", { detail: { text: words, level } }));
  }

  private draw(): void {
    const bar = this.doc.getElementById("offline");
    if (!bar) return;
    bar.hidden = !this.isDown;
    if (!this.isDown) {
      bar.replaceChildren();
      return;
    }
    const what = Array.from(new Set(this.held.map((one) => one.label).filter(Boolean))).join("、");
    const time = this.clock(this.isAsking ? (this.held[0]?.at ?? 0) : (this.downSince ?? 0));
    const n = this.held.length;
    const words = this.isAsking ? [text("offlineLate", { n, time, what }, this.doc)] : [text("offline", { time }, this.doc)];
    if (!this.isAsking && n > 0) words.push(text("offlineHeld", { n, what }, this.doc));
    const said = this.doc.createElement("span");
    said.textContent = words.join(" ");
    bar.replaceChildren(said);
    if (this.isAsking) bar.append(this.button("offlineSend", () => void this.sendAll()));
    if (n > 0) bar.append(this.button("offlineDrop", () => this.drop()));
  }

  private button(word: string, act: () => void): HTMLButtonElement {
    const button = this.doc.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = text(word, {}, this.doc);
    button.addEventListener("click", act);
    return button;
  }

  private clock(at: number): string {
    const { zone } = this.doc.body.dataset; // of the clinic, wherever this browser thinks it is
    const time = { hour: "2-digit", minute: "2-digit", hour12: false, ...(zone ? { timeZone: zone } : {}) } as const;
    return new Date(at).toLocaleTimeString(this.doc.documentElement.lang || "zh-CN", time);
  }
}
