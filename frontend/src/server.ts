/** Every request of the modules goes through here, so that tests can answer it and the token is never forgotten. */

export interface Server {
  get(url: string, signal?: AbortSignal): Promise<Response>;
  post(url: string, body?: URLSearchParams): Promise<Response>;
}

export function serverOf(doc: Document): Server {
  const headers = (): Record<string, string> => ({
    "HX-Request": "true",
    "HX-Current-URL": doc.location.href,
    "X-CSRFToken": doc.body.dataset.csrf ?? "",
  });
  return {
    get: (url, signal) => fetch(url, { headers: headers(), credentials: "same-origin", signal: signal ?? null }),
    post: (url, body) => fetch(url, { method: "POST", headers: headers(), credentials: "same-origin", body: body ?? null }),
  };
}

/** Events that the server asked for (HX-Trigger) in an answer that HTMX did not fetch. */
export function announce(response: Response, doc: Document): void {
  const asked = response.headers.get("HX-Trigger");
  if (asked) {
    let events: Record<string, unknown>;
    try {
      events = JSON.parse(asked) as Record<string, unknown>;
    } catch {
      events = Object.fromEntries(asked.split(",").map((name) => [name.trim(), true]));
    }
    const { CustomEvent: Custom } = doc.defaultView as Window & typeof globalThis;
    for (const [name, detail] of Object.entries(events)) doc.body.dispatchEvent(new Custom(name, { detail, bubbles: true }));
  }
  const redirect = response.headers.get("HX-Redirect");
  if (redirect) doc.defaultView?.location.assign(redirect);
}
