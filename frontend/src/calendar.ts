/** The appointment calendar: mounts on [data-calendar]. Dragging is one way; every step also has a panel, a key and a link. */
import { Interaction, ResourceTimeGrid, TimeGrid, createCalendar, type Calendar } from "@event-calendar/core";
import { openPanel, post, toast, type Answer } from "./calendar-answers";
import { cardContent, labelOf } from "./calendar-card";
import { clipped, keepClip, showClip } from "./calendar-clip";
import { eventsOf, type Feed, type Props } from "./calendar-feed";
import { letterOf, nearestTo, neighbour, type Letter, type Stand } from "./calendar-keys";
import { bindLook, lineHeight, slotOf } from "./calendar-look";
import { Strip } from "./calendar-strip";
import { hourAt, moveOf, offsetOf, wallOf, withQuery, type Shift } from "./calendar-times";
import { takesText } from "./dom";

const RETRY_MS = 4_000;
const AIMING_MS = 350;
const LONGEST_WAIT_MS = 4_000;

type Event = Calendar.Event;
const propsOf = (event: Event): Props => event.extendedProps as unknown as Props;

class Board {
  private readonly calendar: Calendar;
  private pressed = false;
  private movedAt = 0;
  private waitingSince = 0;
  private focused = ""; // the id of what has, or last had, the keyboard
  private last: Stand | null = null; // and where that stood: what takes its place gets the focus
  private again: ReturnType<typeof setTimeout> | undefined;
  private opener = ""; // the card from which a panel was opened

  constructor(private readonly root: HTMLElement) {
    const data = root.dataset;
    const isWeek = data.view === "week";
    const mayBook = data.mayBook !== undefined;
    const isCoarse = matchMedia("(pointer: coarse)").matches;
    this.calendar = createCalendar(root, [TimeGrid, ResourceTimeGrid, Interaction], {
      view: isWeek ? "timeGridWeek" : "resourceTimeGridDay",
      date: data.date ?? "",
      timeZone: offsetOf(data.offset ?? ""),
      locale: data.locale ?? "zh-CN",
      firstDay: 1,
      headerToolbar: { start: "", center: "", end: "" },
      height: "100%",
      resources: isWeek ? [] : JSON.parse(data.resources ?? "[]"),
      slotMinTime: data.firstHour ?? "08:00",
      slotMaxTime: data.lastHour ?? "20:00",
      slotDuration: slotOf(Number(data.zoom ?? "15")),
      slotLabelInterval: "01:00",
      snapDuration: "00:05",
      slotHeight: lineHeight(isCoarse),
      columnWidth: "minmax(7.5rem, 1fr)", // a phone scrolls sideways instead of showing slivers
      slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
      eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
      dayHeaderFormat: { weekday: "short", month: "numeric", day: "numeric" },
      allDaySlot: false,
      nowIndicator: true,
      scrollTime: this.scrollTime(),
      editable: mayBook,
      eventStartEditable: mayBook,
      eventDurationEditable: mayBook,
      eventLongPressDelay: 400,
      pointer: mayBook,
      eventSources: [{ events: (info, done, failed) => void this.load(info, done, failed) }],
      eventContent: (info) => (info.event.display === "background" ? "" : cardContent(info, data.wordAllergy ?? "")),
      eventAllUpdated: () => this.settled(),
      datesSet: () => setTimeout(() => this.settled()),
      eventDidMount: (info) => this.mounted(info.el, info.event),
      eventClick: (info) => this.open(info.event),
      dateClick: (info) => mayBook && this.chosen(info.dateStr.slice(0, 16), info.resource?.id),
      eventDrop: (info) => this.dropped(info as unknown as Dropped),
      eventResize: (info) => void this.send(info, { minutes: Math.round((Number(info.event.end) - Number(info.event.start)) / 60_000) }),
    } as Calendar.Options);
    for (const name of ["live:day", "calendar-changed"]) document.body.addEventListener(name, () => this.refresh());
    root.addEventListener("pointerdown", () => (this.pressed = true), true);
    root.addEventListener("pointermove", () => (this.movedAt = Date.now()), true);
    for (const name of ["pointerup", "pointercancel"])
      document.addEventListener(name, () => setTimeout(() => (this.pressed = false), 60), true);
    root.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("focusin", (event) => this.focusMoved(event.target as HTMLElement));
    document.addEventListener("click", (event) => this.pressedElsewhere(event));
    bindLook(document.querySelector<HTMLFormElement>("[data-calendar-look]"), {
      zoom: (minutes) => this.zoom(minutes),
      colours: (by) => this.colour(by),
      freed: () => this.refresh(true),
    });
    new Strip(document, {
      canDrop: (x, y) => this.pointAt(x, y) !== null,
      drop: (item, x, y) => this.place(item, x, y),
      carrying: (is) => (this.pressed = is),
    }).install();
    this.showClip();
  }

  private column(id: string | undefined): Record<string, string> {
    const chosen = id ?? this.root.dataset.one;
    return chosen ? { [this.root.dataset.by ?? "dentist"]: chosen } : {};
  }

  private scrollTime(): string {
    const here = hourAt(Date.now(), this.root.dataset.offset ?? "") - 1;
    const isToday = this.root.dataset.date === this.root.dataset.today;
    return isToday && here > 8 ? `${String(here).padStart(2, "0")}:00:00` : (this.root.dataset.firstHour ?? "08:00");
  }

  /** Other lines, the same time in sight. */
  private zoom(minutes: number): void {
    const sheet = this.root.querySelector(".ec-main");
    const part = sheet ? sheet.scrollTop / Math.max(sheet.scrollHeight, 1) : 0;
    this.calendar.setOption("slotDuration", slotOf(minutes));
    requestAnimationFrame(() => sheet?.scrollTo({ top: part * sheet.scrollHeight }));
  }

  private colour(by: string): void {
    this.root.dataset.colours = by;
    for (const legend of document.querySelectorAll<HTMLElement>("[data-legend]")) legend.hidden = legend.dataset.legend !== by;
  }

  // loading, and staying still under a hand

  private async load(
    info: { startStr: string; endStr: string },
    done: (events: Calendar.EventInput[]) => void,
    failed: (error: Error) => void,
  ): Promise<void> {
    const { eventsUrl = "", by, one } = this.root.dataset;
    try {
      const response = await fetch(withQuery(eventsUrl, { start: info.startStr.slice(0, 10), end: info.endStr.slice(0, 10), by, one }), {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      if (!response.ok || !(response.headers.get("Content-Type") ?? "").includes("json")) throw new Error(String(response.status));
      const feed = (await response.json()) as Feed;
      this.root.removeAttribute("data-failed");
      clearTimeout(this.again);
      if (feed.again) this.again = setTimeout(() => this.refresh(), Math.min(feed.again, 3_600) * 1_000); // a hold runs out, and nobody tells
      done(eventsOf(feed, this.root.dataset.view !== "week") as unknown as Calendar.EventInput[]);
    } catch (error) {
      if (this.root.dataset.failed === undefined) toast(this.root.dataset.wordFailed ?? "", "error");
      this.root.dataset.failed = "";
      failed(error as Error);
      setTimeout(() => this.refresh(), RETRY_MS);
    }
  }

  /** Load again, but never under a hand that drags or aims; isOwn: after what this hand has just done. */
  private refresh(isOwn = false): void {
    const now = Date.now();
    this.waitingSince ||= now;
    const aims = !isOwn && now - this.movedAt < AIMING_MS && now - this.waitingSince < LONGEST_WAIT_MS && this.root.matches(":hover");
    if (this.pressed || aims) {
      setTimeout(() => this.waitingSince && this.refresh(), 120);
      return;
    }
    this.waitingSince = 0;
    this.calendar.refetchEvents();
  }

  // what stands on the board, for eyes, hands and readers

  private mounted(element: HTMLElement, event: Event): void {
    const props = propsOf(event);
    if (event.display === "background" || !props.is) {
      element.setAttribute("aria-hidden", "true");
      return;
    }
    element.dataset.id = String(event.id);
    element.tabIndex = -1; // one of them takes the Tab key, the arrows lead to the others
    if (props.is === "card") element.dataset.klmTarget = "";
    if (props.is === "gap") element.setAttribute("aria-label", labelOf(event.title as string, props)); // it shows no words
    else if (props.is !== "card") element.title = labelOf(event.title as string, props);
  }

  private elementOf(id: string): HTMLElement | null {
    return id ? this.root.querySelector<HTMLElement>(`.ec-event[data-id="${CSS.escape(id)}"]`) : null;
  }

  /** After each drawing: the focus is where it was, Tab reaches one card, and the roles that the library invents are gone. */
  private settled(): void {
    const all = Array.from(this.root.querySelectorAll<HTMLElement>(".ec-event[data-id]"));
    if (!this.elementOf(this.focused) && this.lostFocus && this.last) this.focused = nearestTo(this.stands(), this.last)?.id ?? "";
    const had = this.elementOf(this.focused);
    for (const element of all) element.tabIndex = -1;
    const first = had ?? all.find((element) => element.classList.contains("ap")) ?? all[0];
    if (first) first.tabIndex = 0;
    if (had && this.lostFocus && !document.querySelector("#panel:not([hidden])")?.contains(document.activeElement)) had.focus({ preventScroll: true });
    // the library calls the board a table, but its cells are cards that are no cells: say nothing rather than something wrong
    const wrong = ["table", "rowgroup", "row", "cell", "columnheader", "rowheader"].map((role) => `[role=${role}]`).join();
    for (const element of [this.root, ...this.root.querySelectorAll<HTMLElement>(wrong)]) {
      if (element !== this.root) element.removeAttribute("role");
    }
    for (const name of ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount", "aria-colspan", "aria-rowspan"])
      this.root.querySelectorAll(`[${name}]`).forEach((element) => element.removeAttribute(name));
  }

  /** The card that had the focus was drawn anew and the focus fell back to the page. */
  private get lostFocus(): boolean {
    return this.root.dataset.keyed !== undefined && (document.activeElement === document.body || document.activeElement === null);
  }

  private focusMoved(target: HTMLElement): void {
    const card = this.root.contains(target) ? target.closest<HTMLElement>(".ec-event[data-id]") : null;
    if (card) {
      this.elementOf(this.focused)?.setAttribute("tabindex", "-1");
      this.focused = card.dataset.id ?? "";
      const event = this.calendar.getEventById(this.focused) as Event | null;
      this.last = event ? this.standOf(event) : this.last;
      card.tabIndex = 0;
      this.root.dataset.keyed = "";
    } else if (target.id === "main" && this.opener) {
      const back = this.elementOf(this.opener); // the panel gave the focus back to a card that has been drawn anew
      this.opener = "";
      back?.focus({ preventScroll: true });
    } else delete this.root.dataset.keyed;
  }

  // the keyboard

  private key(event: KeyboardEvent): void {
    const card = (event.target as HTMLElement).closest<HTMLElement>(".ec-event[data-id]");
    if (!card || takesText(event.target)) return;
    const here = this.calendar.getEventById(card.dataset.id ?? "") as Event | null;
    if (!here) return;
    const letter = letterOf(event);
    if (letter && this.root.dataset.mayBook !== undefined) {
      event.preventDefault();
      this.letter(letter, here);
      return;
    }
    if (!event.ctrlKey && !event.altKey && !event.metaKey) {
      const to = neighbour(this.stands(), this.standOf(here), event.key);
      if (to) {
        event.preventDefault();
        const element = this.elementOf(to.id);
        element?.focus();
        element?.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
  }

  private standOf(event: Event): Stand {
    const columns = (this.calendar.getOption("resources") as unknown as { id: string }[]).map((row) => String(row.id));
    const isWeek = this.root.dataset.view === "week";
    const column = isWeek ? Date.parse(propsOf(event).wall.slice(0, 10)) : columns.indexOf(String(event.resourceIds[0]));
    return { id: String(event.id), column, start: Number(event.start) };
  }

  private stands(): Stand[] {
    const drawn = this.calendar.getEvents().filter((one) => one.display !== "background" && propsOf(one).is) as Event[];
    return drawn.filter((one) => this.elementOf(String(one.id))).map((one) => this.standOf(one));
  }

  private letter(letter: Letter, event: Event): void {
    const props = propsOf(event);
    const place = this.column(event.resourceIds[0] === undefined ? undefined : String(event.resourceIds[0]));
    if (letter === "v") {
      this.paste({ start: props.is === "card" ? props.until : props.wall, ...place });
      return;
    }
    if (props.is !== "card") return;
    if (letter === "c") this.copy(props.url, `${String(event.title)} · ${props.treatment ?? ""}`);
    else if (letter === "x") this.panel(`${props.url}cancel/`, event);
    else if (!props.movable) this.panel(props.url, event);
    else if (letter === "m") this.panel(props.move ?? "", event);
    else if (letter === "s") this.panel(`${props.url}swap/`, event);
    else if (letter === "t") void this.takeOut(props);
  }

  // opening, booking, copying

  private panel(url: string, from: Event): void {
    this.opener = String(from.id);
    openPanel(url);
  }

  private open(event: Event): void {
    const props = propsOf(event);
    if (props.is === "gap") this.chosen(props.wall, event.resourceIds[0] === undefined ? undefined : String(event.resourceIds[0]), event);
    else if (props.url) this.panel(props.url, event);
    else toast(labelOf(String(event.title), props), "info");
  }

  /** A free time was clicked, or Enter pressed on it: book there, or paste what was copied. */
  private chosen(start: string, resource: string | undefined, from?: Event): void {
    const place = { start, ...this.column(resource) };
    if (clipped(sessionStorage)) {
      this.paste(place);
      return;
    }
    this.opener = from ? String(from.id) : "";
    openPanel(withQuery(this.root.dataset.bookUrl ?? "/book/", place));
  }

  private copy(url: string, words: string): void {
    keepClip(sessionStorage, { url, words });
    this.showClip();
  }

  private showClip(): void {
    const { wordCopied = "{what}", wordClipEnd = "×" } = this.root.dataset;
    showClip(document.querySelector("[data-calendar-clip]"), clipped(sessionStorage), { copied: wordCopied, end: wordClipEnd }, () => {
      keepClip(sessionStorage, null);
      this.showClip();
      this.elementOf(this.focused)?.focus();
    });
  }

  private paste(place: Record<string, string>): void {
    const clip = clipped(sessionStorage);
    if (!clip) {
      toast(this.root.dataset.wordNothingCopied ?? "", "info");
      return;
    }
    void post(`${clip.url}copy/`, { ...place, request_key: crypto.randomUUID?.() ?? String(Math.random()).slice(2) }, (answer) => this.instead(answer)).then((answer) => {
      if (answer) {
        keepClip(sessionStorage, null);
        this.showClip();
      }
      this.refresh(true);
    });
  }

  /** A refusal that names other times: the panel offers them, a click or a digit each. */
  private instead(answer: Answer): void {
    if (answer.panel && answer.url) openPanel(answer.url);
  }

  // what the panels and the strip ask of the board: buttons with data-calendar-copy, data-calendar-out

  private pressedElsewhere(event: MouseEvent): void {
    const button = (event.target as HTMLElement).closest?.<HTMLElement>("[data-calendar-copy]");
    if (!button) return;
    event.preventDefault();
    this.copy(button.dataset.calendarCopy ?? "", button.dataset.words ?? "");
    document.dispatchEvent(new CustomEvent("panel-close"));
  }

  // moving

  private dropped(info: Dropped): void {
    const { clientX: x, clientY: y } = info.jsEvent;
    if (document.elementFromPoint(x, y)?.closest("[data-strip]")) {
      info.revert();
      void this.takeOut(propsOf(info.event));
      return;
    }
    void this.send(info, { by: info.delta as Shift, resource: info.newResource?.id });
  }

  private async takeOut(props: Props): Promise<void> {
    await post(`${props.url}take-out/`, { version: String(props.version) });
    this.refresh(true);
    document.body.dispatchEvent(new CustomEvent("calendar-changed"));
  }

  private async send(
    info: { event: Event; revert: () => void },
    change: { by?: Shift; minutes?: number; resource?: string | undefined },
  ): Promise<void> {
    const props = propsOf(info.event);
    const sent = moveOf(props, { ...change, column: this.root.dataset.by ?? "dentist" });
    await post(props.move ?? "", sent, (answer) => {
      info.revert();
      if (answer.panel) this.panel(withQuery(props.move ?? "", { ...sent, version: undefined }), info.event);
    });
    this.refresh(true);
  }

  private pointAt(x: number, y: number): Record<string, string> | null {
    const box = this.root.getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) return null;
    const point = this.calendar.dateFromPoint(x, y);
    if (!point || point.allDay) return null;
    return { start: wallOf(point.date), ...this.column(point.resource?.id) };
  }

  private place(item: HTMLElement, x: number, y: number): void {
    const place = this.pointAt(x, y);
    if (!place) return;
    void post(item.dataset.placeUrl ?? "", place, (answer) => this.instead(answer)).then(() => {
      this.refresh(true);
      document.body.dispatchEvent(new CustomEvent("calendar-changed"));
    });
  }
}

interface Dropped {
  event: Event;
  delta: unknown;
  newResource?: { id: string };
  jsEvent: PointerEvent;
  revert: () => void;
}

const place = document.querySelector<HTMLElement>("[data-calendar]");
if (place) new Board(place);
