/** What a page sends, by HTMX or as a plain form, as far as the connection may break in between (offline.ts). */
import { nearest } from "./dom";
import { isDirty, occupy, release } from "./forms";
import { type Connection, newKey } from "./offline";
import { text } from "./texts";

export const KEY_HEADER = "X-Request-Key";
export const KEY_FIELD = "_request_key";
const AGAIN_HEADER = "X-Request-Resent";

export interface Config {
  verb: string;
  path: string;
  headers: Record<string, string>;
  formData?: FormData;
}

interface Asked {
  elt: HTMLElement;
  target?: HTMLElement;
  requestConfig: Config;
  xhr?: XMLHttpRequest;
  isHeld?: boolean;
}

export interface Sender {
  /** Send once more what HTMX sent; resolves when there was an answer, whatever it said. */
  again(config: Config, how: { target: string; swap: string }): Promise<unknown>;
}

const changes = (verb: string): boolean => verb.toLowerCase() !== "get";

export function install(doc: Document, connection: Connection, sender: Sender): void {
  doc.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent<Config>).detail;
    if (changes(detail.verb)) detail.headers[KEY_HEADER] ??= newKey(doc);
  });
  doc.addEventListener("htmx:beforeRequest", (event) => {
    const detail = (event as CustomEvent<Asked>).detail;
    if (!connection.isDown || event.defaultPrevented || isAgain(detail) || !canWait(detail.requestConfig)) return;
    event.preventDefault();
    hold(doc, connection, sender, detail);
  });
  for (const name of ["htmx:sendError", "htmx:timeout"])
    doc.addEventListener(name, (event) => {
      const detail = (event as CustomEvent<Asked>).detail;
      if (!detail.requestConfig || isAgain(detail)) return;
      if (!canWait(detail.requestConfig)) {
        connection.failed();
        return;
      }
      detail.isHeld = true; // page.ts need not say that it failed
      hold(doc, connection, sender, detail);
    });
  doc.addEventListener("htmx:afterOnLoad", () => connection.reached());
  doc.addEventListener("htmx:afterRequest", (event) => {
    const detail = (event as CustomEvent<Asked>).detail;
    if (detail.xhr?.getResponseHeader?.("X-Request-Repeated")) settleRepeated(doc, detail);
  });
  doc.addEventListener("submit", (event) => plainForm(event as SubmitEvent, doc, connection), true);
  doc.addEventListener(
    "click",
    (event) => {
      const link = nearest(event, "a[href]") as HTMLAnchorElement | null;
      if (!connection.isDown || !link || link.dataset.panel || link.target === "_blank" || link.getAttribute("href")?.startsWith("#")) return;
      event.preventDefault(); // the browser's own page would take this one away
      event.stopPropagation();
      connection.tell(text("offlineStay", {}, doc), "info");
    },
    true,
  );
}

/** Reading is done anew by itself; a file stays in its field and is chosen on purpose. */
function canWait({ verb, formData }: Config): boolean {
  return changes(verb) && !Array.from(formData?.values() ?? []).some((value) => typeof value !== "string" && value.size > 0);
}

function isAgain(detail: Asked): boolean {
  return Boolean(detail.requestConfig.headers[AGAIN_HEADER]);
}

/** What was pressed, as its button says it. */
export function labelOf(element: Element | null): string {
  const words = element?.getAttribute("aria-label") ?? element?.textContent ?? "";
  return words.replace(/\s+/g, " ").replace(/ ([:：])/g, "$1").trim().slice(0, 60);
}

function hold(doc: Document, connection: Connection, sender: Sender, { elt, target, requestConfig }: Asked): void {
  const form = elt.tagName === "FORM" ? (elt as HTMLFormElement) : null;
  const config: Config = { ...requestConfig, headers: { ...requestConfig.headers, [AGAIN_HEADER]: "1" } };
  const swap = elt.closest("[hx-swap]")?.getAttribute("hx-swap") ?? "innerHTML";
  const inPanel = elt.closest("#panel") !== null;
  if (inPanel) config.headers["X-Request-From"] = "panel";
  occupy(form);
  connection.hold({
    name: `${config.verb} ${config.path} ${contentOf(config)}`,
    label: labelOf(form ? form.querySelector("button:not([type=button])") : elt),
    drop: () => release(form),
    send: async () => {
      release(form);
      const place = target?.isConnected ? target : target?.id ? doc.getElementById(target.id) : null;
      if (place && !place.id) place.id = `again-${newKey(doc).slice(0, 8)}`;
      try {
        await sender.again(config, place ? { target: `#${place.id}`, swap } : { target: "body", swap: "none" });
        return true;
      } catch {
        return false;
      }
    },
  });
}

function contentOf({ formData }: Config): string {
  return Array.from(formData?.entries() ?? [], ([name, value]) => (name.startsWith("csrf") ? "" : `${name}=${String(value)}`)).join("&");
}

/** It had been done the first time: what the page still offers to send is out of date. */
function settleRepeated(doc: Document, detail: Asked): void {
  const { CustomEvent: Custom } = doc.defaultView as Window & typeof globalThis;
  if (detail.requestConfig.headers["X-Request-From"] === "panel") doc.body.dispatchEvent(new Custom("panel-close", { bubbles: true }));
  else if (!Array.from(doc.querySelectorAll("form")).some(isDirty)) doc.defaultView?.location.reload();
}

const passing = new WeakSet<HTMLFormElement>();
const asked = new WeakSet<HTMLFormElement>();

/** A plain form leaves the page: only when the server is there, for the browser's error page would have taken what was typed. */
function plainForm(event: SubmitEvent, doc: Document, connection: Connection): void {
  const form = event.target as HTMLFormElement;
  const submitter = event.submitter as HTMLElement | null;
  const isPlain = !["hx-post", "hx-get", "hx-put", "hx-delete"].some((name) => form.hasAttribute(name) || submitter?.hasAttribute(name));
  if (!isPlain || form.getAttribute("method")?.toLowerCase() !== "post" || event.defaultPrevented || form.target === "_blank") return;
  if (passing.delete(form)) return;
  if (connection.isSure && !asked.has(form)) {
    setKey(form, newKey(doc), doc);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (asked.has(form)) return;
  asked.add(form);
  const key = newKey(doc);
  const go = (): void => {
    asked.delete(form);
    setKey(form, key, doc);
    passing.add(form);
    form.requestSubmit(submitter);
  };
  void (connection.isDown ? Promise.resolve(false) : connection.check()).then((isThere) => {
    if (isThere) {
      setTimeout(go); // not while the browser still tells of this submission
      return;
    }
    connection.hold({
      name: `form ${form.getAttribute("action") ?? ""} ${key}`,
      label: labelOf(submitter ?? form.querySelector("button:not([type=button])")),
      drop: () => asked.delete(form),
      send: () => {
        if (form.isConnected) setTimeout(go); // leaves the page, after what else waits
        return Promise.resolve(true);
      },
    });
  });
}

function setKey(form: HTMLFormElement, key: string, doc: Document): void {
  let field = form.querySelector<HTMLInputElement>(`input[name="${KEY_FIELD}"]`);
  if (!field) {
    field = doc.createElement("input");
    field.type = "hidden";
    field.name = KEY_FIELD;
    form.append(field);
  }
  field.value = key;
}
