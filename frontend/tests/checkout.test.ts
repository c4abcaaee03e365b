import assert from "node:assert/strict";
import { test } from "node:test";
import { addLetter, install, lay, parseLine } from "../src/checkout";
import { openPage } from "./house";

const LETTERS = "xcwaybt";

test("a bare number is cash, a letter takes the rest", () => {
  assert.deepEqual(parseLine("200c", LETTERS), [{ letter: "x", given: 20000 }, { letter: "c", given: null }]);
  assert.deepEqual(parseLine("w", LETTERS), [{ letter: "w", given: null }]);
  assert.deepEqual(parseLine("c200 w", LETTERS), [{ letter: "c", given: 20000 }, { letter: "w", given: null }]);
  assert.deepEqual(parseLine("２００。５ｃ", LETTERS), [{ letter: "x", given: 20050 }, { letter: "c", given: null }]);
});

test("what means nothing is refused", () => {
  for (const line of ["", "q", "c w", "200 300", "c0", "--"]) assert.equal(parseLine(line, LETTERS), null, line);
});

test("cash beyond what is due is change", () => {
  assert.deepEqual(lay(48600, parseLine("500", LETTERS) ?? []), { parts: [{ letter: "x", fen: 48600 }], change: 1400, open: 0, over: 0 });
  assert.deepEqual(lay(48600, parseLine("200", LETTERS) ?? []), { parts: [{ letter: "x", fen: 20000 }], change: 0, open: 28600, over: 0 });
  assert.equal(lay(48600, parseLine("c500", LETTERS) ?? []).over, 1400);
});

test("a letter takes the place of the one before", () => {
  assert.equal(addLetter("200c", "w"), "200w");
  assert.equal(addLetter("", "a"), "a");
});

test("the line is said in words, and a button puts its letter on it", () => {
  const { doc, $, type } = openPage(`<form data-pay data-due-minor="48600"><input data-pay-line>
    <button data-pay-letter="x" data-pay-label="Cash">x</button><button data-pay-letter="c" data-pay-label="Card">c</button>
    <p data-pay-preview data-text-change="Change" data-text-open="open" data-text-over="too much" data-text-wrong="what?">e.g.</p></form>`);
  install(doc);

  $("[data-pay-line]").focus();
  type("200");
  assert.equal($("[data-pay-preview]").textContent, "Cash ¥200.00 · ¥286.00 open");
  $("[data-pay-letter=c]").click();

  assert.equal($<HTMLInputElement>("[data-pay-line]").value, "200c");
  assert.equal($("[data-pay-preview]").textContent, "Cash ¥200.00 · Card ¥286.00");
  assert.equal(doc.activeElement, $("[data-pay-line]"));
});
