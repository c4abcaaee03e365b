import assert from "node:assert/strict";
import { test } from "node:test";
import * as booking from "../src/booking";
import { clipped, keepClip, showClip } from "../src/calendar-clip";
import { eventsOf, waitsOf, type Feed } from "../src/calendar-feed";
import { letterOf, nearestTo, neighbour, type Stand } from "../src/calendar-keys";
import { bindLook, lineHeight, slotOf } from "../src/calendar-look";
import { Strip } from "../src/calendar-strip";
import { hourAt, moveOf, offsetOf, shifted, wallOf, withQuery } from "../src/calendar-times";
import { openPage } from "./house";

test("a wall-clock time is moved without any zone", () => {
  assert.equal(shifted("2026-03-03T10:00", { seconds: 5_400 }), "2026-03-03T11:30");
  assert.equal(shifted("2026-03-03T10:00", { days: -1, seconds: -600 }), "2026-03-02T09:50");
  assert.equal(shifted("2026-03-08T02:30", {}), "2026-03-08T02:30");
});

test("the clinic's offset is written as the calendar reads it", () => {
  assert.equal(offsetOf("+0800"), "+08:00");
  assert.equal(offsetOf(""), "local");
});

test("a drag sends time, length, version and, when it changed, the column", () => {
  const props = { wall: "2026-03-03T10:00", minutes: 30, version: 4 };
  assert.deepEqual(moveOf(props, { by: { seconds: 3_600 }, resource: "d2", column: "dentist" }), {
    start: "2026-03-03T11:00",
    minutes: "30",
    version: "4",
    dentist: "d2",
  });
  assert.deepEqual(moveOf(props, { minutes: 45, column: "chair" }), { start: "2026-03-03T10:00", minutes: "45", version: "4" });
});

test("an address gets only what is known", () => {
  assert.equal(withQuery("/book/", { start: "2026-03-03T10:00", chair: undefined }), "/book/?start=2026-03-03T10%3A00");
  assert.equal(withQuery("/book/", {}), "/book/");
  assert.equal(withQuery("/events/?status=arrived", { by: "chair" }), "/events/?status=arrived&by=chair");
  assert.equal(withQuery("/events/?", { by: "chair" }), "/events/?by=chair");
});

const PANEL = `<form data-book><input name="code" data-hotkeys aria-controls="slot-list" value="e">
  <a href="/x" data-letter="n" data-code="ne">next week</a><div id="slot-list" data-choices></div></form>`;

test("a chip writes its letters into the code field and lets it ask", () => {
  const { $, doc } = openPage(PANEL);
  booking.install(doc);
  let asked = 0;
  $("input").addEventListener("input", () => (asked += 1));

  $("a").click();

  assert.equal($<HTMLInputElement>("input").value, "ne");
  assert.equal(asked, 1);
});

test("Enter never takes an answer to older words", () => {
  const { $, doc, key } = openPage(PANEL);
  booking.install(doc);
  $("input").focus();

  $("#slot-list").setAttribute("data-stale", "");
  assert.equal(key("Enter").defaultPrevented, true);
  $("#slot-list").removeAttribute("data-stale");
  assert.equal(key("Enter").defaultPrevented, false);
});

test("the lean feed is spread out into what the calendar draws", () => {
  const feed: Feed = {
    version: 3,
    columns: ["d1", "d2"],
    words: { in_chair: "In the chair", cancelled: "Cancelled" },
    kinds: ["general", "oral_surgery"],
    urls: { open: "/appointments/0/", move: "/appointments/0/move/", block: "/blocks/0/", nobody: "0" },
    blocked: "Blocked",
    held: "Kept free",
    free: "free",
    off: [[1, "2026-03-03T00:00", "2026-03-03T09:00"]],
    gaps: [[0, "2026-03-03T09:00", "2026-03-03T10:00", 60]],
    cards: [
      { id: "a7", column: 1, start: "2026-03-03T10:00", end: "2026-03-03T10:30", minutes: 30, title: "Pia", status: "in_chair",
        version: 2, treatment: "Cleaning", who: "Chair 1", kind: 1, movable: true, over: true, alert: true, busy: [[0, 10]] },
      { id: "a8", column: 0, start: "2026-03-03T11:00", end: "2026-03-03T11:30", minutes: 30, title: "Li", status: "cancelled",
        version: 1, treatment: "", who: "Chair 1", pale: true },
    ],
    blocks: [
      { id: "b9", column: 0, start: "2026-03-03T12:00", end: "2026-03-03T13:00", title: "Lunch", kind: "lunch" },
      { id: "r1", column: 1, start: "2026-03-03T12:00", end: "2026-03-03T13:00", title: "Meeting", rule: "r1" },
    ],
    holds: [{ id: "h1", column: 0, start: "2026-03-03T14:00", end: "2026-03-03T14:30", title: "Mona" }],
  };
  const [off, gap, card, freed, block, rule, hold] = eventsOf(feed, true);
  assert.deepEqual([off?.resourceIds, off?.display, off?.start], [["d2"], "background", "2026-03-03T00:00"]);
  assert.deepEqual([gap?.id, gap?.editable, gap?.extendedProps?.is], ["gap-0-2026-03-03T09:00", false, "gap"]);
  assert.deepEqual([card?.resourceIds, card?.title, card?.classNames], [["d2"], "Pia", ["ap", "ap-in-chair", "ak-oral-surgery", "ap-over"]]);
  assert.deepEqual([card?.startEditable, card?.extendedProps?.waits], [true, [[10, 30]]]);
  assert.deepEqual([card?.extendedProps?.move, card?.extendedProps?.version], ["/appointments/a7/move/", 2]);
  assert.deepEqual([freed?.classNames, freed?.startEditable], [["ap", "ap-cancelled", "ap-pale", "ap-freed"], false]);
  assert.deepEqual([block?.id, block?.classNames, block?.extendedProps?.url], ["block-0-b9", ["ap", "ap-block", "ab-lunch"], "/blocks/b9/"]);
  assert.equal(rule?.extendedProps?.url, "/blocks/r1/?day=2026-03-03");
  assert.deepEqual([hold?.classNames, hold?.extendedProps?.status, hold?.title], [["ap", "ap-hold"], "Kept free", "Mona"]);
  assert.deepEqual(eventsOf(feed, false).map((event) => event.resourceIds), [[], [], [], [], [], [], []]);
});

test("the dentist waits where the own hands are not needed", () => {
  assert.deepEqual(waitsOf(50, [[0, 10], [20, 50]]), [[10, 20]]);
  assert.deepEqual(waitsOf(30, [[10, 20]]), [[0, 10], [20, 30]]);
  assert.deepEqual([waitsOf(30, []), waitsOf(30, undefined), waitsOf(30, [[0, 30]])], [[], [], []]);
});

const STANDS: Stand[] = [
  { id: "a", column: 0, start: 540 }, { id: "b", column: 0, start: 600 }, { id: "c", column: 0, start: 720 },
  { id: "d", column: 2, start: 570 }, { id: "e", column: 2, start: 660 },
];
const go = (from: string, key: string): string | undefined => neighbour(STANDS, STANDS.find((one) => one.id === from) as Stand, key)?.id;

test("arrow keys lead from card to card, and past a column where nothing stands", () => {
  assert.deepEqual(["ArrowDown", "ArrowUp", "Home", "End"].map((key) => go("b", key)), ["c", "a", "a", "c"]);
  assert.deepEqual([go("b", "ArrowRight"), go("c", "ArrowRight"), go("a", "ArrowRight")], ["d", "e", "d"]);
  assert.deepEqual([go("e", "ArrowLeft"), go("d", "ArrowLeft")], ["b", "a"]);
  assert.deepEqual([go("c", "ArrowDown"), go("a", "ArrowLeft"), go("a", "PageUp")], [undefined, undefined, undefined]);
});

test("what takes the place of something gone gets the focus", () => {
  assert.equal(nearestTo(STANDS, { id: "x", column: 0, start: 610 })?.id, "b");
  assert.equal(nearestTo(STANDS, { id: "x", column: 2, start: 500 })?.id, "d");
  assert.equal(nearestTo(STANDS, { id: "x", column: 1, start: 500 }), null);
});

test("letters are letters only alone", () => {
  const press = (key: string, over = {}): unknown => letterOf({ key, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, ...over });
  assert.deepEqual([press("m"), press("X"), press("q"), press("Enter")], ["m", "x", null, null]);
  assert.deepEqual([press("c", { ctrlKey: true }), press("v", { isComposing: true })], [null, null]);
});

test("a point of the board is a time on the clinic's wall", () => {
  assert.equal(wallOf(new Date(2026, 2, 3, 9, 5)), "2026-03-03T09:05");
});

test("a copy is kept until it was pasted, and can be put away", () => {
  const { $, window } = openPage(`<div data-clip hidden></div>`);
  const store = window.sessionStorage as unknown as Storage;
  assert.equal(clipped(store), null);
  keepClip(store, { url: "/appointments/7/", words: "Pia" });
  assert.deepEqual(clipped(store), { url: "/appointments/7/", words: "Pia" });
  let ended = 0;
  showClip($("[data-clip]"), clipped(store), { copied: "Copied: {what}", end: "Away" }, () => (ended += 1));
  assert.deepEqual([$("[data-clip]").hidden, $("[data-clip] span").textContent], [false, "Copied: Pia"]);
  $("[data-clip] button").click();
  keepClip(store, null);
  showClip($("[data-clip]"), clipped(store), { copied: "", end: "" }, () => undefined);
  assert.deepEqual([ended, $("[data-clip]").hidden, clipped(store)], [1, true, null]);
  store.setItem("incisor-calendar-clip", "{");
  assert.equal(clipped(store), null);
});

test("zoom and colours change at once and are remembered", async () => {
  const { $, doc, window } = openPage(`<form action="/calendar/look/"><button name="zoom" value="5" aria-pressed="false">5</button>
    <button name="zoom" value="15" aria-pressed="true">15</button><button name="freed" value="yes" aria-pressed="false">x</button></form>`);
  const posted: string[] = [];
  const seen: unknown[] = [];
  const before = globalThis.fetch;
  globalThis.fetch = ((_url: string, init: RequestInit) => {
    posted.push(String(init.body));
    return Promise.resolve(new Response(null, { status: 204 }));
  }) as typeof fetch;
  bindLook($<HTMLFormElement>("form"), { zoom: (minutes) => seen.push(minutes), colours: () => undefined, freed: () => seen.push("freed") });
  const press = (selector: string): void => {
    const event = new window.SubmitEvent("submit", { bubbles: true, cancelable: true, submitter: doc.querySelector(selector) as never });
    $("form").dispatchEvent(event as unknown as Event);
  };
  press("[value='5']");
  press("[name=freed]");
  await new Promise((done) => setTimeout(done));
  globalThis.fetch = before;
  assert.deepEqual(posted, ["zoom=5", "freed=yes"]);
  assert.deepEqual(seen, [5, "freed"]);
  assert.deepEqual([$("[value='5']").getAttribute("aria-pressed"), $("[value='15']").getAttribute("aria-pressed")], ["true", "false"]);
  assert.equal($<HTMLButtonElement>("[name=freed]").value, "no");
  assert.deepEqual([slotOf(5), lineHeight(false), lineHeight(true)], ["00:05", 26, 44]);
});

test("a visit is carried from the strip by the mouse, and dropped only where there is a time", () => {
  const { $, doc, window } = openPage(`<div data-unplaced id="u1"><b>Pia</b><a class="btn" href="/x">Find a time</a></div>`);
  const dropped: number[][] = [];
  new Strip(doc, { canDrop: (x) => x > 100, drop: (_item, x, y) => dropped.push([x, y]), carrying: () => undefined }).install();
  const point = (name: string, x: number, y: number, target: Element = doc.body): void => {
    target.dispatchEvent(
      new window.PointerEvent(name, { bubbles: true, cancelable: true, clientX: x, clientY: y, pointerType: "mouse", isPrimary: true, pointerId: 1, button: 0 }) as unknown as Event,
    );
  };
  point("pointerdown", 10, 10, $("#u1 a"));
  point("pointermove", 200, 200);
  assert.equal(doc.querySelector(".strip-ghost"), null); // the button is pressed, not carried
  point("pointerdown", 10, 10, $("#u1 b"));
  point("pointermove", 12, 10);
  assert.equal(doc.querySelector(".strip-ghost"), null); // a tremble is no carrying
  point("pointermove", 50, 10);
  assert.ok($(".strip-ghost").classList.contains("strip-ghost-no"));
  point("pointerup", 50, 10);
  point("pointerdown", 10, 10, $("#u1 b"));
  point("pointermove", 200, 90);
  point("pointerup", 200, 90);
  assert.deepEqual(dropped, [[200, 90]]);
  assert.equal(doc.querySelector(".strip-ghost"), null);
});

test("the calendar opens at the clinic's hour, not the browser's", () => {
  const now = Date.UTC(2026, 10, 22, 2, 30);

  assert.deepEqual([hourAt(now, "+0800"), hourAt(now, "-0500"), hourAt(now, "+05:30")], [10, 21, 8]);
});
