/** What is typed into a form is kept on the server: soon after the last key, again when the connection is back. */

export const PAUSE = 700;
const LONGEST_WAIT = 30_000;

export type Send = (url: string, body: URLSearchParams, last: boolean) => Promise<Response>;

export class Keeper {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private changed = false;
  private stopped = false;
  private wait = 1000;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly doc: Document,
    private readonly send: Send = post,
  ) {}

  /** The answers of the form; signatures wait for the button. */
  answers(): URLSearchParams {
    const { FormData: Data } = this.doc.defaultView as Window & typeof globalThis;
    const body = new URLSearchParams();
    for (const [name, value] of new Data(this.form)) {
      if (typeof value === "string" && (name === "revision" || name === "csrfmiddlewaretoken" || name.startsWith("f-"))) body.append(name, value);
    }
    return body;
  }

  install(): void {
    const url = this.form.dataset.saveUrl;
    this.form.addEventListener("submit", (event) => this.submit(event));
    if (!url) return;
    const touched = (event: Event): void => {
      const name = (event.target as HTMLInputElement).name ?? "";
      if (!name.startsWith("f-") || this.stopped) return;
      this.changed = true;
      showDetails(this.form);
      this.later(PAUSE);
    };
    this.form.addEventListener("input", touched);
    this.form.addEventListener("change", touched);
    const view = this.doc.defaultView;
    view?.addEventListener("online", () => this.later(0));
    view?.addEventListener("pagehide", () => {
      if (this.changed && !this.stopped) void this.send(url, this.answers(), true).catch(() => undefined);
    });
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), milliseconds);
  }

  /** Keep what stands there now; one request at a time, so that the revisions follow each other. */
  async save(): Promise<void> {
    if (this.running) {
      await this.running;
      if (!this.changed) return;
    }
    if (!this.changed || this.stopped) return;
    this.running = this.one().finally(() => (this.running = null));
    await this.running;
  }

  private async one(): Promise<void> {
    this.changed = false;
    this.say(this.form.dataset.saving ?? "");
    let response: Response;
    try {
      response = await this.send(this.form.dataset.saveUrl ?? "", this.answers(), false);
    } catch {
      this.again();
      return;
    }
    if (response.status >= 500) {
      this.again();
      return;
    }
    const told = await told_(response);
    if (response.ok && typeof told.revision === "number") {
      this.revision.value = String(told.revision);
      this.wait = 1000;
      this.say(this.form.dataset.saved ?? "");
    } else {
      // somebody else is at the same form, or it was signed or closed: what is typed here can no longer be kept
      this.stopped = true;
      this.say(typeof told.text === "string" ? told.text : (this.form.dataset.unsaved ?? ""), true);
    }
  }

  private again(): void {
    this.changed = true;
    this.say(this.form.dataset.unsaved ?? "", true);
    this.later(this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  private get revision(): HTMLInputElement {
    return this.form.elements.namedItem("revision") as HTMLInputElement;
  }

  private say(words: string, isBad = false): void {
    const place = this.form.querySelector<HTMLElement>("[data-fill-state]");
    if (!place) return;
    place.textContent = words;
    place.classList.toggle("fill-state-bad", isBad);
  }

  /** The button: a save that is on its way ends first, so that the revision is the right one; nothing is sent twice. */
  private submit(event: Event): void {
    clearTimeout(this.timer);
    if (this.form.hasAttribute("data-sending")) {
      event.preventDefault();
      return;
    }
    this.changed = false;
    if (this.running) {
      event.preventDefault();
      void this.running.then(() => this.form.requestSubmit());
      return;
    }
    this.stopped = true;
    this.form.setAttribute("data-sending", "");
    // back from the next page by the browser's own key: the form can be sent again
    this.doc.defaultView?.addEventListener("pageshow", () => this.form.removeAttribute("data-sending"), { once: true });
  }
}

async function told_(response: Response): Promise<{ revision?: unknown; text?: unknown }> {
  try {
    return (await response.json()) as { revision?: unknown; text?: unknown };
  } catch {
    return {};
  }
}

function post(url: string, body: URLSearchParams, last: boolean): Promise<Response> {
  return fetch(url, { method: "POST", body, credentials: "same-origin", keepalive: last, headers: { Accept: "application/json" } });
}

/** "Which or what" is asked only after a yes. */
export function showDetails(form: HTMLFormElement): void {
  for (const box of form.querySelectorAll<HTMLElement>("[data-detail-of]")) {
    const yes = form.querySelector<HTMLInputElement>(`input[type=radio][name="${box.dataset.detailOf ?? ""}"][value=yes]`);
    box.hidden = yes ? !yes.checked : false;
  }
}
