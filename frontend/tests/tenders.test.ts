import assert from "node:assert/strict";
import { test } from "node:test";
import { install, sumOf } from "../src/tenders";
import { openPage } from "./house";

test("change comes out of cash only", () => {
  assert.deepEqual(sumOf(10000, [{ tender: "cash", fen: 12000 }]), { paid: 12000, rest: 0, change: 2000, wrong: false });
  assert.deepEqual(sumOf(10000, [{ tender: "card", fen: 12000 }]), { paid: 12000, rest: 0, change: 0, wrong: true });
  assert.deepEqual(sumOf(10000, [{ tender: "cash", fen: 3000 }]), { paid: 3000, rest: 7000, change: 0, wrong: false });
});

test("what is no amount is wrong", () => {
  assert.equal(sumOf(100, [{ tender: "cash", fen: null }]).wrong, true);
});

test("after the cash part, the letter puts the rest on the card", () => {
  const { doc, $, type } = openPage(`<form><div data-tenders data-due-minor="32000">
    <input data-tender="cash"><input data-tender="card" data-tender-key="c"><b data-tender-rest></b><b data-tender-change></b></div></form>`);
  install(doc);

  $("[data-tender=cash]").focus();
  type("120c");

  assert.equal($<HTMLInputElement>("[data-tender=cash]").value, "120.00");
  assert.equal($<HTMLInputElement>("[data-tender=card]").value, "200.00");
  assert.equal($("[data-tender-rest]").textContent, "¥0.00");
  assert.equal(doc.activeElement, $("[data-tender=card]"));
  assert.ok($("[data-tenders]").hasAttribute("data-settled"));
});
