import { type Connection, newKey } from "./offline";

/** Every request of the modules goes through here, so that tests can answer it and the token is never forgotten. */

export interface Server {
  get(url: string, signal?: AbortSignal): Promise<Response>;
  post(url: string, body?: URLSearchParams): Promise<Response>;
  /** Post what a person pressed: without a connection it waits, and is done once. Resolves with the answer. */
  send(url: string, label: string): Promise<Response>;
}

export function serverOf(doc: Document, connection: Connection): Server {
  const headers = (): Record<string, string> => ({
    "HX-Request": "true",
    "HX-Current-URL": doc.location.href,
    "X-CSRFToken": doc.body.dataset.csrf ?? "",
  });
  const post = (url: string, body: URLSearchParams | null, key: string): Promise<Response> =>
    fetch(url, { method: "POST", headers: { ...headers(), "X-Request-Key": key }, credentials: "same-origin", body });
  return {
    get: (url, signal) => fetch(url, { headers: headers(), credentials: "same-origin", signal: signal ?? null }),
    post: (url, body) => post(url, body ?? null, newKey(doc)),
    send: async (url, label) => {
      const key = newKey(doc);
      try {
        return await post(url, null, key);
      } catch {
        return new Promise((answered, dropped) =>
          connection.hold({
            name: `POST ${url}`,
            label,
            drop: () => dropped(new Error("given up")),
            send: async () => {
              try {
                answered(await post(url, null, key));
                return true;
              } catch {
                return false;
              }
            },
          }),
        );
      }
    },
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
