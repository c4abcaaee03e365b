import assert from "node:assert/strict";
import { test } from "node:test";
import { install as installForms } from "../src/forms";
import { Panel } from "../src/panel";
import { openPage, type Page, settle, SlowServer } from "./house";

interface Desk extends Page {
  server: SlowServer;
  questions: string[];
  answers: boolean[];
}

function desk(main = `<button id="opener" data-panel="/book/">book</button>`): Desk {
  const page = openPage(main);
  const server = new SlowServer();
  const questions: string[] = [];
  const answers: boolean[] = [];
  installForms(page.doc);
  new Panel(page.doc, server, () => undefined, async (question) => {
    questions.push(question);
    return answers.shift() ?? false;
  }).install();
  return { ...page, server, questions, answers };
}

async function opened(html: string): Promise<Desk> {
  const here = desk();
  here.$("#opener").focus();
  here.$("#opener").click();
  await here.server.answer("/book/", html);
  return here;
}

test("shows the fragment, its heading, and puts the focus where it says", async () => {
  const here = await opened(`<div data-panel-heading="Book"><input id="a"><input id="b" data-autofocus></div>`);

  assert.equal(here.$("#panel").hidden, false);
  assert.equal(here.$("#panel-title").textContent, "Book");
  assert.equal(here.doc.activeElement, here.$("#b"));
});

test("keys typed while it loads reach its first field, in order", async () => {
  const here = desk();
  here.$("#opener").focus();
  here.$("#opener").click();
  here.type("nwe");
  await here.server.answer("/book/", `<input id="when" data-autofocus>`);
  here.type("x");

  assert.equal(here.$<HTMLInputElement>("#when").value, "nwex");
});

test("an Enter typed while it loads sends its form", async () => {
  const here = desk();
  let sent = 0;
  here.doc.addEventListener("submit", (event) => {
    event.preventDefault();
    sent += 1;
  });
  here.$("#opener").click();
  here.type("5");
  here.key("Enter");
  await here.server.answer("/book/", `<form><input id="n" data-autofocus></form>`);

  assert.deepEqual([here.$<HTMLInputElement>("#n").value, sent], ["5", 1]);
});

test("Escape closes it and gives the focus back", async () => {
  const here = await opened(`<input id="a">`);
  here.key("Escape");
  await settle();

  assert.equal(here.$("#panel").hidden, true);
  assert.equal(here.doc.activeElement, here.$("#opener"));
});

test("typed content is not lost unasked", async () => {
  const here = await opened(`<form method="post"><input id="a"></form>`);
  here.type("x");
  here.key("Escape");
  await settle();
  assert.deepEqual([here.questions, here.$("#panel").hidden], [["Leave?"], false]);

  here.answers.push(true);
  here.key("Escape");
  await settle();
  assert.equal(here.$("#panel").hidden, true);
});

test("a failure is shown as one and can be tried again", async () => {
  const here = desk();
  here.$("#opener").click();
  await here.server.answer("/book/", "", { status: 500 });
  here.$("#panel-body .state-failed [data-retry]").click();
  await settle();
  await here.server.answer("/book/", `<input id="a">`);

  assert.deepEqual(here.server.asked, ["/book/", "/book/"]);
  assert.equal(here.doc.activeElement, here.$("#a"));
});

test("of two openings the later one is shown", async () => {
  const here = desk(`<button id="one" data-panel="/one/">1</button><button id="two" data-panel="/two/">2</button>`);
  here.$("#one").click();
  here.$("#two").click();
  await settle();
  await here.server.answer("/two/", "<p>second</p>");
  await here.server.answer("/one/", "<p>first</p>").catch(() => undefined);

  assert.equal(here.$("#panel-body").textContent, "second");
});

test("a click with Ctrl is left to the browser", () => {
  const here = desk(`<a id="link" href="/book/" data-panel="/book/">book</a>`);
  here.doc.addEventListener("click", (event) => event.preventDefault());
  here.$("#link").dispatchEvent(new here.window.MouseEvent("click", { bubbles: true, ctrlKey: true }) as unknown as Event);

  assert.deepEqual(here.server.asked, []);
});
