/** A form in a patient's hand: kept while one types, signed on a pad; and the place where a dragged field lands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAmong } from "../src/designer";
import { Keeper, showDetails } from "../src/fill-draft";
import { HEIGHT, Pad, pointOf, strokesIn, WIDTH } from "../src/fill-pad";
import { openPage } from "./house";

const FORM = `<form data-fill data-save-url="/save/" data-saving="saving" data-saved="saved" data-unsaved="unsaved">
  <input type="hidden" name="revision" value="3"><input name="f-a" value="x"><input name="s-sign" value="[]">
  <input type="radio" name="f-y" value="yes"><div data-detail-of="f-y"></div>
  <div data-pad><input type="hidden" name="s-pad" data-pad-strokes><canvas data-pad-canvas></canvas><button type="button" data-pad-clear></button></div>
  <span data-fill-state></span></form>`;

function answer(status: number, body: unknown): Response {
  return { ok: status < 400, status, json: async () => body } as unknown as Response;
}

test("what is typed is kept with the revision that came back; signatures wait", async () => {
  const document = openPage(FORM).doc;
  const form = document.querySelector("form") as HTMLFormElement;
  const sent: string[] = [];
  const keeper = new Keeper(form, document, async (_url, body) => {
    sent.push(body.toString());
    return answer(200, { revision: 4 });
  });
  keeper.install();
  form.querySelector<HTMLInputElement>("[name=f-a]")?.dispatchEvent(new (document.defaultView as any).Event("input", { bubbles: true }));
  await keeper.save();
  assert.deepEqual(sent, ["revision=3&f-a=x"]);
  assert.equal(form.querySelector<HTMLInputElement>("[name=revision]")?.value, "4");
  assert.equal(form.querySelector("[data-fill-state]")?.textContent, "saved");
});

test("a lost connection is said and what was typed is tried again; a conflict stops", async () => {
  const document = openPage(FORM).doc;
  const form = document.querySelector("form") as HTMLFormElement;
  let turn = 0;
  const keeper = new Keeper(form, document, async () => {
    turn += 1;
    if (turn === 1) throw new Error("offline");
    return answer(409, { text: "somebody else" });
  });
  keeper.install();
  form.querySelector<HTMLInputElement>("[name=f-a]")?.dispatchEvent(new (document.defaultView as any).Event("input", { bubbles: true }));
  await keeper.save();
  assert.equal(form.querySelector("[data-fill-state]")?.textContent, "unsaved");
  await keeper.save();
  assert.equal(form.querySelector("[data-fill-state]")?.textContent, "somebody else");
  await keeper.save();
  assert.equal(turn, 2);
});

test("which or what is asked after a yes only", () => {
  const document = openPage(FORM).doc;
  const form = document.querySelector("form") as HTMLFormElement;
  const detail = form.querySelector<HTMLElement>("[data-detail-of]") as HTMLElement;
  showDetails(form);
  assert.equal(detail.hidden, true);
  (form.querySelector("[value=yes]") as HTMLInputElement).checked = true;
  showDetails(form);
  assert.equal(detail.hidden, false);
});

test("a point is held inside the pad, in thousandths of its width", () => {
  assert.deepEqual(pointOf({ clientX: 60, clientY: 30 }, { left: 10, top: 10, width: 500 }, 12.4), [100, 40, 12]);
  assert.deepEqual(pointOf({ clientX: 9999, clientY: 9999 }, { left: 0, top: 0, width: 500 }, -1), [WIDTH, HEIGHT, 0]);
  assert.deepEqual(strokesIn("no"), []);
});

test("strokes go into the field and are cleared by the button", () => {
  const document = openPage(FORM).doc;
  const view = document.defaultView as any;
  const box = document.querySelector<HTMLElement>("[data-pad]") as HTMLElement;
  const canvas = box.querySelector("canvas") as HTMLCanvasElement;
  const field = box.querySelector<HTMLInputElement>("[data-pad-strokes]") as HTMLInputElement;
  new Pad(box).install();
  const send = (name: string, x: number): void => {
    const event = new view.Event(name, { bubbles: true, cancelable: true });
    Object.assign(event, { pointerId: 1, clientX: x, clientY: 1, button: 0 });
    canvas.dispatchEvent(event);
  };
  send("pointerdown", 1);
  send("pointermove", 1);
  send("pointerup", 1);
  assert.equal(strokesIn(field.value).length, 1);
  box.querySelector<HTMLElement>("[data-pad-clear]")?.click();
  assert.equal(field.value, "");
});

test("a dragged field goes before the first row whose middle lies below the pointer", () => {
  const rows = [{ key: "a", middle: 10 }, { key: "b", middle: 30 }, { key: "c", middle: 50 }];
  assert.equal(placeAmong(rows, "c", 5), 0);
  assert.equal(placeAmong(rows, "a", 40), 1);
  assert.equal(placeAmong(rows, "a", 90), 2);
});
