/** A page with what the modules look for, and a server that answers when the test says so. */
import { Window } from "happy-dom";
import type { Server } from "../src/server";

export interface Page {
  window: Window;
  doc: Document;
  $: <T extends HTMLElement = HTMLElement>(selector: string) => T;
  key: (name: string, over?: KeyboardEventInit) => KeyboardEvent;
  type: (words: string) => void;
}

const FRAME = `
  <main id="main" tabindex="-1"></main>
  <aside id="panel" role="dialog" tabindex="-1" hidden><h2 id="panel-title"></h2><button data-panel-close>x</button><div id="panel-body"></div></aside>
  <div id="toasts"></div><div id="offline" hidden></div>
  <div id="texts" data-undo="Undo" data-dismiss="Dismiss" data-failed="Failed" data-offline="Offline since {time}" data-online="Online" data-online-sent="Online, {n} sent" data-offline-held="{n} wait: {what}"
       data-offline-late="{n} from {time} wait: {what}" data-offline-send="Send" data-offline-drop="Drop" data-offline-stay="Stay"
       data-minutes-one="1 minute" data-minutes-other="{n} minutes" data-hours="{h} h {m} min" data-now="just now"
       data-results-one="1 result" data-results-other="{n} results" data-unsaved="Leave?" data-undone="Undone" data-gone="Gone" data-refused="Refused"></div>
  <template id="template-failed"><div class="state-failed"><p class="state-text"></p><button data-retry>again</button></div></template>
  <template id="template-loading"><p>Loading</p></template>`;

export function openPage(main = ""): Page {
  const window = new Window({ url: "http://desk.test/", width: 1280, height: 800 });
  const doc = window.document as unknown as Document;
  doc.body.innerHTML = FRAME;
  doc.body.dataset.csrf = "token";
  (doc.getElementById("main") as HTMLElement).innerHTML = main;
  for (const name of ["document", "window", "localStorage", "Event", "matchMedia"])
    Object.defineProperty(globalThis, name, { value: name === "window" ? window : (window as never)[name], configurable: true, writable: true });
  const $ = <T extends HTMLElement>(selector: string): T => {
    const found = doc.querySelector<T>(selector);
    if (!found) throw new Error(`nothing matches ${selector}`);
    return found;
  };
  const key = (name: string, over: KeyboardEventInit = {}): KeyboardEvent => {
    const event = new window.KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...(over as object) }) as unknown as KeyboardEvent;
    (doc.activeElement ?? doc.body).dispatchEvent(event);
    return event;
  };
  /** Press one key after the other, as a browser would: what nobody took becomes text. */
  const type = (words: string): void => {
    for (const letter of words) {
      if (key(letter).defaultPrevented) continue;
      const field = doc.activeElement as HTMLInputElement;
      if (field && "value" in field) {
        field.value += letter;
        field.dispatchEvent(new window.Event("input", { bubbles: true }) as unknown as Event);
      }
    }
  };
  return { window, doc, $, key, type };
}

export class SlowServer implements Server {
  readonly asked: string[] = [];
  readonly posted: string[] = [];
  private readonly waiting: { url: string; answer: (response: Response) => void; fail: (error: Error) => void }[] = [];

  get(url: string, signal?: AbortSignal): Promise<Response> {
    this.asked.push(url);
    return new Promise((answer, fail) => {
      this.waiting.push({ url, answer, fail });
      signal?.addEventListener("abort", () => fail(new Error("aborted")));
    });
  }

  post(url: string, _body?: URLSearchParams): Promise<Response> {
    this.posted.push(url);
    return new Promise((answer, fail) => this.waiting.push({ url, answer, fail }));
  }

  send(url: string, _label: string): Promise<Response> {
    return this.post(url);
  }

  /** Answer the oldest waiting request whose address contains the words. */
  async answer(words: string, body: string | null, init: ResponseInit = {}): Promise<void> {
    const index = this.waiting.findIndex(({ url }) => url.includes(words));
    if (index < 0) throw new Error(`nobody asked for ${words}; asked: ${this.asked.join(", ")}`);
    this.waiting.splice(index, 1)[0]?.answer(new Response(body, init));
    await settle();
  }

  async breakDown(words: string): Promise<void> {
    const index = this.waiting.findIndex(({ url }) => url.includes(words));
    this.waiting.splice(index, 1)[0]?.fail(new Error("no network"));
    await settle();
  }
}

export const settle = (milliseconds = 0): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
