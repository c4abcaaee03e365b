/** What every page loads: HTMX, the kit's menus, and the small modules of the house. */
import "@tabler/core/dist/js/tabler.esm.js";
import htmx from "htmx.org";
import * as appearance from "./appearance";
import * as autolock from "./autolock";
import * as booking from "./booking";
import * as board from "./board";
import * as checkout from "./checkout";
import * as clock from "./clock";
import * as confirm from "./confirm";
import * as designer from "./designer";
import { Digits } from "./digits";
import * as forms from "./forms";
import { KeyBuffer } from "./keybuffer";
import * as inPlace from "./in-place";
import * as keys from "./keys";
import { Live, Stillness } from "./live";
import * as money from "./money";
import { Connection } from "./offline";
import * as offlineForms from "./offline-forms";
import * as page from "./page";
import { Panel } from "./panel";
import * as rows from "./rows";
import { Search } from "./search";
import { serverOf } from "./server";
import * as pattern from "./pattern";
import * as teeth from "./teeth";
import * as toast from "./toast";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

const connection = new Connection(document);
const server = serverOf(document, connection);
const buffer = new KeyBuffer(document);
const panel = new Panel(
  document,
  server,
  (element) => htmx.process(element),
  (question) => confirm.ask(document, question),
  buffer,
);

connection.install();
offlineForms.install(document, connection, {
  again: ({ verb, path, headers, formData }, how) =>
    htmx.ajax(verb as "post", path, { source: "body", ...how, headers, ...(formData ? { values: formData as never } : {}) }),
});
appearance.install(document);
confirm.install(document);
forms.install(document);
inPlace.install(document);
panel.install();
new Digits(document).install();
keys.install(document);
rows.install(document);
board.installNext(document);
board.install(document, (url) => void htmx.ajax("post", url, { source: document.body, target: document.body, swap: "none" }));
board.keepTime(document);
toast.install(document, server);
clock.install(document);
teeth.install(document);
pattern.install(document);
money.install(document);
booking.install(document);
checkout.install(document);
designer.install(document, (url, values) => void htmx.ajax("post", url, { source: document.body, target: "#design", swap: "outerHTML", values }));
autolock.install(document, server);
page.install(
  document,
  (element) => htmx.trigger(element, "load", {}),
  (words) => void toast.show(document, { text: words, level: "error" }, server),
);

const search = document.querySelector<HTMLElement>("[data-search]");
if (search)
  new Search(
    search,
    server,
    {
    openPanel: (url, opener) => void panel.open(url, opener),
    go: (url) => location.assign(url),
    post: (url) => void htmx.ajax("post", url, { source: document.body, target: document.body, swap: "none" }),
    },
    buffer,
  ).install();

document.addEventListener("htmx:afterSettle", (event) => {
  if ((event.target as Element | null)?.closest?.("#panel")) panel.settled();
});
new Stillness(document).install((element) => htmx.trigger(element, "still", {}));
if (document.querySelector("[data-search]")) new Live(document, server, connection).start();
