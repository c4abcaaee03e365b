/** The server's lean answer for the calendar, spread out into what the calendar library draws. */

export type Kind = "card" | "gap" | "block" | "hold";

interface Card {
  id: string;
  column: number;
  start: string;
  end: string;
  minutes: number;
  title: string;
  status: string;
  version: number;
  treatment: string;
  who: string;
  kind?: number;
  movable?: boolean;
  over?: boolean;
  alert?: boolean;
  pale?: boolean;
  busy?: [from: number, to: number][];
}

interface Mark {
  id: string;
  column: number;
  start: string;
  end: string;
  title: string;
  kind?: string;
  rule?: string;
}

export interface Feed {
  version: number;
  columns: string[];
  words: Record<string, string>;
  kinds?: string[];
  urls: { open: string; move: string; block: string; nobody: string };
  blocked: string;
  held?: string;
  free?: string;
  off: [column: number, start: string, end: string][];
  gaps?: [column: number, start: string, end: string, minutes: number][];
  cards: Card[];
  blocks: Mark[];
  holds?: Mark[];
  again?: number;
}

/** What one card knows besides place and time. */
export interface Props {
  is: Kind;
  url: string;
  move?: string;
  wall: string;
  until: string;
  minutes: number;
  version: number;
  status: string;
  treatment?: string;
  who?: string;
  alert?: boolean;
  movable?: boolean;
  waits?: [from: number, to: number][];
}

export interface Drawn {
  id: string;
  resourceIds: string[];
  start: string;
  end: string;
  classNames: string[];
  title?: string;
  display?: "background";
  allDay?: boolean;
  editable?: boolean;
  startEditable?: boolean;
  durationEditable?: boolean;
  extendedProps?: Props;
}

const FREED = ["cancelled", "no_show", "rescheduled"];
const hyphened = (name: string): string => name.replaceAll("_", "-");

/** The parts of a visit, in minutes from its start, in which the dentist's own hands are not needed. */
export function waitsOf(minutes: number, busy: [number, number][] | undefined): [number, number][] {
  if (!busy?.length) return [];
  const waits: [number, number][] = [];
  let at = 0;
  for (const [from, to] of [...busy].sort((a, b) => a[0] - b[0])) {
    if (from > at) waits.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < minutes) waits.push([at, minutes]);
  return waits;
}

/** Return the events of a feed. hasColumns: by dentist or chair; a week of one has none. */
export function eventsOf(feed: Feed, hasColumns: boolean): Drawn[] {
  const place = (column: number): string[] => (hasColumns ? [feed.columns[column] ?? ""] : []);
  const at = (address: string, id: string): string => address.replace(feed.urls.nobody, id);
  const mark = (row: Mark, is: Kind, status: string, names: string[], url: string): Drawn => ({
    id: `${is}-${row.column}-${row.id}`,
    resourceIds: place(row.column),
    start: row.start,
    end: row.end,
    title: row.title,
    classNames: ["ap", ...names],
    editable: false,
    extendedProps: { is, url, wall: row.start, until: row.end, minutes: 0, version: 0, status },
  });
  return [
    ...feed.off.map(([column, start, end], number): Drawn => ({
      id: `off-${number}`,
      resourceIds: place(column),
      start,
      end,
      display: "background",
      classNames: ["is-off"],
      allDay: false,
    })),
    ...(feed.gaps ?? []).map(([column, start, end, minutes]): Drawn => ({
      id: `gap-${column}-${start}`,
      resourceIds: place(column),
      start,
      end,
      title: feed.free ?? "",
      classNames: ["gap"],
      editable: false,
      extendedProps: { is: "gap", url: "", wall: start, until: end, minutes, version: 0, status: feed.free ?? "" },
    })),
    ...feed.cards.map((card): Drawn => {
      const waits = waitsOf(card.minutes, card.busy);
      const kind = card.kind === undefined ? undefined : feed.kinds?.[card.kind];
      return {
        id: card.id,
        resourceIds: place(card.column),
        start: card.start,
        end: card.end,
        title: card.title,
        classNames: [
          "ap",
          `ap-${hyphened(card.status)}`,
          ...(kind ? [`ak-${hyphened(kind)}`] : []),
          ...(card.over ? ["ap-over"] : []),
          ...(card.pale ? ["ap-pale"] : []),
          ...(FREED.includes(card.status) ? ["ap-freed"] : []),
        ],
        startEditable: Boolean(card.movable),
        durationEditable: Boolean(card.movable),
        extendedProps: {
          is: "card",
          url: at(feed.urls.open, card.id),
          move: at(feed.urls.move, card.id),
          wall: card.start,
          until: card.end,
          version: card.version,
          minutes: card.minutes,
          status: feed.words[card.status] ?? "",
          treatment: card.treatment,
          who: card.who,
          alert: Boolean(card.alert),
          movable: Boolean(card.movable),
          ...(waits.length ? { waits } : {}),
        },
      };
    }),
    ...feed.blocks.map((block) =>
      mark(block, "block", feed.blocked, ["ap-block", ...(block.kind ? [`ab-${hyphened(block.kind)}`] : [])], block.rule ? `${at(feed.urls.block, block.rule)}?day=${block.start.slice(0, 10)}` : at(feed.urls.block, block.id)),
    ),
    ...(feed.holds ?? []).map((hold) => mark(hold, "hold", feed.held ?? "", ["ap-hold"], "")),
  ];
}
