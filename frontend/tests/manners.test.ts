/** Clock, lock, forms. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AutoLock } from "../src/autolock";
import { driftOf, minutesSince, tick } from "../src/clock";
import { focusFirstInvalid, install as installForms, isDirty } from "../src/forms";
import { openPage, SlowServer } from "./house";

const AT = Date.parse("2026-03-02T09:30:00+08:00");

test("minutes run and are marked beyond the limit", () => {
  const { doc, $ } = openPage(`<time id="a" data-since="2026-03-02T09:12:00+08:00" data-limit="15"></time><time id="b" data-since="2026-03-02T01:29:30Z"></time>
    <time id="c" data-since="2026-03-02T07:25:00+08:00"></time>`);
  tick(doc, AT);

  assert.deepEqual([$("#a").textContent, $("#b").textContent, $("#c").textContent], ["18 minutes", "just now", "2 h 5 min"]);
  assert.deepEqual([$("#a").hasAttribute("data-over"), $("#b").hasAttribute("data-over")], [true, false]);
});

test("a clock that is ahead never counts below zero, the server's time counts", () => {
  assert.equal(minutesSince("2026-03-02T09:40:00+08:00", AT), 0);
  const { doc } = openPage();
  doc.body.dataset.serverNow = "2026-03-02T09:35:00+08:00";
  assert.equal(driftOf(doc, AT), 5 * 60_000);
});

test("idle means: no window of this person was touched", () => {
  const { doc } = openPage();
  const lock = new AutoLock(doc, new SlowServer(), 5, "/lock/", AT);
  assert.equal(lock.isIdle(AT + 4.9 * 60_000), false);
  assert.equal(lock.isIdle(AT + 5 * 60_000), true);
  const otherWindow = new AutoLock(doc, new SlowServer(), 5, "/lock/", AT);
  otherWindow.touched(AT + 3 * 60_000);
  assert.equal(lock.isIdle(AT + 5 * 60_000), false);
});

test("a page that is about to be replaced is not locked from elsewhere, for a while", () => {
  const lock = new AutoLock(openPage().doc, new SlowServer(), 5, "/lock/", AT);
  assert.equal(lock.isLeaving(AT), false);
  lock.leaves(AT);
  assert.equal(lock.isLeaving(AT + 9_000), true);
  assert.equal(lock.isLeaving(AT + 10_000), false);
});

test("locking hides the page before the server answers", () => {
  const { doc, $ } = openPage("<p>secret</p>");
  const server = new SlowServer();
  void new AutoLock(doc, server, 5, "/lock/", AT).lock();

  assert.ok($(".locked-veil"));
  assert.ok($("#main").hasAttribute("inert"));
  assert.deepEqual(server.posted, ["/lock/"]);
});

const UNLOCK = `<main id="main"><form action="/unlock/"><input type="password" name="password" id="pw"></form></main>`;

test("typed content waits under the cover until the password is right", async () => {
  const { doc, $, type, window } = openPage(`<form id="note" method="post"><input id="a"></form>`);
  installForms(doc);
  $("#a").focus();
  type("half a note");
  const server = new SlowServer();
  void new AutoLock(doc, server, 5, "/lock/", AT).lock();
  await server.answer("/lock/", null, { status: 204, headers: { "HX-Redirect": "/unlock/?next=/" } });
  await server.answer("/unlock/?next=/", UNLOCK);
  assert.equal(doc.activeElement, $("#pw"));
  const submit = (): boolean =>
    $("#pw").closest("form")?.dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }) as unknown as Event) ?? false;

  submit();
  await server.answer("/unlock/", UNLOCK.replace("<form", "<p class='wrong'></p><form"), { status: 422 });
  assert.ok($(".locked-veil .wrong"));
  assert.ok($("#main").hasAttribute("inert"));

  submit();
  await server.answer("/unlock/", null, { status: 204, headers: { "HX-Redirect": "/" } });
  assert.equal(doc.querySelector(".locked-veil"), null);
  assert.equal($("#main").hasAttribute("inert"), false);
  assert.equal($<HTMLInputElement>("#a").value, "half a note");
});

test("a form is sent once", () => {
  const { doc, $, window } = openPage(`<form id="f" method="post"><button id="b">send</button></form>`);
  installForms(doc);
  const submit = (): boolean => $("#f").dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }) as unknown as Event);

  assert.deepEqual([submit(), submit()], [true, false]);
  assert.equal($("#b").getAttribute("aria-busy"), "true");
});

test("a form that was typed in is dirty until it is sent", () => {
  const { doc, $, type, window } = openPage(`<form id="f" method="post"><input id="a"></form>`);
  installForms(doc);
  $("#a").focus();
  type("x");
  assert.equal(isDirty($<HTMLFormElement>("#f")), true);

  $("#f").dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }) as unknown as Event);
  assert.equal(isDirty($<HTMLFormElement>("#f")), false);
});

test("the first mistake has the focus", () => {
  const { doc, $ } = openPage(`<input id="a"><input id="b" class="is-invalid"><input id="c" class="is-invalid">`);
  focusFirstInvalid(doc);
  assert.equal(doc.activeElement, $("#b"));
});
