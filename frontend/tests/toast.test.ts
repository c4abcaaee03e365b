import assert from "node:assert/strict";
import { test } from "node:test";
import { install, show } from "../src/toast";
import { openPage, SlowServer } from "./house";

function desk(): ReturnType<typeof openPage> & { server: SlowServer } {
  const page = openPage();
  const server = new SlowServer();
  install(page.doc, server);
  return { ...page, server };
}

test("an event of the server becomes a message with Undo", async () => {
  const here = desk();
  const detail = { text: "Booked", level: "success", undo_url: "/undo/1/" };
  here.doc.body.dispatchEvent(new here.window.CustomEvent("toast", { detail, bubbles: true }) as unknown as Event);
  here.$(".toast-undo").click();
  here.$(".toast-undo").click();
  await here.server.answer("/undo/1/", null, { status: 204 });

  assert.deepEqual(here.server.posted, ["/undo/1/"]);
  assert.equal(here.$("#toasts .toast-text").textContent, "Undone");
});

test("an Undo that fails says so and stays possible", async () => {
  const here = desk();
  show(here.doc, { text: "Booked", undo_url: "/undo/1/" }, here.server);
  here.$(".toast-undo").click();
  await here.server.breakDown("/undo/");

  assert.equal(here.$("[data-level=error] .toast-text").textContent, "Failed");
  assert.equal(here.$(".toast-undo").getAttribute("aria-busy"), null);
});

test("Ctrl+Z takes the newest Undo, but not from a text field", () => {
  const here = desk();
  show(here.doc, { text: "one", undo_url: "/undo/1/" }, here.server);
  show(here.doc, { text: "two", undo_url: "/undo/2/" }, here.server);
  here.$("#main").innerHTML = `<input id="q">`;
  here.$("#q").focus();
  here.key("z", { ctrlKey: true });
  assert.deepEqual(here.server.posted, []);

  here.$("#main").focus();
  here.key("z", { ctrlKey: true });
  assert.deepEqual(here.server.posted, ["/undo/2/"]);
});

test("never more than four at once, and words are text, not markup", () => {
  const here = desk();
  for (let n = 0; n < 6; n += 1) show(here.doc, { text: `<b>${n}</b>` }, here.server);

  assert.deepEqual(
    Array.from(here.doc.querySelectorAll("#toasts .toast-text"), (words) => words.textContent),
    ["<b>2</b>", "<b>3</b>", "<b>4</b>", "<b>5</b>"],
  );
});
