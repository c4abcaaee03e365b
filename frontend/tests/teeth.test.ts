/** The tooth chart and the note. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filled, install, placesIn, teethIn } from "../src/teeth";
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

const SURFACES = `<div id="teeth-card"><svg data-tooth-chart><g data-tooth="36" role="checkbox" aria-checked="false" tabindex="-1"><rect x="0" y="0"></rect>
  ${Array.from("BLMDO").map((letter) => `<polygon data-surface="${letter}"></polygon>`).join("")}</g></svg><input id="one" data-teeth-field></div>
  <textarea id="id_treatment"></textarea><textarea id="id_advice">写了</textarea><button type="button" id="usual" data-usual>
  <span data-usual-text="{teeth}充填。" data-into="id_treatment"></span><span data-usual-text="勿咬硬物。" data-into="id_advice"></span></button>`;

test("a click on a surface chooses it with its tooth; the last one lets the tooth go", () => {
  const page = openPage(SURFACES);
  install(page.doc);
  const press = (letter: string) =>
    page.$(`[data-surface="${letter}"]`).dispatchEvent(new page.window.Event("click", { bubbles: true }) as unknown as Event);
  const value = () => page.$<HTMLInputElement>("#one").value;
  let told = 0;
  page.doc.body.addEventListener("teeth-chosen", () => (told += 1));
  press("O");
  press("M");
  assert.deepEqual([value(), page.$("[data-tooth]").getAttribute("aria-description")], ["36 MO", "MO"]);
  press("O");
  press("M");
  assert.deepEqual([value(), page.$("[data-tooth]").getAttribute("aria-checked"), told], ["", "false", 4]);
});

test("letters on a tooth choose its surfaces, and a typed text is read", () => {
  const page = openPage(SURFACES);
  install(page.doc);
  page.$("[data-tooth]").focus();
  page.key("d");
  page.key("o");
  assert.equal(page.$<HTMLInputElement>("#one").value, "36 OD");
  assert.deepEqual([...placesIn("36 dom, 37、11b")], [["36", "MOD"], ["37", ""], ["11", "B"]]);
});

test("the usual text fills what is empty and leaves what was written", () => {
  const page = openPage(SURFACES);
  install(page.doc);
  page.$("[data-tooth]").focus();
  page.key(" ");
  page.$("#usual").click();
  assert.deepEqual(
    [page.$<HTMLTextAreaElement>("#id_treatment").value, page.$<HTMLTextAreaElement>("#id_advice").value],
    ["36充填。", "写了"],
  );
});
