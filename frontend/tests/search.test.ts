import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyBuffer } from "../src/keybuffer";
import { beginsWords, queryOf, Search } from "../src/search";
import { openPage, type Page, settle, SlowServer } from "./house";

const BOX = `<div data-search data-search-url="/search/"><input id="q" role="combobox"><div data-search-drop hidden><div role="listbox"></div></div>
  <span data-search-status></span></div><button id="elsewhere">elsewhere</button>`;
const row = (name: string): string =>
  `<div role="option" data-href="/patients/${name}/" data-book="/book/${name}/" data-queue="/queue/${name}/">${name}</div>`;

interface Desk extends Page {
  server: SlowServer;
  done: string[];
  buffer: KeyBuffer;
}

function desk(): Desk {
  const page = openPage(BOX);
  const server = new SlowServer();
  const done: string[] = [];
  const buffer = new KeyBuffer(page.doc);
  new Search(page.$("[data-search]"), server, {
    openPanel: (url) => void done.push(`panel ${url}`),
    go: (url) => void done.push(`go ${url}`),
    post: (url) => void done.push(`post ${url}`),
  }, buffer).install();
  return { ...page, server, done, buffer };
}

async function typed(here: Desk, words: string, answer: string): Promise<void> {
  here.$("#q").focus();
  here.type(words);
  await settle(80);
  await here.server.answer(`q=${words}`, answer);
}

test("results appear and the first one is chosen", async () => {
  const here = desk();
  await typed(here, "wxm", row("wang") + row("li"));

  assert.equal(here.$("[data-search-drop]").hidden, false);
  assert.equal(here.$("[aria-selected=true]").textContent, "wang");
  assert.equal(here.$("#q").getAttribute("aria-activedescendant"), here.$("[aria-selected=true]").id);
  assert.equal(here.$("[data-search-status]").textContent, "2 results");
});

test("Enter opens, Ctrl+Enter books, Alt+Enter puts into the queue", async () => {
  for (const [over, expected] of [
    [{}, "go /patients/wang/"],
    [{ ctrlKey: true }, "panel /book/wang/"],
    [{ altKey: true }, "panel /queue/wang/"],
  ] as const) {
    const here = desk();
    await typed(here, "wxm", row("wang"));
    here.key("Enter", over);
    assert.deepEqual(here.done, [expected]);
  }
});

test("Enter before the answer waits for the answer to what was typed", async () => {
  const here = desk();
  await typed(here, "w", row("wrong"));
  here.type("xm");
  here.key("Enter", { ctrlKey: true });
  assert.deepEqual(here.done, []);

  await settle(10);
  await here.server.answer("q=wxm", row("wang"));

  assert.deepEqual(here.done, ["panel /book/wang/"]);
});

test("a late answer to older words is never shown", async () => {
  const here = desk();
  here.$("#q").focus();
  here.type("w");
  await settle(80);
  here.type("x");
  await settle(80);
  await here.server.answer("q=wx", row("right"));
  await here.server.answer("q=w", row("late"));

  assert.equal(here.$("[role=listbox]").textContent, "right");
});

test("keys typed after a waiting Enter are kept for what it opens", async () => {
  const here = desk();
  here.$("#q").focus();
  here.type("wx");
  here.key("Enter", { ctrlKey: true });
  here.type("nwe");
  await here.server.answer("q=wx", row("wang"));
  assert.deepEqual(here.done, ["panel /book/wang/"]);

  here.$("#main").innerHTML = `<input id="when">`;
  here.$("#when").focus();
  here.buffer.release(); // what the panel does when it is filled
  assert.equal(here.$<HTMLInputElement>("#when").value, "nwe");
});

test("keys held for nothing come back into the field", async () => {
  const here = desk();
  here.$("#q").focus();
  here.type("wx");
  here.key("Enter");
  here.type("m");
  await here.server.answer("q=wx", "");

  assert.equal(here.$<HTMLInputElement>("#q").value, "wxm");
});

test("arrow keys move and go round", async () => {
  const here = desk();
  await typed(here, "w", row("one") + row("two"));
  here.key("ArrowDown");
  assert.equal(here.$("[aria-selected=true]").textContent, "two");
  here.key("ArrowDown");
  assert.equal(here.$("[aria-selected=true]").textContent, "one");
  here.key("ArrowUp");
  here.key("Enter");
  assert.deepEqual(here.done, ["go /patients/two/"]);
});

test("searches while an input method composes, and leaves it its Enter", async () => {
  const here = desk();
  const field = here.$<HTMLInputElement>("#q");
  field.focus();
  field.dispatchEvent(new here.window.Event("compositionstart") as unknown as Event);
  field.value = "wang'xiao";
  field.dispatchEvent(new here.window.Event("compositionupdate") as unknown as Event);
  await settle(90);
  await here.server.answer("q=wangxiao", row("wang"));
  here.key("Enter", { isComposing: true });

  assert.equal(here.$("[role=listbox]").textContent, "wang");
  assert.deepEqual(here.done, []);
});

test("queryOf drops the marks of the input method only while it composes", () => {
  assert.equal(queryOf("wang'xiao ming", true), "wangxiaoming");
  assert.equal(queryOf(" O'Neill ", false), "O'Neill");
});

test("slash and Ctrl+K go to the field, Escape goes back", async () => {
  const here = desk();
  for (const [name, over] of [
    ["/", {}],
    ["k", { ctrlKey: true }],
  ] as const) {
    here.$("#elsewhere").focus();
    const event = here.key(name, over);
    assert.equal(event.defaultPrevented, true);
    assert.equal(here.doc.activeElement, here.$("#q"));
    here.key("Escape");
    assert.equal(here.doc.activeElement, here.$("#elsewhere"));
  }
});

test("a verb that the row lacks does nothing", async () => {
  const here = desk();
  await typed(here, "r", `<div role="option" data-panel="/patients/new/?name=r">register</div>`);
  here.key("Enter", { altKey: true });
  assert.deepEqual(here.done, []);
  here.key("Enter");
  assert.deepEqual(here.done, ["panel /patients/new/?name=r"]);
});

test("a failed search says so and is not shown as nothing found", async () => {
  const here = desk();
  here.$("#q").focus();
  here.type("w");
  await settle(80);
  await here.server.answer("q=w", "", { status: 500 });

  assert.equal(here.$("[role=listbox] [role=alert]").textContent, "Failed");
});

test("letters with no place of their own go to the search, commands do not", () => {
  const held = { ctrlKey: false, altKey: false, metaKey: false, repeat: false };

  assert.deepEqual(["w", "王", "7", "Process", "?", ".", "Enter", "F4"].map((key) => beginsWords({ ...held, key })),
    [true, true, true, true, false, false, false, false]);
  assert.equal(beginsWords({ ...held, key: "c", ctrlKey: true }), false);
});

test("a letter on the bare page moves to the search; on a button it does not", () => {
  const here = desk();

  here.key("w");
  assert.equal(here.doc.activeElement, here.$("#q"));

  here.$("#elsewhere").focus();
  here.key("w");
  assert.equal(here.doc.activeElement, here.$("#elsewhere"));
});
