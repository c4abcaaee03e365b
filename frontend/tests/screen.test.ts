import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer, type Mouth, type Said } from "../src/screen-voice";
import { Watcher } from "../src/screen-watch";
import { openPage } from "./house";

class Memory implements Mouth {
  readonly heard: string[] = [];
  constructor(private readonly voices = ["zh-CN", "en-US"]) {}
  chime(): Promise<void> {
    this.heard.push("chime");
    return Promise.resolve();
  }
  say(words: string, language: "zh-CN" | "en-US"): Promise<boolean> {
    if (!this.voices.includes(language)) return Promise.resolve(false);
    this.heard.push(words);
    return Promise.resolve(true);
  }
}

const call = (key: string, at = 0): Said => ({ key, at, zh: `请${key}号`, en: `Number ${key}` });

function announcer(mouth: Mouth, over: Partial<{ repeat: number; speech: string }> = {}): Announcer {
  const made = new Announcer(mouth, { repeat: 1, speech: "both", youngerThan: 75_000, ...over });
  made.now = () => 10_000;
  return made;
}

test("each call is said once, in both languages, the earlier first; called again it is said again", async () => {
  const mouth = new Memory();
  const one = announcer(mouth);

  await one.offer([call("8", 9_000), call("7", 5_000)]);
  await one.offer([call("8", 9_000), call("7", 5_000)]);
  assert.deepEqual(mouth.heard, ["chime", "请7号", "Number 7", "chime", "请8号", "Number 8"]);
  mouth.heard.length = 0;
  await one.offer([call("8", 9_000), { ...call("7", 9_500), key: "7.2" }]);
  assert.deepEqual(mouth.heard, ["chime", "请7号", "Number 7"]);
});

test("what was called long ago is not said, nor what is silent", async () => {
  const mouth = new Memory();
  const one = announcer(mouth);
  one.now = () => 100_000;

  await one.offer([call("7", 20_000)]);
  await one.offer([call("8", 99_000)], true);

  assert.deepEqual(mouth.heard, []);
});

test("without a voice the chime calls alone; with one language that language", async () => {
  const dumb = new Memory([]);
  await announcer(dumb, { repeat: 3 }).offer([call("7")]);
  assert.deepEqual(dumb.heard, ["chime", "chime"]);

  const chinese = new Memory(["zh-CN"]);
  await announcer(chinese, { repeat: 2 }).offer([call("7")]);
  assert.deepEqual(chinese.heard, ["chime", "请7号", "请7号"]);

  const english = new Memory();
  await announcer(english, { speech: "en" }).offer([call("7")]);
  assert.deepEqual(english.heard, ["chime", "Number 7"]);
});

test("who sits down while another call is read out is not called any more", async () => {
  const mouth = new Memory();
  const one = announcer(mouth);
  const say = mouth.say.bind(mouth);
  mouth.say = (words, language) => {
    void one.offer([call("7")]); // 8 was seated meanwhile
    return say(words, language);
  };

  await one.offer([call("7"), call("8", 1)]);

  assert.deepEqual(mouth.heard, ["chime", "请7号", "Number 7"]);
});

const NOON = Date.UTC(2026, 2, 2, 4, 0, 0);
const part = (version: string, ...calls: [string, number][]): string =>
  `<div data-version="${version}" data-voice><ol>${calls
    .map(([key, at]) => `<li data-call="${key}" data-called-at="${at}" data-zh="请${key}号" data-en="Number ${key}"></li>`)
    .join("")}</ol><p data-nobody></p><ul data-notices><li data-from="0" data-until="0" id="always">A</li><li data-from="0" data-until="${NOON + 60_000}" id="brief">B</li><li data-from="${NOON + 120_000}" data-until="0" id="later">C</li></ul></div>`;

function television() {
  const page = openPage(`<p data-clock></p><p data-date></p><div data-lost hidden><span></span><span></span></div><div data-content>${part("1", ["7", NOON - 30_000])}</div>`);
  Object.assign(page.doc.body.dataset, {
    nowUrl: "/screen/t/now/", at: String(NOON), release: "r1", zone: "Asia/Shanghai", newFor: "120", shownFor: "900", spokenFor: "75",
    lostZh: "%(time)s 起中断", lostEn: "Lost since %(time)s", endedZh: "停用", endedEn: "Ended",
  });
  let ticks = 1_000;
  const asked: string[] = [];
  const reloads: number[] = [];
  let reply: () => Promise<Response> = () => Promise.reject(new Error("no network"));
  const mouth = new Memory();
  const watcher = new Watcher(page.doc, announcer(mouth), {
    reload: () => reloads.push(ticks),
    ask: (url) => {
      asked.push(url);
      return reply();
    },
    ticks: () => ticks,
  });
  const answers = (html: string | null, over: Record<string, string> = {}, status = html === null ? 204 : 200): void => {
    const headers = { "X-Screen-Now": String(NOON + ticks - 1_000), "X-Screen-Release": "r1", ...over };
    reply = () => Promise.resolve(new Response(html, { status, headers }));
  };
  return { ...page, watcher, mouth, asked, reloads, answers, breaks: () => (reply = () => Promise.reject(new Error("no network"))), pass: (ms: number) => (ticks += ms) };
}

test("it asks with the version it knows and shows what is new", async () => {
  const tv = television();
  tv.answers(part("2", ["8", NOON]));
  await tv.watcher.beat();
  tv.answers(null);
  await tv.watcher.beat();

  assert.deepEqual(tv.asked, ["/screen/t/now/?since=1", "/screen/t/now/?since=2"]);
  assert.equal(tv.$("[data-call]").dataset.call, "8");
  assert.deepEqual(tv.mouth.heard, ["chime", "请8号", "Number 8"]);
});

test("a call grows old by itself and leaves the screen", () => {
  const tv = television();
  tv.watcher.tick();
  assert.equal(tv.$("[data-call]").classList.contains("is-new"), true);
  assert.equal(tv.$("[data-nobody]").hidden, true);
  assert.equal(tv.$("[data-clock]").textContent, "12:00");

  for (const [wait, isNew, isHidden] of [[100_000, false, false], [800_000, false, true]] as const) {
    tv.pass(wait);
    tv.watcher.tick();
    assert.equal(tv.$("[data-call]").classList.contains("is-new"), isNew);
    assert.equal(tv.$("[data-call]").hidden, isHidden);
  }
  assert.equal(tv.$("[data-nobody]").hidden, false);
});

test("without answers it says since when, then that nothing is certain, and recovers by itself", async () => {
  const tv = television();
  tv.pass(5_000);
  await tv.watcher.beat();
  assert.equal(tv.$("[data-lost]").hidden, true);
  tv.pass(5_000);
  await tv.watcher.beat();
  assert.equal(tv.$("[data-lost]").hidden, false);
  assert.equal(tv.$("[data-lost]").textContent, "12:00 起中断Lost since 12:00");
  tv.pass(55_000);
  await tv.watcher.beat();
  assert.equal(tv.doc.body.classList.contains("is-stale"), true);
  assert.equal(tv.$("[data-call]").classList.contains("is-new"), false);

  tv.pass(600_000);
  tv.answers(part("5", ["8", NOON + 10_000], ["9", NOON + 660_000]));
  await tv.watcher.beat();
  assert.equal(tv.$("[data-lost]").hidden, true);
  assert.equal(tv.doc.body.classList.contains("is-stale"), false);
  assert.equal(tv.$('[data-call="8"]').classList.contains("is-new"), false); // called while the line was dead: not fresh
  assert.equal(tv.$('[data-call="9"]').classList.contains("is-new"), true);
});

test("an answer of somebody else is none", async () => {
  const tv = television();
  tv.answers("<h1>Sign in to the hotel's network</h1>", { "X-Screen-Now": "" });
  tv.pass(10_000);
  await tv.watcher.beat();

  assert.equal(tv.$("[data-call]").dataset.call, "7");
  assert.equal(tv.$("[data-lost]").hidden, false);
});

test("an ended address says so and shows no call as fresh", async () => {
  const tv = television();
  tv.answers("", {}, 404);
  await tv.watcher.beat();

  assert.equal(tv.$("[data-lost]").textContent, "停用Ended");
  assert.equal(tv.$("[data-call]").classList.contains("is-new"), false);
});

test("a new version of the product loads the page anew, once, and only after an answer", async () => {
  const tv = television();
  await tv.watcher.beat();
  assert.equal(tv.reloads.length, 0);
  tv.answers(null, { "X-Screen-Release": "r2" });
  await tv.watcher.beat();
  await tv.watcher.beat();
  assert.equal(tv.reloads.length, 1);
});

test("now and then everything is asked for; after a day an empty screen loads itself anew", async () => {
  const tv = television();
  tv.pass(6 * 60_000);
  tv.answers(part("1"));
  await tv.watcher.beat();
  assert.deepEqual(tv.asked, ["/screen/t/now/"]);
  tv.pass(21 * 60 * 60_000);
  tv.answers(part("9"));
  await tv.watcher.beat();
  assert.equal(tv.reloads.length, 1);
});

test("notices come and go by the clock", () => {
  const tv = television();
  const shown = (): string => Array.from(tv.doc.querySelectorAll<HTMLElement>("[data-notices] > li")).filter((one) => !one.hidden).map((one) => one.id).join();
  tv.watcher.tick();
  assert.equal(shown(), "always,brief");
  tv.pass(90_000);
  tv.watcher.tick();
  assert.equal(shown(), "always");
  tv.pass(60_000);
  tv.watcher.tick();
  assert.equal(shown(), "always,later");
});
