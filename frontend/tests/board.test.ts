/** The board's own field. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answers, install, installNext, plain, TOO_SOON_MS } from "../src/board";
import { openPage } from "./house";

const BOARD = `<input id="filter" data-board-filter data-scan-url="/scan/CODE/"><div data-board>
  <ul><li id="a" data-row tabindex="0" data-find="王小明 wangxiaoming wxm a000001 丹娜"><button data-arrive id="arrive-a">到店</button></li>
  <li id="b" data-row tabindex="0" data-find="王芳 wangfang wf a000002 丹娜"><button data-arrive id="arrive-b">到店</button></li></ul>
  <ul><li id="c" data-row tabindex="0" data-find="王芳芳 wangfangfang wff a000003"></li></ul></div><p tabindex="0" id="else"></p>`;

function open() {
  const page = openPage(BOARD);
  const posted: string[] = [];
  install(page.doc, (url) => posted.push(url));
  const pressed: string[] = [];
  for (const id of ["arrive-a", "arrive-b"]) page.$(`#${id}`).addEventListener("click", () => pressed.push(id));
  return { ...page, posted, pressed, hidden: () => ["a", "b", "c"].filter((id) => page.$(`#${id}`).hidden) };
}

test("a row answers to name, pinyin, initials, file number, also while the input method composes", () => {
  const find = "王小明 wangxiaoming wxm a000001";
  for (const typed of ["", "王", "小明", "wang", "wxm", "w'x'm", "WX", "a0000", "wang xiao"]) assert.ok(answers(find, typed), typed);
  for (const typed of ["xiaoming", "张", "wxx", "000001"]) assert.ok(!answers(find, typed), typed);
  assert.equal(plain("W'x m’"), "wxm");
});

test("the point goes to the field, letters narrow, Enter checks in the first who is expected", () => {
  const { $, key, type, doc, pressed, hidden } = open();
  $("#else").focus();
  assert.ok(key(".").defaultPrevented);
  assert.equal(doc.activeElement, $("#filter"));
  type("wf");
  assert.deepEqual(hidden(), ["a"]);
  key("Enter");

  assert.deepEqual(pressed, ["arrive-b"]);
  assert.deepEqual([($("#filter") as HTMLInputElement).value, hidden()], ["", []]);
});

test("a scanned code is posted once and leaves the field empty", () => {
  const { $, key, type, posted, pressed, hidden } = open();
  const code = "0123456789".repeat(4) + "1";
  $("#filter").focus();
  type(code);
  key("Enter");

  assert.deepEqual([posted, pressed], [[`/scan/${code}/`], []]);
  assert.deepEqual([($("#filter") as HTMLInputElement).value, hidden()], ["", []]);
});

test("Enter without a match, or while composing, checks in nobody", () => {
  const { $, key, type, pressed } = open();
  $("#filter").focus();
  key("Enter");
  type("wff");
  key("Enter");
  ($("#filter") as HTMLInputElement).value = "wx";
  key("Enter", { isComposing: true });

  assert.deepEqual(pressed, []);
});

test("Escape shows everybody again; what is typed survives a new board", () => {
  const { $, key, type, doc, hidden, window } = open();
  $("#filter").focus();
  type("wx");
  $("#a").hidden = true;
  doc.dispatchEvent(new window.Event("htmx:afterSettle") as unknown as Event);
  assert.deepEqual(hidden(), ["b", "c"]);
  key("Escape");
  assert.deepEqual(hidden(), []);
});

test("a point in a text field is a point", () => {
  const { $, key } = open();
  $("#filter").focus();
  assert.equal(key(".").defaultPrevented, false);
});

const NEXT = (words: string): string =>
  `<div id="next" data-rows data-next><div id="row" data-row tabindex="0" aria-label="${words}"><button data-row-enter>x</button></div></div>`;

test("Enter in the empty field goes to the suggestion, and a row still answers when something is typed", () => {
  const page = openPage(BOARD + NEXT("叫 12 号"));
  install(page.doc, assert.fail);
  page.$("#filter").focus();

  page.key("Enter");

  assert.equal(page.doc.activeElement, page.$("#row"));
});

test("an Enter that comes right after the suggestion changed does nothing, a later one is let through", () => {
  const page = openPage(NEXT("叫 12 号"));
  let time = 10_000;
  installNext(page.doc, () => time);
  page.$("#row").focus();
  assert.ok(!page.key("Enter").defaultPrevented);

  page.$("#row").setAttribute("aria-label", "叫 13 号");
  page.doc.dispatchEvent(new page.doc.defaultView!.Event("htmx:afterSettle"));
  assert.ok(page.key("Enter").defaultPrevented);

  time += TOO_SOON_MS;
  assert.ok(!page.key("Enter").defaultPrevented);
});
