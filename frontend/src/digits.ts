/**
 * Digits choose: 1 to 9 click the n-th option of a [data-choices] list, also from a field marked data-hotkeys that
 * controls the list (aria-controls). While the list does not yet show what the field asks for, the digit waits.
 */
import { nearest, takesText } from "./dom";

const GIVE_UP_MS = 4_000;

export class Digits {
  private readonly shownFor = new WeakMap<HTMLElement, string>();
  private readonly sentFor = new WeakMap<HTMLElement, string>();
  private waiting: { list: string; digit: number; since: number } | null = null;

  constructor(private readonly doc: Document) {}

  private listOf(target: HTMLElement | null): HTMLElement | null {
    const named = target?.getAttribute("aria-controls");
    const controlled = named ? this.doc.getElementById(named) : null;
    const list = controlled?.matches("[data-choices]") ? controlled : controlled?.querySelector<HTMLElement>("[data-choices]");
    if (list) return list;
    const around = target?.closest<HTMLElement>("[data-choices]");
    if (around) return around;
    const scopes = target ? scopesOf(target) : [];
    const places = scopes.length ? scopes : [this.openPanel()];
    return places.map((place) => place?.querySelector<HTMLElement>("[data-choices]")).find(Boolean) ?? null;
  }

  private openPanel(): HTMLElement | null {
    const panel = this.doc.getElementById("panel");
    return panel && !panel.hidden ? panel : null;
  }

  /** Whether the list still shows the answer to something else than what stands in the field. */
  private isStale(field: HTMLElement | null): boolean {
    if (!takesText(field) || !asksServer(field)) return false;
    return (this.shownFor.get(field) ?? field.defaultValue) !== field.value;
  }

  private choose(list: HTMLElement, digit: number): boolean {
    const option = list.querySelectorAll<HTMLElement>("[role=option]")[digit - 1];
    if (!option || option.getAttribute("aria-disabled") === "true") return false;
    (option.querySelector<HTMLElement>("[data-choose]") ?? option).click();
    return true;
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    const target = event.target as HTMLElement | null;
    if (!target || typeof target.closest !== "function") return;
    const typing = takesText(target);
    if (typing && target.dataset.hotkeys === undefined) return;
    const list = this.listOf(target);
    if (!list || list.closest("[hidden]")) return;
    if (/^[0-9]$/.test(event.key) && typing && ownsDigits(target as HTMLInputElement)) return;
    if (/^[1-9]$/.test(event.key)) {
      const digit = Number(event.key);
      if (this.isStale(target)) {
        event.preventDefault();
        this.waiting = { list: list.id, digit, since: Date.now() };
      } else if (this.choose(list, digit) || typing) event.preventDefault();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && typing) {
      event.preventDefault();
      mark(list, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && typing && !this.isStale(target)) {
      const marked = list.querySelector<HTMLElement>("[role=option][aria-selected=true]");
      if (!marked) return;
      event.preventDefault();
      (marked.querySelector<HTMLElement>("[data-choose]") ?? marked).click();
    }
  }

  install(): void {
    this.doc.addEventListener("keydown", (event) => this.key(event));
    this.doc.addEventListener("input", (event) => {
      const field = event.target as HTMLElement;
      if (!takesText(field) || field.dataset.hotkeys === undefined) return;
      this.waiting = null;
      const list = this.listOf(field);
      list?.toggleAttribute("data-stale", this.isStale(field));
    });
    this.doc.addEventListener("htmx:configRequest", (event) => {
      const field = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt;
      for (const asked of hotkeyFields(field)) this.sentFor.set(asked, asked.value);
    });
    this.doc.addEventListener("htmx:afterSettle", (event) => {
      const detail = (event as CustomEvent<{ requestConfig?: { elt?: HTMLElement } }>).detail;
      const from = detail.requestConfig?.elt;
      if (!from) return;
      for (const field of hotkeyFields(from)) {
        this.shownFor.set(field, this.sentFor.get(field) ?? field.value);
        const list = this.listOf(field);
        if (!list) continue;
        list.toggleAttribute("data-stale", this.isStale(field));
        this.catchUp(field, list);
      }
    });
    // a mouse click on an option without its own action submits nothing: the option's own attributes decide
    this.doc.addEventListener("keydown", (event) => {
      const option = nearest(event, "[data-choices] > [role=option]");
      if (!option || event.target !== option || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      option.click();
    });
  }

  private catchUp(field: HTMLElement, list: HTMLElement): void {
    const waiting = this.waiting;
    if (!waiting || this.isStale(field)) return;
    this.waiting = null;
    if (waiting.list === list.id && Date.now() - waiting.since < GIVE_UP_MS) this.choose(list, waiting.digit);
  }
}

/** What stands around an element, the nearest first: a row without choices of its own leaves them to its page. */
function scopesOf(element: HTMLElement): HTMLElement[] {
  const scope = element.closest<HTMLElement>("#panel,dialog,[data-row],[data-choices-scope]");
  return scope ? [scope, ...(scope.parentElement ? scopesOf(scope.parentElement) : [])] : [];
}

/** Arrow keys mark an option, Enter takes it: the way without digits. */
function mark(list: HTMLElement, step: number): void {
  const options = Array.from(list.querySelectorAll<HTMLElement>("[role=option]:not([aria-disabled=true])"));
  if (options.length === 0) return;
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  options.forEach((option) => option.setAttribute("aria-selected", "false"));
  const next = options[now < 0 ? (step > 0 ? 0 : options.length - 1) : (now + step + options.length) % options.length];
  next?.setAttribute("aria-selected", "true");
  next?.scrollIntoView?.({ block: "nearest" });
}

/** An hour that no further digit makes longer: 16, 9, 9:30, 16-18; not 1, 9:3, 16-1. */
const WHOLE_HOUR = /(?:^|[-~])(?:\d\d|[3-9])(?::\d\d)?$/;

/** Digits after the letters of data-owns-digits belong to them (a date, hours) until a blank or another letter ends it. */
function ownsDigits(field: HTMLInputElement): boolean {
  const letters = field.dataset.ownsDigits;
  if (!letters) return false;
  const before = field.value.slice(0, field.selectionStart ?? field.value.length);
  const owned = /[\d\-/.:~]*$/.exec(before)?.[0] ?? "";
  const owner = before.slice(0, before.length - owned.length).slice(-1).toLowerCase();
  return owner !== "" && letters.includes(owner) && !(owner === "h" && WHOLE_HOUR.test(owned));
}

const REQUESTS = "[hx-get],[hx-post]";

function asksServer(field: HTMLElement): boolean {
  return field.matches(REQUESTS) || Boolean(field.closest("form")?.matches("[hx-trigger*='input'],[hx-trigger*='keyup']"));
}

function hotkeyFields(element: HTMLElement): (HTMLInputElement | HTMLTextAreaElement)[] {
  const found = element.matches("[data-hotkeys]") ? [element] : Array.from(element.querySelectorAll<HTMLElement>("[data-hotkeys]"));
  return found.filter(takesText);
}
