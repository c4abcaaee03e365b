/**
 * Follows the server: asks every two seconds, exchanges the content when it has changed, tells when there was no answer for a
 * while, and lets calls grow old by the server's clock. What was called before a long silence is not shown as new after it.
 */
import type { Announcer, Said } from "./screen-voice";

export const EVERY_MS = 2_000;
const SLOWLY_MS = 30_000;
const LOST_AFTER_MS = 9_000;
const STALE_AFTER_MS = 60_000;
const WHOLE_EVERY_MS = 5 * 60_000;
const ANSWER_WITHIN_MS = 8_000;
const RELOAD_AT_MOST_EVERY_MS = 5 * 60_000;
const FRESH_PAGE_AFTER_MS = 20 * 60 * 60_000;
const NOTICE_TURN_MS = 12_000;
const NOTICES_AT_ONCE = 2;

export interface Doors {
  reload: () => void;
  ask?: (url: string, abort: AbortSignal) => Promise<Response>;
  /** Milliseconds that only go forward, also when somebody sets the clock. */
  ticks?: () => number;
}

export class Watcher {
  private readonly began: number;
  private answeredAt: number;
  private wholeAt: number;
  /** The server's clock minus ours. */
  private ahead: number;
  private isEnded = false;
  private readonly ticks: () => number;
  private readonly ask: (url: string, abort: AbortSignal) => Promise<Response>;

  constructor(
    private readonly doc: Document,
    private readonly announcer: Announcer,
    private readonly doors: Doors,
  ) {
    this.ticks = doors.ticks ?? (() => performance.now());
    this.ask = doors.ask ?? ((url, signal) => fetch(url, { signal, credentials: doc.body.dataset.nowUrl?.includes("?") ? "same-origin" : "omit", cache: "no-store" }));
    this.began = this.answeredAt = this.wholeAt = this.ticks();
    this.ahead = Number(doc.body.dataset.at) - this.ticks();
    announcer.now = () => this.now();
  }

  /** What the server's clock shows now. */
  now(): number {
    return this.ticks() + this.ahead;
  }

  start(): void {
    const view = this.doc.defaultView as Window;
    const round = async (): Promise<void> => {
      await this.beat();
      view.setTimeout(() => void round(), this.isEnded ? SLOWLY_MS : EVERY_MS);
    };
    view.setInterval(() => this.tick(), 1_000);
    view.addEventListener("online", () => void this.beat());
    this.announce();
    this.tick();
    view.setTimeout(() => void round(), EVERY_MS);
  }

  /** One question and what follows from the answer. */
  async beat(): Promise<void> {
    const abort = new AbortController();
    const tooLong = setTimeout(() => abort.abort(), ANSWER_WITHIN_MS);
    const isWhole = this.ticks() - this.wholeAt > WHOLE_EVERY_MS; // now and then everything, whatever the version says
    try {
      const response = await this.ask(this.address(isWhole), abort.signal);
      if (response.status === 404 || response.status === 403) this.end(true);
      else if (response.ok) await this.take(response);
    } catch {
      // no answer: tick() says so when it lasts
    } finally {
      clearTimeout(tooLong);
    }
    this.tick();
  }

  private address(isWhole: boolean): string {
    const url = this.doc.body.dataset.nowUrl ?? "";
    const since = this.doc.querySelector<HTMLElement>("[data-version]")?.dataset.version ?? "";
    return isWhole ? url : `${url}${url.includes("?") ? "&" : "?"}since=${encodeURIComponent(since)}`;
  }

  private async take(response: Response): Promise<void> {
    const html = response.status === 204 ? "" : await response.text();
    const clock = Number(response.headers.get("X-Screen-Now"));
    if (!clock) return; // somebody else answered: a proxy, a portal of the wireless network
    this.answeredAt = this.ticks();
    this.ahead = clock - this.answeredAt;
    this.end(false);
    const release = response.headers.get("X-Screen-Release");
    const isOther = release !== null && release !== this.doc.body.dataset.release;
    const isOld = this.answeredAt - this.began > FRESH_PAGE_AFTER_MS && this.doc.querySelector("[data-call]") === null;
    if ((isOther || isOld) && this.mayReload()) {
      this.doors.reload(); // the server has just answered, so that the new page will come
      return;
    }
    if (!html) return;
    this.wholeAt = this.answeredAt;
    const content = this.doc.querySelector<HTMLElement>("[data-content]");
    if (content) content.innerHTML = html;
    this.announce();
  }

  /** A server of which one half is older than the other would send the page round and round: at most once in a while. */
  private mayReload(): boolean {
    try {
      const storage = (this.doc.defaultView as Window).sessionStorage;
      const last = Number(storage.getItem("screen-reloaded"));
      if (last && Math.abs(this.now() - last) < RELOAD_AT_MOST_EVERY_MS) return false;
      storage.setItem("screen-reloaded", String(this.now()));
    } catch {
      return this.ticks() - this.began > RELOAD_AT_MOST_EVERY_MS;
    }
    return true;
  }

  private announce(): void {
    const isSilent = this.doc.querySelector("[data-voice]") === null;
    const calls = Array.from(this.doc.querySelectorAll<HTMLElement>("[data-call]"), said);
    void this.announcer.offer(calls, isSilent);
  }

  private end(isEnded: boolean): void {
    this.isEnded = isEnded;
  }

  /** Once a second: clock, age of the calls, notices, and whether the server still answers. */
  tick(): void {
    const silence = this.ticks() - this.answeredAt;
    this.sayLost(silence);
    this.doc.body.classList.toggle("is-stale", this.isEnded || silence > STALE_AFTER_MS);
    this.age(silence);
    this.showClock();
    this.turnNotices();
  }

  private sayLost(silence: number): void {
    const bar = this.doc.querySelector<HTMLElement>("[data-lost]");
    if (!bar) return;
    const words = this.isEnded ? ["endedZh", "endedEn"] : silence > LOST_AFTER_MS ? ["lostZh", "lostEn"] : null;
    bar.hidden = words === null;
    if (!words) return;
    const time = this.format({ hour: "2-digit", minute: "2-digit", hour12: false }, this.now() - silence);
    bar.querySelectorAll<HTMLElement>("span").forEach((part, turn) => {
      const text = (this.doc.body.dataset[words[turn] ?? ""] ?? "").replace("%(time)s", time);
      if (part.textContent !== text) part.textContent = text;
    });
  }

  /** The youngest calls stand big. After a silence nothing is big: nobody knows whether it still holds. */
  private age(silence: number): void {
    const { newFor, shownFor } = this.doc.body.dataset;
    let standing = 0;
    for (const call of this.doc.querySelectorAll<HTMLElement>("[data-call]")) {
      const age = this.now() - Number(call.dataset.calledAt);
      call.hidden = age > Number(shownFor) * 1000;
      call.classList.toggle("is-new", age < Number(newFor) * 1000 && silence < STALE_AFTER_MS && !this.isEnded);
      if (!call.hidden) standing += 1;
    }
    const nobody = this.doc.querySelector<HTMLElement>("[data-nobody]");
    if (nobody) nobody.hidden = standing > 0;
  }

  private showClock(): void {
    const clock = this.doc.querySelector<HTMLElement>("[data-clock]");
    const date = this.doc.querySelector<HTMLElement>("[data-date]");
    if (clock) clock.textContent = this.format({ hour: "2-digit", minute: "2-digit", hour12: false });
    if (date) date.textContent = this.format({ month: "long", day: "numeric", weekday: "long" });
  }

  private format(options: Intl.DateTimeFormatOptions, at = this.now()): string {
    const language = this.doc.documentElement.lang || "zh-CN";
    const { zone } = this.doc.body.dataset;
    return new Intl.DateTimeFormat(language, zone ? { ...options, timeZone: zone } : options).format(new Date(at));
  }

  /** Notices that hold now, two at a time, in turn; what is urgent stays. */
  private turnNotices(): void {
    const now = this.now();
    const all = Array.from(this.doc.querySelectorAll<HTMLElement>("[data-notices] > li"));
    const held = all.filter(({ dataset }) => Number(dataset.from) <= now && (dataset.until === "0" || Number(dataset.until) > now));
    const urgent = held.filter((notice) => notice.classList.contains("is-urgent"));
    const others = held.filter((notice) => !urgent.includes(notice));
    const places = Math.max(1, NOTICES_AT_ONCE - urgent.length);
    const turns = Math.max(1, Math.ceil(others.length / places));
    const turn = Math.floor(this.ticks() / NOTICE_TURN_MS) % turns;
    const shown = new Set([...urgent, ...others.slice(turn * places, (turn + 1) * places)]);
    for (const notice of all) notice.hidden = !shown.has(notice);
  }
}

function said({ dataset }: HTMLElement): Said {
  return { key: dataset.call ?? "", at: Number(dataset.calledAt), zh: dataset.zh ?? "", en: dataset.en ?? "" };
}
