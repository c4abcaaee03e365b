import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../src/offline";
import { install, labelOf, type Config } from "../src/offline-forms";
import { serverOf } from "../src/server";
import { openPage, settle } from "./house";

function desk(main = "") {
  const page = openPage(main);
  let isThere = true;
  let now = 1_000;
  const toasts: string[] = [];
  page.doc.addEventListener("toast", (event) => toasts.push((event as CustomEvent<{ text: string }>).detail.text));
  const connection = new Connection(page.doc, () => Promise.resolve(isThere), 60_000, () => now);
  return {
    ...page,
    connection,
    toasts,
    bar: () => page.$("#offline"),
    breaks: () => (isThere = false),
    mends: async () => {
      isThere = true;
      await connection.check();
      await settle();
    },
    pass: (ms: number) => (now += ms),
  };
}

test("one question without an answer may be chance, two show the bar, the next answer takes it away", () => {
  const one = desk();
  one.connection.failed();
  assert.equal(one.bar().hidden, true);
  one.connection.failed();
  assert.equal(one.bar().hidden, false);
  assert.match(one.bar().textContent ?? "", /^Offline since/);
  one.connection.reached();
  assert.equal(one.bar().hidden, true);
});

test("what waits is sent once, in order, when the connection is back", async () => {
  const one = desk();
  const sent: string[] = [];
  one.breaks();
  for (const label of ["Arrived: Wang", "Call next"]) one.connection.hold({ name: label, label, send: () => Promise.resolve(sent.push(label) > 0) });
  one.connection.hold({ name: "Call next", label: "Call next", send: () => Promise.reject(new Error("twice")) });
  assert.match(one.bar().textContent ?? "", /2 wait: Arrived: Wang、Call next/);

  await one.mends();
  await one.mends();

  assert.deepEqual(sent, ["Arrived: Wang", "Call next"]);
  assert.equal(one.bar().hidden, true);
  assert.deepEqual(one.toasts, ["Online, 2 sent"]);
});

test("no answer again: it goes on waiting, nothing is lost", async () => {
  const one = desk();
  const sent: string[] = [];
  const answers = [false, true];
  one.connection.hold({ name: "a", label: "A", send: () => Promise.resolve(sent.push("a") > 0 && (answers.shift() ?? true)) });
  await one.mends();
  assert.equal(one.connection.waiting, 1);
  assert.equal(one.bar().hidden, false);
  await one.mends();
  assert.deepEqual([one.connection.waiting, sent.length], [0, 2]);
});

test("after a long time a person decides whether it is still wanted", async () => {
  for (const [button, expected] of [["Send", ["a"]], ["Drop", []]] as const) {
    const one = desk();
    const sent: string[] = [];
    one.connection.hold({ name: "a", label: "A", send: () => Promise.resolve(sent.push("a") > 0) });
    one.pass(11 * 60_000);
    await one.mends();
    assert.deepEqual(sent, []);
    assert.match(one.bar().textContent ?? "", /^1 from .* wait: A/);
    Array.from(one.bar().querySelectorAll("button")).find((each) => each.textContent === button)?.click();
    await settle();
    assert.deepEqual(sent, expected);
    assert.equal(one.bar().hidden, true);
  }
});

const BOARD = `<div id="board"><form id="arrive" hx-post="/check-in/" hx-swap="outerHTML" method="post"><button>Arrived<span>: 王小明</span></button></form></div>`;

function htmx(one: ReturnType<typeof desk>, name: string, detail: object): Event {
  const event = new one.window.CustomEvent(name, { detail, bubbles: true, cancelable: true }) as unknown as Event;
  one.$("#arrive").dispatchEvent(event);
  return event;
}

function asked(one: ReturnType<typeof desk>, verb = "post"): { elt: Element; target: Element; requestConfig: Config; isHeld?: boolean } {
  const requestConfig: Config = { verb, path: "/check-in/", headers: {} };
  htmx(one, "htmx:configRequest", requestConfig);
  return { elt: one.$("#arrive"), target: one.$("#board"), requestConfig };
}

test("an answer lost on the way: sent again with the same key, to the same place", async () => {
  const one = desk(BOARD);
  const again: [Config, object][] = [];
  install(one.doc, one.connection, { again: (config, how) => Promise.resolve(again.push([config, how])) });
  const detail = asked(one);
  const key = detail.requestConfig.headers["X-Request-Key"];
  htmx(one, "htmx:sendError", detail);

  assert.equal(detail.isHeld, true);
  assert.match(one.bar().textContent ?? "", /1 wait: Arrived: 王小明/);
  assert.equal(one.$("#arrive").hasAttribute("data-submitting"), true); // pressing again does nothing
  await one.mends();

  assert.equal(again.length, 1);
  assert.equal(again[0]?.[0].headers["X-Request-Key"], key);
  assert.deepEqual(again[0]?.[1], { target: "#board", swap: "outerHTML" });
  assert.equal(one.$("#arrive").hasAttribute("data-submitting"), false);
});

test("pressed while it is known that nobody answers: kept, not sent; reading is not kept", async () => {
  const one = desk(BOARD);
  const again: Config[] = [];
  install(one.doc, one.connection, { again: (config) => Promise.resolve(again.push(config)) });
  one.breaks();
  one.connection.lost();
  assert.equal(htmx(one, "htmx:beforeRequest", asked(one)).defaultPrevented, true);
  assert.equal(htmx(one, "htmx:beforeRequest", asked(one, "get")).defaultPrevented, false);
  assert.equal(one.connection.waiting, 1);
  await one.mends();
  assert.equal(again.length, 1);
  assert.equal(asked(one, "get").requestConfig.headers["X-Request-Key"], undefined);
});

test("a plain form stays on its page until the server is there, then goes once with a key", async () => {
  const one = desk(`<form id="save" method="post" action="/x/"><input name="name"><button name="do" value="save">Save</button></form>`);
  install(one.doc, one.connection, { again: () => Promise.resolve() });
  const went: string[] = [];
  one.doc.addEventListener("submit", (event) => {
    event.preventDefault();
    went.push(one.$<HTMLInputElement>("[name=_request_key]").value);
  });
  const press = (): void => one.$<HTMLFormElement>("#save").requestSubmit(one.$("button"));

  one.breaks();
  one.pass(60_000); // the last answer is long ago
  press();
  press();
  await settle();
  assert.deepEqual(went, []);
  assert.match(one.bar().textContent ?? "", /1 wait: Save/);
  await one.mends();
  await settle(5);
  assert.equal(went.length, 1);
  assert.match(went[0] ?? "", /^[0-9a-f-]{32,36}$/);
});

test("a link does not lead to the browser's own error page", () => {
  const one = desk(`<a id="away" href="/patients/">Patients</a>`);
  install(one.doc, one.connection, { again: () => Promise.resolve() });
  one.breaks();
  one.connection.lost();
  const click = new one.window.MouseEvent("click", { bubbles: true, cancelable: true }) as unknown as Event;
  one.$("#away").dispatchEvent(click);

  assert.equal(click.defaultPrevented, true);
  assert.deepEqual(one.toasts, ["Stay"]);
});

test("Undo without a connection waits and is done once", async () => {
  const one = desk();
  const keys: string[] = [];
  let fails = true;
  globalThis.fetch = ((_url: string, init: RequestInit) => {
    keys.push((init.headers as Record<string, string>)["X-Request-Key"] ?? "");
    return fails ? Promise.reject(new TypeError("no network")) : Promise.resolve(new Response(null, { status: 204 }));
  }) as typeof fetch;
  const answer = serverOf(one.doc, one.connection).send("/undo/", "Undo");
  await settle();
  fails = false;
  await one.mends();

  assert.equal((await answer).status, 204);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
});

test("a button is named as it stands there", () => {
  const { $ } = openPage(`<button>\n Arrived <span>: 王小明</span></button>`);
  assert.equal(labelOf($("button")), "Arrived: 王小明");
});
