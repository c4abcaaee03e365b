import assert from "node:assert/strict";
import { test } from "node:test";
import { Digits } from "../src/digits";
import { openPage, type Page } from "./house";

const LIST = `<div id="slots" data-choices role="listbox"><div role="option" id="s1"></div><div role="option" id="s2" aria-disabled="true"></div><div role="option" id="s3"></div></div>`;

function desk(main: string): Page & { chosen: string[] } {
  const page = openPage(main);
  const chosen: string[] = [];
  page.doc.addEventListener("click", (event) => chosen.push((event.target as Element).id));
  new Digits(page.doc).install();
  return { ...page, chosen };
}

function htmx(page: Page, name: string, elt: Element): void {
  const detail = { elt, requestConfig: { elt } };
  page.doc.body.dispatchEvent(new page.window.CustomEvent(name, { detail, bubbles: true }) as unknown as Event);
}

test("a digit in a field with hotkeys chooses and is not typed", () => {
  const here = desk(`<input id="q" data-hotkeys aria-controls="slots">${LIST}`);
  here.$("#q").focus();
  here.type("n1");
  here.type("3");

  assert.deepEqual(here.chosen, ["s1", "s3"]);
  assert.equal(here.$<HTMLInputElement>("#q").value, "n");
});

test("in any other field a digit is text", () => {
  const here = desk(`<div data-choices-scope><input id="q">${LIST}</div>`);
  here.$("#q").focus();
  here.type("1");

  assert.deepEqual([here.chosen, here.$<HTMLInputElement>("#q").value], [[], "1"]);
});

test("what cannot be chosen is not chosen", () => {
  const here = desk(`<div data-choices-scope><button id="b">b</button>${LIST}</div>`);
  here.$("#b").focus();
  here.type("29");

  assert.deepEqual(here.chosen, []);
});

test("a digit waits until the list shows what was typed", () => {
  const here = desk(`<input id="q" data-hotkeys aria-controls="slots" hx-get="/slots/">${LIST}`);
  const field = here.$<HTMLInputElement>("#q");
  field.focus();
  here.type("nwe1");
  assert.deepEqual(here.chosen, []);
  assert.ok(here.$("#slots").hasAttribute("data-stale"));

  htmx(here, "htmx:configRequest", field);
  here.$("#slots").innerHTML = `<div role="option" id="new1"></div>`;
  htmx(here, "htmx:afterSettle", field);

  assert.deepEqual(here.chosen, ["new1"]);
  assert.equal(field.value, "nwe");
  assert.equal(here.$("#slots").hasAttribute("data-stale"), false);
});

test("an answer to older words does not free the waiting digit", () => {
  const here = desk(`<input id="q" data-hotkeys aria-controls="slots" hx-get="/slots/">${LIST}`);
  const field = here.$<HTMLInputElement>("#q");
  field.focus();
  here.type("n");
  htmx(here, "htmx:configRequest", field);
  here.type("w1");
  htmx(here, "htmx:afterSettle", field);

  assert.deepEqual(here.chosen, []);
});

test("arrows and Enter choose without digits", () => {
  const here = desk(`<input id="q" data-hotkeys aria-controls="slots">${LIST}`);
  here.$("#q").focus();
  here.key("ArrowDown");
  here.key("ArrowDown");
  here.key("Enter");

  assert.deepEqual(here.chosen, ["s3"]);
});

test("a row without choices of its own leaves the digit to the list of its page", () => {
  const here = desk(`<div data-choices-scope><ul data-rows><li id="row" data-row tabindex="0"></li></ul>${LIST}</div>`);
  here.$("#row").focus();
  here.key("3");

  assert.deepEqual(here.chosen, ["s3"]);
});

test("digits after a letter that owns them are text until a blank ends it", () => {
  const here = desk(`<input id="q" data-hotkeys data-owns-digits="dhz" aria-controls="slots">${LIST}`);
  here.$("#q").focus();
  here.type("nh16-18 3");

  assert.equal(here.$<HTMLInputElement>("#q").value, "nh16-18 ");
  assert.deepEqual(here.chosen, ["s3"]);
});

for (const [typed, left, chosen] of [
  ["rh161", "rh16", ["s1"]],
  ["rh91", "rh9", ["s1"]],
  ["h9:301", "h9:30", ["s1"]],
  ["h16-183", "h16-18", ["s3"]],
  ["h11", "h11", []],
  ["z351", "z351", []],
  ["d12-3", "d12-3", []],
] as [string, string, string[]][]) {
  test(`a digit after a whole hour chooses: ${typed}`, () => {
    const here = desk(`<input id="q" data-hotkeys data-owns-digits="dhz" aria-controls="slots">${LIST}`);
    here.$("#q").focus();
    here.type(typed);

    assert.equal(here.$<HTMLInputElement>("#q").value, left);
    assert.deepEqual(here.chosen, chosen);
  });
}
