/** The tooth chart and the note. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filled, install, teethIn } from "../src/teeth";
import { openPage } from "./house";

const tooth = (number: number, x: number, y: number) =>
  `<g data-tooth="${number}" role="checkbox" aria-checked="false" tabindex="-1"><rect x="${x}" y="${y}"></rect></g>`;
const NOTE = `<div id="teeth-card"><svg data-tooth-chart>${tooth(12, 0, 0)}${tooth(11, 40, 0)}${tooth(42, 0, 60)}${tooth(41, 40, 60)}</svg>
  <input id="one" data-teeth-field></div><input id="two" data-teeth-field>
  <form id="note"><textarea id="id_findings">旧</textarea><button type="button" id="phrase" data-phrase="{teeth}探及龋洞。" data-into="id_findings">…探及龋洞。</button>
  <div data-codes><div data-codes-list></div><button type="button" id="code" data-diagnosis="K02.1" data-remove-label="remove">K02.1 牙本质龋</button></div></form>`;

function open() {
  const page = openPage(NOTE);
  install(page.doc);
  const values = () => [page.$<HTMLInputElement>("#one").value, page.$<HTMLInputElement>("#two").value];
  const at = (number: number) => page.$(`[data-tooth="${number}"]`);
  const press = (number: number) => at(number).dispatchEvent(new page.window.Event("click", { bubbles: true }) as unknown as Event);
  const checked = () =>
    Array.from(page.doc.querySelectorAll("[data-tooth][aria-checked=true]")).map((one) => one.getAttribute("data-tooth"));
  return { ...page, values, at, press, checked };
}

test("numbers are read out of a text, a sentence takes the teeth", () => {
  assert.deepEqual(teethIn("36, 37、36"), ["36", "37"]);
  assert.equal(filled("{teeth}探及龋洞", ["36", "37"]), "36、37探及龋洞");
});

test("a click chooses a tooth and every field follows; a second click lets go", () => {
  const { press, values, checked } = open();
  press(11);
  press(12);
  assert.deepEqual([values(), checked()], [["12, 11", "12, 11"], ["12", "11"]]);
  press(11);
  assert.deepEqual(values(), ["12", "12"]);
});

test("keys move along the row and between rows, Space chooses", () => {
  const { at, key, doc, checked } = open();
  at(12).focus();
  key("ArrowRight");
  assert.equal(doc.activeElement, at(11));
  key("ArrowDown");
  assert.equal(doc.activeElement, at(41));
  key(" ");
  assert.deepEqual(checked(), ["41"]);
  key("ArrowUp");
  assert.equal(doc.activeElement, at(11));
});

test("typed numbers choose on the chart and in the other field", () => {
  const { $, type, checked, values } = open();
  $("#two").focus();
  type("41 12");
  assert.deepEqual([checked(), values()[0]], [["12", "41"], "41 12"]);
});

test("a sentence goes to the end of a field in which nobody has stood", () => {
  const { press, $ } = open();
  press(11);
  $("#phrase").click();
  assert.equal($<HTMLTextAreaElement>("#id_findings").value, "旧 11探及龋洞。");
});

test("a diagnosis becomes a chip once, and can be removed; the form hears of it", () => {
  const { $, doc } = open();
  let changes = 0;
  $("#note").addEventListener("change", () => (changes += 1));
  $("#code").click();
  $("#code").click();
  assert.equal(doc.querySelectorAll("input[name=diagnosis_codes]").length, 1);
  $("[data-code-remove]").click();
  assert.deepEqual([doc.querySelectorAll("input[name=diagnosis_codes]").length, changes], [0, 2]);
});
