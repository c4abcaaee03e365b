/**
 * The appointment calendar on [data-calendar]. The server says everything; this file only draws and reports.
 *
 * data-view, data-date        view and day to open: resourceTimeGridDay, resourceTimeGridWeek, timeGridWeek, timeGridDay, listDay, dayGridMonth
 * data-resources              JSON [{id, title, line}]: the columns
 * data-events-url             GET ?start=&end= (wall clock of the clinic) → JSON [{id, title, start, end, resourceIds, …}]
 * data-time-zone              "+08:00", the clinic's offset: the calendar shows the clinic's wall clock, wherever the browser is
 * data-slot-min/-max-time, data-slot-minutes, data-hidden-days (JSON), data-page-url ("/calendar/?view={view}&date={date}")
 * data-move-url               POST id, start, end, resource; any refusal puts the card back and says why (HX-Trigger toast)
 * data-new-url                panel opened for a gap: ?start=&minutes=&resource=
 * Events may carry extendedProps {panel, href, line, marks: [{icon, text, tone}]} and classNames; live:day fetches them again.
 */
import { createCalendar, DayGrid, Interaction, List, ResourceTimeGrid, TimeGrid } from "@event-calendar/core";
import type { Calendar } from "@event-calendar/core";
import { announce, serverOf } from "./server";
import { text } from "./texts";

const SNAP = "00:05";

/** "2026-03-02T09:05:00": the calendar's dates are wall-clock dates, no zone is meant. */
export function wallClock(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:00`;
}

export function withQuery(url: string, values: Record<string, string>): string {
  const query = new URLSearchParams(values).toString();
  return query ? `${url}${url.includes("?") ? "&" : "?"}${query}` : url;
}

interface Mark {
  icon?: string;
  text: string;
  tone?: string;
}

/** One line for short visits, two for longer ones: time and name first, then what and who. */
function content(doc: Document, sprite: string, info: Calendar.EventContentInfo): { domNodes: Node[] } {
  const { event, timeText } = info;
  const props = event.extendedProps as { line?: string; marks?: Mark[] };
  const head = doc.createElement("span");
  head.className = "card-line";
  const time = doc.createElement("time");
  time.textContent = timeText.split(/\s*[-–]\s*/)[0] ?? "";
  const name = doc.createElement("b");
  name.textContent = typeof event.title === "string" ? event.title : "";
  head.append(time, name);
  for (const mark of props.marks ?? []) {
    const sign = doc.createElement("span");
    sign.className = `card-mark card-mark-${mark.tone ?? "neutral"}`;
    sign.title = mark.text;
    if (mark.icon) {
      const svg = doc.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("class", "icon");
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", mark.text);
      const use = doc.createElementNS("http://www.w3.org/2000/svg", "use");
      use.setAttribute("href", `${sprite}#${mark.icon}`);
      svg.append(use);
      sign.append(svg);
    } else sign.textContent = mark.text;
    head.append(sign);
  }
  const nodes: Node[] = [head];
  if (props.line) {
    const line = doc.createElement("span");
    line.className = "card-line card-line-2";
    line.textContent = props.line;
    nodes.push(line);
  }
  return { domNodes: nodes };
}

export function mount(root: HTMLElement): Calendar {
  const doc = root.ownerDocument;
  const server = serverOf(doc);
  const data = root.dataset;
  const sprite = doc.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  let dragging = false;
  let stale = false;
  let shown: Calendar.EventInput[] = [];

  const say = (words: string): void => {
    doc.dispatchEvent(new CustomEvent("toast", { detail: { text: words, level: "error" } }));
  };
  const openPanel = (url: string): void => {
    doc.dispatchEvent(new CustomEvent("panel-open", { detail: { url } }));
  };
  const refresh = (): void => {
    if (dragging) stale = true;
    else calendar.refetchEvents();
  };

  const move = async (event: Calendar.Event, revert: () => void): Promise<void> => {
    if (!data.moveUrl) {
      revert();
      return;
    }
    const body = new URLSearchParams({
      id: String(event.id),
      start: wallClock(event.start),
      end: wallClock(event.end),
      resource: String(event.resourceIds[0] ?? ""),
      version: String((event.extendedProps as { version?: unknown }).version ?? ""),
    });
    try {
      const response = await server.post(data.moveUrl, body);
      announce(response, doc);
      if (response.ok) refresh();
      else {
        revert();
        if (!response.headers.get("HX-Trigger")?.includes("toast")) say(text("failed", {}, doc));
      }
    } catch {
      revert();
      say(text("noAnswer", {}, doc));
    }
  };

  const editable = Boolean(data.moveUrl);
  const minutes = Number(data.slotMinutes ?? 15);
  const calendar = createCalendar(root, [ResourceTimeGrid, TimeGrid, DayGrid, List, Interaction], {
    view: data.view ?? "resourceTimeGridDay",
    date: data.date ?? new Date(),
    timeZone: data.timeZone ?? "local",
    locale: doc.documentElement.lang || "zh-CN",
    firstDay: 1,
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    nowIndicator: true,
    slotDuration: { minutes },
    slotLabelInterval: "01:00",
    slotHeight: Number(data.slotHeight ?? 26),
    slotMinTime: data.slotMinTime ?? "08:00",
    slotMaxTime: data.slotMaxTime ?? "20:00",
    snapDuration: SNAP,
    slotEventOverlap: false,
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    dayHeaderFormat: { weekday: "short", month: "numeric", day: "numeric" },
    hiddenDays: JSON.parse(data.hiddenDays ?? "[]") as Calendar.dayOfWeek[],
    resources: JSON.parse(data.resources ?? "[]") as Calendar.ResourceInput[],
    filterResourcesWithEvents: false,
    resourceLabelContent: ({ resource }) => {
      const name = doc.createElement("span");
      name.className = "column-name";
      name.textContent = typeof resource.title === "string" ? resource.title : "";
      const line = (resource.extendedProps as { line?: string } | undefined)?.line;
      if (!line) return { domNodes: [name] };
      const small = doc.createElement("span");
      small.className = "column-line";
      small.textContent = line;
      return { domNodes: [name, small] };
    },
    eventSources: [
      {
        events: async (info: Calendar.FetchInfo): Promise<Calendar.EventInput[]> => {
          if (!data.eventsUrl) return [];
          try {
            const response = await server.get(withQuery(data.eventsUrl, { start: info.startStr, end: info.endStr }));
            announce(response, doc);
            if (!response.ok) throw new Error(String(response.status));
            shown = (await response.json()) as Calendar.EventInput[];
            root.removeAttribute("data-calendar-failed");
          } catch {
            // an empty calendar would be a lie: what was shown stays, marked, and it is said
            if (!root.hasAttribute("data-calendar-failed")) say(text("calendarFailed", {}, doc));
            root.setAttribute("data-calendar-failed", "");
          }
          return shown;
        },
      },
    ],
    loading: (isLoading) => root.setAttribute("aria-busy", String(isLoading)),
    eventContent: (info) => (info.event.display === "background" ? undefined : content(doc, sprite, info)),
    eventDidMount: ({ el, event }) => {
      if (event.display === "background") return;
      const line = (event.extendedProps as { line?: string }).line ?? "";
      el.title = [typeof event.title === "string" ? event.title : "", line].filter(Boolean).join(" · ");
      el.dataset.appointment = String(event.id);
    },
    eventClick: ({ event, jsEvent }) => {
      const { panel, href } = event.extendedProps as { panel?: string; href?: string };
      const click = jsEvent as MouseEvent;
      if (href && (click.ctrlKey || click.metaKey)) window.open(href);
      else if (panel) openPanel(panel);
      else if (href) location.assign(href);
    },
    editable,
    eventStartEditable: editable,
    eventDurationEditable: editable,
    eventDragStart: () => (dragging = true),
    eventDragStop: () => settle(),
    eventResizeStart: () => (dragging = true),
    eventResizeStop: () => settle(),
    eventDrop: ({ event, revert }) => void move(event, revert),
    eventResize: ({ event, revert }) => void move(event, revert),
    selectable: Boolean(data.newUrl),
    selectMinDistance: 8,
    select: ({ start, end, resource }) => {
      if (data.newUrl) openPanel(gap(data.newUrl, start, Math.round((end.getTime() - start.getTime()) / 60_000), resource));
      calendar.unselect();
    },
    dateClick: ({ date, resource }) => {
      if (data.newUrl) openPanel(gap(data.newUrl, date, 0, resource));
    },
    longPressDelay: 400,
  });

  function settle(): void {
    dragging = false;
    if (!stale) return;
    stale = false;
    setTimeout(refresh, 300);
  }

  doc.body.addEventListener("live:day", refresh);
  doc.body.addEventListener("calendar-changed", refresh);
  doc.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-calendar-go]");
    if (!button || button.tagName === "A") return;
    if (button.dataset.calendarGo === "next") calendar.next();
    else if (button.dataset.calendarGo === "previous") calendar.prev();
    else if (button.dataset.calendarGo) calendar.gotoDate(button.dataset.calendarGo);
  });
  return calendar;
}

/** The address of the booking panel for a gap; minutes 0 = the procedure decides. */
function gap(url: string, start: Date, minutes: number, resource: Calendar.Resource | undefined): string {
  const values: Record<string, string> = { start: wallClock(start) };
  if (minutes > 0) values.minutes = String(minutes);
  if (resource) values.resource = String(resource.id);
  return withQuery(url, values);
}

if (typeof document !== "undefined") document.querySelectorAll<HTMLElement>("[data-calendar]").forEach(mount);
