/**
 * The side panel: elements with data-panel="URL" (or a link with data-panel) load a fragment into it. It stands beside the work, it does not block it.
 * With data-panel-method="post" opening it is an act (F2 takes the call); the answer may name what to load: X-Panel-Next.
 */
import { nearest, takesText } from "./dom";
import { isDirty, settle } from "./forms";
import { KeyBuffer } from "./keybuffer";
import type { Server } from "./server";
import { announce } from "./server";
import { text } from "./texts";

export type Process = (element: Element) => void;
const FIELDS = "input:not([type=hidden]):not(:disabled),select:not(:disabled),textarea:not(:disabled)";

export class Panel {
  private opener: HTMLElement | null = null;
  private request: AbortController | null = null;
  private url = "";

  constructor(
    private readonly doc: Document,
    private readonly server: Server,
    private readonly process: Process,
    private readonly askBeforeLosing: (question: string) => Promise<boolean>,
    private readonly buffer: KeyBuffer = new KeyBuffer(doc),
  ) {}

  private get box(): HTMLElement | null {
    return this.doc.getElementById("panel");
  }

  get isOpen(): boolean {
    return this.box !== null && !this.box.hidden;
  }

  /** Load the URL into the panel. Keys typed meanwhile reach its first field. */
  async open(url: string, opener: HTMLElement | null = null, title = "", method = "get"): Promise<void> {
    const box = this.box;
    const body = this.doc.getElementById("panel-body");
    if (!box || !body) {
      this.doc.defaultView?.location.assign(url); // a page without a panel: the same address is a page
      return;
    }
    if (this.isOpen && !(await this.mayLeave(body))) return;
    if (!this.isOpen) this.opener = opener ?? (this.doc.activeElement as HTMLElement | null);
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.url = url;
    this.setTitle(title);
    this.giveBack(body);
    body.replaceChildren(clone(this.doc, "template-loading"));
    box.hidden = false;
    box.focus({ preventScroll: true });
    this.buffer.hold();
    try {
      let response = method === "post" ? await this.server.post(url) : await this.server.get(url, request.signal);
      if (request.signal.aborted) return;
      const next = response.headers.get("X-Panel-Next");
      if (next) {
        this.url = next;
        response = await this.server.get(next, request.signal);
        if (request.signal.aborted) return;
      }
      if (response.headers.get("HX-Redirect")) {
        this.buffer.drop();
        announce(response, this.doc);
        return;
      }
      if (!response.ok) {
        this.fail(body, response);
        return;
      }
      const html = await response.text();
      if (request.signal.aborted) return;
      this.fill(body, html);
      announce(response, this.doc);
    } catch (error) {
      if (!request.signal.aborted) this.fail(body, null);
    }
  }

  private fill(body: HTMLElement, html: string): void {
    body.innerHTML = html;
    this.process(body);
    this.settled();
    focusFirst(body) || this.box?.focus({ preventScroll: true });
    this.buffer.release();
  }

  /** Take title and width from the fragment: an element with data-panel-heading, optionally data-panel-wide. */
  settled(): void {
    const body = this.doc.getElementById("panel-body");
    const heading = body?.querySelector<HTMLElement>("[data-panel-heading]");
    if (heading) this.setTitle(heading.dataset.panelHeading || heading.textContent?.trim() || "");
    this.box?.classList.toggle("side-panel-wide", Boolean(body?.querySelector("[data-panel-wide]")));
  }

  private fail(body: HTMLElement, response: Response | null): void {
    this.buffer.drop();
    body.replaceChildren(clone(this.doc, "template-failed"));
    if (response) announce(response, this.doc);
    if (response?.status === 403 || response?.status === 404) {
      const words = body.querySelector(".state-text");
      if (words) words.textContent = text(response.status === 403 ? "refused" : "gone", {}, this.doc);
    }
    const retry = body.querySelector<HTMLElement>("[data-retry]");
    retry?.addEventListener("click", (event) => {
      event.stopPropagation();
      void this.open(this.url);
    });
    retry?.focus();
  }

  private setTitle(words: string): void {
    const title = this.doc.getElementById("panel-title");
    if (title) title.textContent = words;
  }

  /** A time that was held while somebody typed here is free again; without this it ends by itself. */
  private giveBack(body: HTMLElement): void {
    const held = body.querySelector<HTMLElement>("[data-hold-release]")?.dataset.holdRelease;
    if (held) void this.server.post(held).catch(() => undefined);
  }

  private async mayLeave(body: HTMLElement): Promise<boolean> {
    const dirty = Array.from(body.querySelectorAll("form")).filter(isDirty);
    if (dirty.length === 0) return true;
    this.buffer.drop(); // the question needs the keys
    if (!(await this.askBeforeLosing(text("unsaved", {}, this.doc)))) return false;
    dirty.forEach(settle);
    return true;
  }

  /** Close it and give the focus back to where it came from. */
  async close(force = false): Promise<void> {
    const box = this.box;
    const body = this.doc.getElementById("panel-body");
    if (!box || !body || box.hidden) return;
    if (!force && !(await this.mayLeave(body))) return;
    this.request?.abort();
    this.buffer.drop();
    const hadFocus = box.contains(this.doc.activeElement) || this.doc.activeElement === this.doc.body;
    box.hidden = true;
    this.giveBack(body);
    body.replaceChildren();
    const back = this.opener;
    this.opener = null;
    if (!hadFocus) return;
    if (back?.isConnected) back.focus({ preventScroll: true });
    else this.doc.getElementById("main")?.focus({ preventScroll: true });
  }

  install(): void {
    this.doc.addEventListener("click", (event) => {
      const closer = nearest(event, "[data-panel-close]");
      if (closer) {
        event.preventDefault();
        void this.close();
        return;
      }
      const opener = nearest(event, "[data-panel]");
      const click = event as MouseEvent;
      const address = opener?.dataset.panel || opener?.getAttribute("href");
      if (!opener || !address || click.ctrlKey || click.metaKey || click.shiftKey) return;
      event.preventDefault();
      void this.open(address, opener, opener.dataset.panelTitle ?? "", opener.dataset.panelMethod ?? "get");
    });
    this.doc.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || !this.isOpen || event.isComposing) return;
      if (this.doc.querySelector("dialog[open]") || this.doc.querySelector(".dropdown-menu.show")) return;
      event.preventDefault();
      void this.close();
    });
    this.doc.addEventListener("panel-close", () => void this.close(true));
    this.doc.addEventListener("panel-open", (event) => {
      const detail = (event as CustomEvent<{ url?: string }>).detail;
      if (detail?.url) void this.open(detail.url);
    });
  }
}

/** Put the focus where the fragment says (data-autofocus), else into its first field. */
export function focusFirst(body: HTMLElement): boolean {
  const named = body.querySelector<HTMLElement>("[data-autofocus]");
  const target = named ?? body.querySelector<HTMLElement>(".is-invalid") ?? body.querySelector<HTMLElement>(FIELDS);
  if (!target) return false;
  target.focus({ preventScroll: false });
  if (takesText(target) && target.dataset.select !== undefined) target.select();
  return true;
}

export function clone(doc: Document, id: string): DocumentFragment {
  const template = doc.getElementById(id) as HTMLTemplateElement | null;
  return template ? (template.content.cloneNode(true) as DocumentFragment) : doc.createDocumentFragment();
}
