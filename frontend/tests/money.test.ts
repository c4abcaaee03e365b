import assert from "node:assert/strict";
import { test } from "node:test";
import { formatYuan, install, parseYuan, plainYuan } from "../src/money";
import { openPage } from "./house";

for (const [typed, fen] of [
  ["12", 1200],
  ["12.5", 1250],
  ["12.05", 1205],
  ["¥1,234.50", 123450],
  ["１２．５", 1250],
  ["12。5", 1250],
  [".5", 50],
  ["0", 0],
  ["-3", -300],
  ["30元", 3000],
  ["19.99", 1999],
  ["", null],
  ["1.234", null],
  ["abc", null],
  ["1.2.3", null],
  ["-", null],
] as const)
  test(`parseYuan reads ${JSON.stringify(typed)} as ${fen}`, () => assert.equal(parseYuan(typed), fen));

test("what is written can be read again", () => {
  for (const fen of [0, 1, 99, 100, 123456, -250]) assert.equal(parseYuan(plainYuan(fen)), fen);
});

test("formatYuan groups thousands", () => {
  assert.deepEqual([0, 5, 123450, 100000000, -250].map(formatYuan), ["¥0.00", "¥0.05", "¥1,234.50", "¥1,000,000.00", "−¥2.50"]);
});

test("an amount is written out when its field is left, what is no amount stays", () => {
  const { doc, $, type } = openPage(`<input id="a" data-money><input id="b" data-money>`);
  install(doc);
  $("#a").focus();
  type("１２．５");
  $("#b").focus();
  type("zwölf");
  $("#a").focus();

  assert.deepEqual([$<HTMLInputElement>("#a").value, $<HTMLInputElement>("#b").value], ["12.50", "zwölf"]);
});
