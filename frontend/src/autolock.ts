/**
 * Locks the screen when nobody has touched it for data-idle-minutes: hides the content at once, then tells the server.
 * The page is left, so that nothing of it stays in the browser; only when something typed would be lost it stays, covered,
 * and the password is asked for on the cover.
 */
import { isDirty, settle } from "./forms";
import type { Server } from "./server";

const KEY = "incisor-last-input";
const CHECK_MS = 10_000;
const LEAVES_WITHIN_MS = 10_000;

export class AutoLock {
  private last: number;
  private veil: HTMLElement | null = null;
  private leftAt = -Infinity;

  constructor(
    private readonly doc: Document,
    private readonly server: Server,
    private readonly minutes: number,
    private readonly lockUrl: string,
    now: number,
  ) {
    this.last = now;
  }

  touched(now: number): void {
    if (now - this.last < 1_000) return;
    this.last = now;
    try {
      localStorage.setItem(KEY, String(now)); // the other windows of this person are in use, too
    } catch {
      // storage switched off: each window counts for itself
    }
  }

  isIdle(now: number): boolean {
    let last = this.last;
    try {
      last = Math.max(last, Number(localStorage.getItem(KEY) ?? 0));
    } catch {
      // see above
    }
    return now - last >= this.minutes * 60_000;
  }

  /** The page is about to be replaced. To go to the door now would stop that: the tablet would not become the patient's. */
  leaves(now: number): void {
    this.leftAt = now;
  }

  isLeaving(now: number): boolean {
    return now - this.leftAt < LEAVES_WITHIN_MS;
  }

  async lock(): Promise<void> {
    if (this.veil) return;
    const veil = (this.veil = this.doc.createElement("div"));
    veil.className = "locked-veil plain";
    this.cover(true);
    this.doc.body.append(veil);
    const view = this.doc.defaultView;
    try {
      const response = await this.server.post(this.lockUrl);
      const door = response.headers.get("HX-Redirect");
      if (door && isForSamePerson(door) && this.forms.some(isDirty)) await this.askAt(door);
      else {
        this.forms.forEach(settle);
        if (door) view?.location.assign(door);
        else view?.location.reload();
      }
    } catch {
      view?.location.reload(); // without an answer nothing may stay on the screen
    }
  }

  private get forms(): HTMLFormElement[] {
    return Array.from(this.doc.querySelectorAll<HTMLFormElement>("form")).filter((form) => !this.veil?.contains(form));
  }

  private cover(covered: boolean): void {
    for (const part of this.doc.body.children) if (part !== this.veil) part.toggleAttribute("inert", covered);
  }

  /** Show the page that asks for the password on the cover. */
  private async askAt(door: string): Promise<void> {
    const response = await this.server.get(door);
    this.show(await response.text(), door);
  }

  private show(html: string, door: string): void {
    const veil = this.veil;
    const Parser = (this.doc.defaultView as Window & typeof globalThis).DOMParser;
    const main = new Parser().parseFromString(html, "text/html").querySelector("main");
    if (!veil || !main) throw new Error("no page to unlock");
    main.removeAttribute("id");
    veil.replaceChildren(this.doc.importNode(main, true));
    veil.querySelector<HTMLElement>("input[type=password]")?.focus();
    veil.addEventListener("submit", (event) => void this.submit(event, door), { once: true });
  }

  private async submit(event: Event, door: string): Promise<void> {
    const form = event.target as HTMLFormElement;
    if (!form.querySelector("input[type=password]")) {
      this.forms.forEach(settle); // signing out: what was typed is given up on purpose
      return;
    }
    event.preventDefault();
    const Data = (this.doc.defaultView as Window & typeof globalThis).FormData;
    const fields = Array.from(new Data(form).entries(), ([name, value]) => [name, String(value)] as [string, string]);
    const response = await this.server.post(form.getAttribute("action") ?? door, new URLSearchParams(fields)).catch(() => null);
    if (response?.headers.get("HX-Redirect")) this.open();
    else if (response) this.show(await response.text(), door);
    else this.doc.defaultView?.location.reload();
  }

  private open(): void {
    this.veil?.remove();
    this.veil = null;
    this.cover(false);
    this.last = Date.now();
    this.touched(this.last + 1_000);
  }

  start(): void {
    for (const name of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"])
      this.doc.addEventListener(name, () => this.touched(Date.now()), { passive: true, capture: true });
    setInterval(() => {
      if (this.isIdle(Date.now())) void this.lock();
    }, CHECK_MS);
  }
}

/** Only who locked the page may see it again: the sign-in page is somebody's whom we do not know. */
function isForSamePerson(door: string): boolean {
  return /\/unlock\//.test(door);
}

export function install(doc: Document, server: Server): void {
  const minutes = Number(doc.body.dataset.idleMinutes);
  const url = doc.body.dataset.lockUrl;
  if (!url) return;
  const lock = new AutoLock(doc, server, minutes, url, Date.now());
  doc.defaultView?.addEventListener("beforeunload", () => lock.leaves(Date.now()));
  doc.addEventListener("lock-now", () => lock.isLeaving(Date.now()) || void lock.lock()); // locked or signed out in another window
  if (minutes > 0) lock.start();
}
