import assert from "node:assert/strict";
import { test } from "node:test";
import { allKeys, elementFor, install, nameOf } from "../src/keys";
import { install as installRows } from "../src/rows";
import { openPage, type Page } from "./house";

function desk(main: string): Page & { pressed: string[] } {
  const page = openPage(main);
  const pressed: string[] = [];
  page.doc.addEventListener("click", (event) => pressed.push((event.target as Element).id));
  install(page.doc);
  installRows(page.doc);
  return { ...page, pressed };
}

test("names of keys", () => {
  const name = (key: string, over = {}): string => nameOf({ key, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...over });
  assert.deepEqual(
    [name("F4"), name("n", { altKey: true }), name("F2", { shiftKey: true }), name("Enter", { ctrlKey: true }), name("k", { metaKey: true })],
    ["F4", "Alt+N", "Shift+F2", "Ctrl+Enter", "Ctrl+K"],
  );
});

test("a global key works inside a text field, also while an input method composes", () => {
  const here = desk(`<button id="call" data-key="F4">call</button><input id="q">`);
  here.$("#q").focus();
  const event = here.key("F4", { isComposing: true });

  assert.deepEqual([here.pressed, event.defaultPrevented], [["call"], true]);
});

test("the panel's key goes before the page's, a hidden one is not there", () => {
  const here = desk(`<button id="page" data-key="Alt+s">s</button><button hidden id="off" data-key="F7">x</button>`);
  here.$("#panel-body").innerHTML = `<button id="inner" data-key="Alt+S">s</button>`;
  assert.equal(elementFor(here.doc, "Alt+S")?.id, "page");
  here.$("#panel").hidden = false;
  assert.equal(elementFor(here.doc, "Alt+S")?.id, "inner");
  assert.equal(elementFor(here.doc, "F7"), null);
});

test("letters work only on a focused row and not in its text fields", () => {
  const here = desk(`<div id="list" data-rows><div id="row" data-row tabindex="0"><button id="move" data-row-key="m">move</button><input id="note"></div></div>`);
  here.key("m");
  here.$("#note").focus();
  here.type("m");
  assert.deepEqual(here.pressed, []);

  here.$("#row").focus();
  here.type("m");
  assert.deepEqual(here.pressed, ["move"]);
});

test("arrow keys walk through rows, Enter takes the row's action", () => {
  const row = (n: number): string => `<div id="r${n}" data-row tabindex="0"><a id="a${n}" data-row-enter>open</a></div>`;
  const here = desk(`<div id="list" data-rows>${row(1)}${row(2)}${row(3)}</div>`);
  here.$("#r1").focus();
  here.key("ArrowDown");
  here.key("Enter");
  here.key("End");

  assert.deepEqual(here.pressed, ["a2"]);
  assert.equal(here.doc.activeElement?.id, "r3");
});

test("when the focused row is gone, the next one has the focus", () => {
  const here = desk(`<div id="list" data-rows><div id="r1" data-row tabindex="0"></div><div id="r2" data-row tabindex="0"></div><div id="r3" data-row tabindex="0"></div></div>`);
  here.$("#r2").focus();
  here.$("#r2").remove();
  (here.doc.activeElement as HTMLElement | null)?.blur?.();
  here.doc.body.dispatchEvent(new here.window.CustomEvent("htmx:afterSettle", { bubbles: true }) as unknown as Event);

  assert.equal(here.doc.activeElement?.id, "r3");
});

test("the help lists each key once, with words and without key caps", () => {
  const here = desk(`<button data-key="F4">Call next <kbd>F4</kbd></button><a data-key="F4">again</a><button data-row-key="m" aria-label="Move">m</button>`);
  assert.deepEqual(allKeys(here.doc), [
    { key: "F4", label: "Call next" },
    { key: "m", label: "Move" },
  ]);
});
