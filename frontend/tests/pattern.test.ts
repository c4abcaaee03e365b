import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf, install, valueOf } from "../src/pattern";
import { openPage } from "./house";

test("a pattern becomes cells and cells a pattern; all the time is nothing typed", () => {
  assert.deepEqual(cellsOf("0-10, 20-30", 30), [true, true, false, false, true, true]);
  assert.deepEqual(cellsOf("", 15), [true, true, true]);
  assert.equal(valueOf([true, true, false, false, true, true]), "0-10, 20-30");
  assert.equal(valueOf([true, true]), "");
});

test("arrows go, space toggles, and one cell at least stays", () => {
  const page = openPage(`<label for="b">Minutes</label><input id="b" data-pattern data-pattern-length="15">`);
  install(page.doc);
  const cells = (): HTMLElement[] => [...page.doc.querySelectorAll<HTMLElement>(".pattern-cell")];
  const press = (key: string): boolean => {
    const { KeyboardEvent: Press } = page.doc.defaultView as unknown as typeof globalThis;
    return (page.doc.activeElement ?? page.doc.body).dispatchEvent(new Press("keydown", { key, bubbles: true, cancelable: true }));
  };
  cells()[0]?.focus();

  press("ArrowRight");
  press(" ");
  assert.equal(page.$<HTMLInputElement>("#b").value, "0-5, 10-15");
  press("Home");
  press(" ");
  press("End");
  press(" ");
  assert.equal(page.$<HTMLInputElement>("#b").value, "10-15");
  assert.deepEqual(cells().map((cell) => cell.getAttribute("aria-pressed")), ["false", "false", "true"]);
});
