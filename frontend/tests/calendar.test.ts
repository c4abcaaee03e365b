import assert from "node:assert/strict";
import { test } from "node:test";
import * as booking from "../src/booking";
import { eventsOf, type Feed } from "../src/calendar-feed";
import { hourAt, moveOf, offsetOf, shifted, withQuery } from "../src/calendar-times";
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
    words: { in_chair: "In the chair" },
    urls: { open: "/appointments/0/", move: "/appointments/0/move/", block: "/blocks/0/", nobody: "0" },
    blocked: "Blocked",
    off: [[1, "2026-03-03T00:00", "2026-03-03T09:00"]],
    cards: [
      { id: "a7", column: 1, start: "2026-03-03T10:00", end: "2026-03-03T10:30", minutes: 30, title: "Pia", status: "in_chair",
        version: 2, treatment: "Cleaning", who: "Chair 1", over: true, alert: true },
    ],
    blocks: [{ id: "b9", column: 0, start: "2026-03-03T12:00", end: "2026-03-03T13:00", title: "Lunch" }],
  };
  const [off, card, block] = eventsOf(feed, true);
  assert.deepEqual([off?.resourceIds, off?.display, off?.start], [["d2"], "background", "2026-03-03T00:00"]);
  assert.deepEqual([card?.resourceIds, card?.title, card?.classNames], [["d2"], "Pia", ["ap", "ap-in-chair", "ap-over"]]);
  assert.deepEqual([card?.startEditable, card?.durationEditable], [false, false]);
  assert.deepEqual(card?.extendedProps, {
    url: "/appointments/a7/", move: "/appointments/a7/move/", wall: "2026-03-03T10:00", version: 2, minutes: 30,
    status: "In the chair", treatment: "Cleaning", who: "Chair 1", alert: true,
  });
  assert.deepEqual([block?.id, block?.editable, block?.extendedProps], ["block-b9", false, { url: "/blocks/b9/", status: "Blocked" }]);
  assert.deepEqual(eventsOf(feed, false).map((event) => event.resourceIds), [[], [], []]);
});

test("the calendar opens at the clinic's hour, not the browser's", () => {
  const now = Date.UTC(2026, 10, 22, 2, 30);

  assert.deepEqual([hourAt(now, "+0800"), hourAt(now, "-0500"), hourAt(now, "+05:30")], [10, 21, 8]);
});
