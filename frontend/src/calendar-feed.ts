/** The server's lean answer for the calendar, spread out into what the calendar library draws. */

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
  movable?: boolean;
  over?: boolean;
  alert?: boolean;
}

export interface Feed {
  version: number;
  columns: string[];
  words: Record<string, string>;
  urls: { open: string; move: string; block: string; nobody: string };
  blocked: string;
  off: [column: number, start: string, end: string][];
  cards: Card[];
  blocks: { id: string; column: number; start: string; end: string; title: string }[];
}

/** What one card knows besides place and time. */
export interface Props {
  url: string;
  move?: string;
  wall: string;
  minutes: number;
  version: number;
  status: string;
  treatment?: string;
  who?: string;
  alert?: boolean;
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
  extendedProps?: Props | { url: string; status: string };
}

/** Return the events of a feed. hasColumns: by dentist or chair; a week of one has none. */
export function eventsOf(feed: Feed, hasColumns: boolean): Drawn[] {
  const place = (column: number): string[] => (hasColumns ? [feed.columns[column] ?? ""] : []);
  const at = (address: string, id: string): string => address.replace(feed.urls.nobody, id);
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
    ...feed.cards.map((card): Drawn => ({
      id: card.id,
      resourceIds: place(card.column),
      start: card.start,
      end: card.end,
      title: card.title,
      classNames: ["ap", `ap-${card.status.replace("_", "-")}`, ...(card.over ? ["ap-over"] : [])],
      startEditable: Boolean(card.movable),
      durationEditable: Boolean(card.movable),
      extendedProps: {
        url: at(feed.urls.open, card.id),
        move: at(feed.urls.move, card.id),
        wall: card.start,
        version: card.version,
        minutes: card.minutes,
        status: feed.words[card.status] ?? "",
        treatment: card.treatment,
        who: card.who,
        alert: Boolean(card.alert),
      },
    })),
    ...feed.blocks.map((block): Drawn => ({
      id: `block-${block.id}`,
      resourceIds: place(block.column),
      start: block.start,
      end: block.end,
      title: block.title,
      classNames: ["ap", "ap-block"],
      editable: false,
      extendedProps: { url: at(feed.urls.block, block.id), status: feed.blocked },
    })),
  ];
}
