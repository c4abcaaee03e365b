/** The appointment calendar: mounts on [data-calendar]. Dragging is one way; every step also has a panel, a key and a link. */
import { Interaction, ResourceTimeGrid, TimeGrid, createCalendar, type Calendar } from "@event-calendar/core";
import { eventsOf, type Feed, type Props } from "./calendar-feed";
import { hourAt, moveOf, offsetOf, withQuery, type Shift } from "./calendar-times";

const RETRY_MS = 4_000;
const SHORT_MINUTES = 25; // a card this short has room for one line

function toast(text: string, level: string, undoUrl?: string): void {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level, undo_url: undoUrl ?? null } }));
}

function openPanel(url: string): void {
  document.dispatchEvent(new CustomEvent("panel-open", { detail: { url } }));
}

function line(kind: string, words: string): HTMLElement {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = words;
  return element;
}

function card(info: Calendar.EventContentInfo, wordAllergy: string): Calendar.Content {
  const props = info.event.extendedProps as unknown as Props;
  const first = line("ap-line", "");
  first.append(line("ap-time", info.timeText.split(/\s*[–-]\s*/)[0] ?? ""), line("ap-name", String(info.event.title)));
  if (props.alert) {
    const mark = line("ap-alert", "!");
    mark.title = wordAllergy;
    mark.setAttribute("aria-label", wordAllergy);
    first.append(mark);
  }
  const more = [props.treatment, props.who, props.status].filter(Boolean).join(" · ");
  // the name of the button for a screen reader is this text; what does not fit is shown under the pointer
  const short = props.minutes < SHORT_MINUTES;
  const rest = line(short ? "ap-beside" : "ap-more", more);
  if (short) first.append(rest);
  const nodes = short ? [first] : [first, rest];
  for (const node of nodes) node.title = [info.timeText, String(info.event.title), more].join(" · ");
  return { domNodes: nodes };
}

class Board {
  private readonly calendar: Calendar;
  private pressed = false;
  private waiting = false;

  constructor(private readonly root: HTMLElement) {
    const data = root.dataset;
    const isWeek = data.view === "week";
    const mayBook = data.mayBook !== undefined;
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
      slotDuration: "00:15",
      slotLabelInterval: "01:00",
      snapDuration: "00:05",
      slotHeight: 26,
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
      eventContent: (info) => (info.event.display === "background" ? "" : card(info, data.wordAllergy ?? "")),
      eventAllUpdated: () => this.speakPlainly(),
      datesSet: () => setTimeout(() => this.speakPlainly()),
      eventDidMount: (info) => {
        if (info.event.display === "background") info.el.setAttribute("aria-hidden", "true");
        else info.el.dataset.klmTarget = "";
      },
      eventClick: (info) => {
        const { url } = info.event.extendedProps as unknown as Props;
        if (url) openPanel(url);
      },
      dateClick: (info) => {
        if (mayBook) openPanel(withQuery(data.bookUrl ?? "/book/", { start: info.dateStr.slice(0, 16), ...this.column(info.resource?.id) }));
      },
      eventDrop: (info) => void this.send(info, { by: info.delta as Shift, resource: info.newResource?.id }),
      eventResize: (info) => void this.send(info, { minutes: Math.round((Number(info.event.end) - Number(info.event.start)) / 60_000) }),
    } as Calendar.Options);
    for (const name of ["live:day", "calendar-changed"]) document.body.addEventListener(name, () => this.refresh());
    root.addEventListener("pointerdown", () => (this.pressed = true), true);
    for (const name of ["pointerup", "pointercancel"])
      document.addEventListener(name, () => setTimeout(() => this.released(), 60), true);
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
      done(eventsOf(feed, this.root.dataset.view !== "week") as Calendar.EventInput[]);
    } catch (error) {
      if (this.root.dataset.failed === undefined) toast(this.root.dataset.wordFailed ?? "", "error");
      this.root.dataset.failed = "";
      failed(error as Error);
      setTimeout(() => this.refresh(), RETRY_MS);
    }
  }

  /** The library calls the board a table, but its cells are cards that are no cells: say nothing rather than something wrong. */
  private speakPlainly(): void {
    const wrong = ["table", "rowgroup", "row", "cell", "columnheader", "rowheader"].map((role) => `[role=${role}]`).join();
    this.root.querySelectorAll(wrong).forEach((element) => element.removeAttribute("role"));
    for (const name of ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount", "aria-colspan", "aria-rowspan"])
      this.root.querySelectorAll(`[${name}]`).forEach((element) => element.removeAttribute(name));
  }

  private async send(
    info: { event: Calendar.Event; revert: () => void },
    change: { by?: Shift; minutes?: number; resource?: string | undefined },
  ): Promise<void> {
    const props = info.event.extendedProps as unknown as Props;
    const sent = moveOf(props, { ...change, column: this.root.dataset.by ?? "dentist" });
    try {
      const response = await fetch(props.move ?? "", {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": document.body.dataset.csrf ?? "" },
        body: new URLSearchParams(sent),
        credentials: "same-origin",
      });
      const answer = (await response.json()) as { text: string; undo_url?: string; panel?: boolean };
      if (response.ok) toast(answer.text, "success", answer.undo_url);
      else {
        info.revert();
        toast(answer.text, "error");
        if (answer.panel) openPanel(withQuery(props.move ?? "", { ...sent, version: undefined }));
      }
    } catch {
      info.revert();
      toast(document.getElementById("texts")?.dataset.noAnswer ?? "", "error");
    }
    this.refresh();
  }

  private released(): void {
    this.pressed = false;
    if (this.waiting) this.refresh();
  }

  /** Load again, but never under a hand that is dragging. */
  private refresh(): void {
    this.waiting = this.pressed;
    if (!this.pressed) this.calendar.refetchEvents();
  }
}

const place = document.querySelector<HTMLElement>("[data-calendar]");
if (place) new Board(place);
