import assert from "node:assert/strict";
import { test } from "node:test";
import { Live, Stillness } from "../src/live";
import { Connection } from "../src/offline";
import { openPage, settle, SlowServer } from "./house";

const PAGE = `<div id="board" data-live="day" data-live-version="7"></div>`;

test("a new version is announced once and asked from there on", async () => {
  const { doc, $ } = openPage(PAGE);
  const server = new SlowServer();
  const heard: string[] = [];
  doc.body.addEventListener("live:day", () => heard.push("day"));
  const live = new Live(doc, server, new Connection(doc, () => Promise.resolve(false), 60_000), 60_000);

  const first = live.beat();
  await server.answer("/live/day/?since=7", JSON.stringify({ version: 9 }));
  await first;
  const second = live.beat();
  await server.answer("/live/day/?since=9", null, { status: 204 });
  await second;

  assert.deepEqual(heard, ["day"]);
  assert.equal($("#board").dataset.liveVersion, "9");
});

test("two failures show the bar, the next success takes it away and says so", async () => {
  const { doc, $ } = openPage(PAGE);
  const server = new SlowServer();
  const live = new Live(doc, server, new Connection(doc, () => Promise.resolve(false), 60_000), 60_000);
  const toasts: string[] = [];
  doc.addEventListener("toast", (event) => toasts.push((event as CustomEvent<{ text: string }>).detail.text));

  for (const shown of [false, true]) {
    const beat = live.beat();
    await server.breakDown("/live/");
    await beat;
    assert.equal($("#offline").hidden, !shown);
  }
  assert.match($("#offline").textContent ?? "", /^Offline since \d\d:\d\d$/);
  const beat = live.beat();
  await server.answer("/live/", null, { status: 204 });
  await beat;

  assert.equal($("#offline").hidden, true);
  assert.deepEqual(toasts, ["Online"]);
});

test("several topics of one element keep their own versions", async () => {
  const { doc, $ } = openPage(`<div id="both" data-live="day tasks" data-live-version-day="1" data-live-version-tasks="5"></div>`);
  const server = new SlowServer();
  const beat = new Live(doc, server, new Connection(doc, () => Promise.resolve(false), 60_000), 60_000).beat();
  await server.answer("/live/day/?since=1", "2");
  await server.answer("/live/tasks/?since=5", null, { status: 204 });
  await beat;

  assert.deepEqual([$("#both").dataset.liveVersionDay, $("#both").dataset.liveVersionTasks], ["2", "5"]);
});

function swap(here: ReturnType<typeof openPage>, target: Element, cause: string): boolean {
  const detail = { target, elt: target, shouldSwap: true, requestConfig: { triggeringEvent: { type: cause } } };
  here.doc.body.dispatchEvent(new here.window.CustomEvent("htmx:beforeSwap", { detail, bubbles: true }) as unknown as Event);
  return detail.shouldSwap;
}

test("a list with a field being typed in is left alone, and loaded again later", async () => {
  const here = openPage(`<div id="list"><input id="note"></div>`);
  const reloaded: string[] = [];
  new Stillness(here.doc).install((element) => reloaded.push(element.id));

  assert.equal(swap(here, here.$("#list"), "live:day"), true);
  here.$("#note").focus();
  here.type("x");
  assert.equal(swap(here, here.$("#list"), "live:day"), false);
  assert.equal(swap(here, here.$("#list"), "click"), true);
  await settle(450);

  assert.deepEqual(reloaded, ["list"]);
});

test("a page that was locked or signed out in another window is covered", async () => {
  const { doc } = openPage(PAGE);
  const server = new SlowServer();
  const heard: string[] = [];
  doc.addEventListener("lock-now", () => heard.push("lock"));
  const beat = new Live(doc, server, new Connection(doc, () => Promise.resolve(false), 60_000), 60_000).beat();
  await server.answer("/live/", null, { status: 204, headers: { "HX-Redirect": "/unlock/" } });
  await beat;

  assert.deepEqual(heard, ["lock"]);
});
