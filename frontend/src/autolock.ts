/** Locks the screen when nobody has touched it for data-idle-minutes: hides the content at once, then tells the server. */
import type { Server } from "./server";

const KEY = "incisor-last-input";
const CHECK_MS = 10_000;

export class AutoLock {
  private last: number;
  private locking = false;

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

  async lock(): Promise<void> {
    if (this.locking) return;
    this.locking = true;
    const veil = this.doc.createElement("div");
    veil.className = "locked-veil";
    this.doc.body.append(veil);
    for (const part of this.doc.body.children) if (part !== veil) part.setAttribute("inert", "");
    this.doc.querySelectorAll("form").forEach((form) => form.dispatchEvent(new Event("settle")));
    try {
      await this.server.post(this.lockUrl);
    } finally {
      this.doc.defaultView?.location.reload();
    }
  }

  start(): void {
    for (const name of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"])
      this.doc.addEventListener(name, () => this.touched(Date.now()), { passive: true, capture: true });
    setInterval(() => {
      if (this.isIdle(Date.now())) void this.lock();
    }, CHECK_MS);
  }
}

export function install(doc: Document, server: Server): void {
  const minutes = Number(doc.body.dataset.idleMinutes);
  const url = doc.body.dataset.lockUrl;
  if (minutes > 0 && url) new AutoLock(doc, server, minutes, url, Date.now()).start();
}
