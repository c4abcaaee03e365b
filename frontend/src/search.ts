/**
 * The one search. Asks /search/?q= while one types (also while an input method is composing) and never acts on old
 * results: an Enter that comes before the answer waits for the answer to what was typed.
 */
import { nearest, takesText } from "./dom";
import type { KeyBuffer } from "./keybuffer";
import type { Server } from "./server";
import { announce } from "./server";
import { text } from "./texts";

export type Verb = "open" | "book" | "queue";
export interface Doors {
  openPanel(url: string, opener: HTMLElement | null): void;
  go(url: string): void;
  post(url: string): void;
}

const DEBOUNCE_MS = 60;

/** What the server is asked for: an input method separates syllables (wang'xiao'ming) while it composes. */
export function queryOf(typed: string, composing: boolean): string {
  const words = typed.trim();
  return composing ? words.replace(/['’\s]/g, "") : words;
}

/** Whether somebody begins to write: a letter or digit by itself, or a key that an input method takes. */
export function beginsWords(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey" | "repeat">): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return false;
  return event.key === "Process" || (event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key));
}

export class Search {
  private shownFor: string | null = null;
  private askedFor: string | null = null;
  private pending: Verb | null = null;
  private composing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | null = null;
  private before: HTMLElement | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly server: Server,
    private readonly doors: Doors,
    private readonly buffer: KeyBuffer,
  ) {}

  private get doc(): Document {
    return this.root.ownerDocument;
  }
  private get input(): HTMLInputElement {
    return this.root.querySelector("input") as HTMLInputElement;
  }
  private get drop(): HTMLElement {
    return this.root.querySelector("[data-search-drop]") as HTMLElement;
  }
  private get list(): HTMLElement {
    return this.root.querySelector("[role=listbox]") as HTMLElement;
  }
  private get options(): HTMLElement[] {
    return Array.from(this.list.querySelectorAll<HTMLElement>("[role=option]"));
  }
  private get active(): HTMLElement | null {
    return this.list.querySelector<HTMLElement>("[role=option][aria-selected=true]");
  }
  private get query(): string {
    return queryOf(this.input.value, this.composing);
  }
  get isOpen(): boolean {
    return !this.drop.hidden;
  }

  install(): void {
    const input = this.input;
    input.addEventListener("focus", () => this.arrive());
    input.addEventListener("input", () => this.ask(DEBOUNCE_MS));
    input.addEventListener("compositionstart", () => (this.composing = true));
    input.addEventListener("compositionupdate", () => setTimeout(() => this.ask(DEBOUNCE_MS)));
    input.addEventListener("compositionend", () => {
      this.composing = false;
      this.ask(0);
    });
    input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousemove", (event) => {
      const option = nearest(event, "[role=option]");
      if (option) this.choose(option, false);
    });
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
    this.list.addEventListener("click", (event) => {
      const option = nearest(event, "[role=option]");
      if (!option) return;
      event.preventDefault();
      const verb = (nearest(event, "[data-verb]")?.dataset.verb ?? "open") as Verb;
      if (verb === "open" && (event.ctrlKey || event.metaKey) && option.dataset.href) this.doc.defaultView?.open(option.dataset.href);
      else this.act(verb, option);
    });
    this.doc.addEventListener("pointerdown", (event) => {
      if (this.isOpen && !this.root.contains(event.target as Node)) this.close();
    });
    this.root.addEventListener("focusout", (event) => {
      const to = event.relatedTarget as Node | null;
      if (to && !this.root.contains(to)) this.close();
    });
    this.doc.addEventListener("keydown", (event) => {
      const slash = event.key === "/" && !event.ctrlKey && !event.altKey && !event.metaKey && !takesText(event.target);
      const ctrlK = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
      if ((!slash && !ctrlK) || event.defaultPrevented || this.doc.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.enter();
    });
    this.doc.addEventListener("keydown", (event) => {
      if (!beginsWords(event) || event.defaultPrevented || this.isElsewhere(event.target)) return;
      this.enter(); // the letter itself arrives in the field, also through an input method
    });
  }

  /** Whether the keys belong to something: a field, a row, an open panel or dialog. */
  private isElsewhere(target: EventTarget | null): boolean {
    const panel = this.doc.getElementById("panel");
    const isFree = target === this.doc.body || (target as Element | null)?.id === "main";
    return !isFree || Boolean(this.doc.querySelector("dialog[open],.dropdown-menu.show")) || Boolean(panel && !panel.hidden);
  }

  /** Go to the field, with the old words selected so that typing replaces them. */
  enter(): void {
    const focused = this.doc.activeElement as HTMLElement | null;
    if (focused !== this.input) this.before = focused;
    this.input.focus();
    this.input.select();
    this.arrive();
  }

  private arrive(): void {
    if (!this.isOpen) this.ask(0);
  }

  private ask(delay: number): void {
    const query = this.query;
    if (query === this.askedFor) {
      if (query === this.shownFor) this.open();
      else if (delay === 0 && this.timer !== undefined) this.askNow(query);
      return;
    }
    clearTimeout(this.timer);
    this.askedFor = query;
    if (delay === 0) this.askNow(query);
    else this.timer = setTimeout(() => this.askNow(query), delay);
  }

  private askNow(query: string): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.fetch(query);
  }

  private async fetch(query: string): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.drop.setAttribute("aria-busy", "true");
    try {
      const url = `${this.root.dataset.searchUrl ?? "/search/"}?q=${encodeURIComponent(query)}`;
      const response = await this.server.get(url, request.signal);
      const html = response.ok ? await response.text() : "";
      if (request.signal.aborted || query !== this.query) return; // something else has been typed: not of interest any more
      if (response.headers.get("HX-Redirect")) announce(response, this.doc);
      if (!response.ok) throw new Error(String(response.status));
      this.show(query, html);
    } catch {
      if (!request.signal.aborted) this.fail();
    } finally {
      if (this.request === request) this.drop.removeAttribute("aria-busy");
    }
  }

  private show(query: string, html: string): void {
    this.list.innerHTML = html;
    this.shownFor = query;
    const options = this.options;
    options.forEach((option, index) => {
      option.id ||= `search-option-${index}`;
      option.setAttribute("aria-selected", "false");
    });
    if (options[0]) this.choose(options[0]);
    else this.input.removeAttribute("aria-activedescendant");
    this.open();
    const status = this.root.querySelector<HTMLElement>("[data-search-status]");
    const count = options.length;
    if (status) status.textContent = text(count === 1 ? "resultsOne" : "resultsOther", { n: count }, this.doc);
    const verb = this.pending;
    this.pending = null;
    if (verb && this.active) this.act(verb, this.active);
    else this.buffer.release();
  }

  private fail(): void {
    this.pending = null;
    this.buffer.release();
    this.askedFor = null;
    this.shownFor = null;
    const words = this.doc.createElement("p");
    words.className = "search-heading";
    words.setAttribute("role", "alert");
    words.textContent = text("failed", {}, this.doc);
    this.list.replaceChildren(words);
    this.open();
  }

  private open(): void {
    if (this.doc.activeElement !== this.input) return;
    this.drop.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  close(): void {
    if (this.pending) this.buffer.drop();
    this.pending = null;
    this.drop.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  private choose(option: HTMLElement, scroll = true): void {
    this.active?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option.id);
    if (scroll) option.scrollIntoView?.({ block: "nearest" });
  }

  private move(step: number): void {
    const options = this.options;
    if (options.length === 0) return;
    const index = this.active ? options.indexOf(this.active) : -1;
    const next = options[(index + step + options.length) % options.length];
    if (next) this.choose(next);
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229) return; // the key belongs to the input method
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) this.arrive();
      else this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.isOpen && this.input.value) this.clear();
      else this.leave();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const verb: Verb = event.ctrlKey || event.metaKey ? "book" : event.altKey ? "queue" : "open";
      if (this.shownFor === this.query && this.active && this.isOpen) this.act(verb, this.active);
      else if (this.query) {
        this.pending = verb; // waits for the answer to what was typed; keys typed meanwhile belong to what opens then
        this.buffer.hold();
        this.ask(0);
      }
    }
  }

  private clear(): void {
    if (this.pending) this.buffer.drop();
    this.pending = null;
    this.input.value = "";
    this.ask(0);
  }

  private leave(): void {
    this.close();
    const back = this.before;
    this.before = null;
    if (back?.isConnected && back !== this.doc.body) back.focus();
    else this.input.blur();
  }

  private act(verb: Verb, option: HTMLElement): void {
    const { href, panel, post, book, queue } = option.dataset;
    // not back into this field when the panel closes: its list would lie over the board
    const opener = this.before?.isConnected ? this.before : this.doc.getElementById("main");
    const url = verb === "book" ? book : verb === "queue" ? queue : undefined;
    if (verb !== "open" && !url) {
      this.buffer.release(); // this row has no such verb
      return;
    }
    this.close();
    const opens = url ?? panel;
    if (opens) this.doors.openPanel(opens, opener);
    else this.buffer.drop();
    if (!opens && post) this.doors.post(post);
    else if (!opens && href) this.doors.go(href);
    this.input.value = "";
    this.askedFor = this.shownFor = null;
    if (this.doc.activeElement === this.input) this.input.blur();
  }
}
