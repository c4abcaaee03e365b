/** What stands on one card of the calendar. */
import type { Calendar } from "@event-calendar/core";
import type { Props } from "./calendar-feed";

const SHORT_MINUTES = 25; // a card this short has room for one line

function line(kind: string, words: string): HTMLElement {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = words;
  return element;
}

const hours = (wall: string): string => wall.slice(11, 16);

/** The name of a gap, block or hold for a screen reader, and what a click on one without a panel says. */
export function labelOf(title: string, props: Pick<Props, "is" | "wall" | "until" | "status">): string {
  const words = props.is === "gap" ? props.status : `${props.status}: ${title}`;
  return `${hours(props.wall)}–${hours(props.until)} ${words}`;
}

/** The minutes in which the dentist's own hands are not needed: a light stripe along the card's edge, told in its hint. */
function waits(props: Props): HTMLElement[] {
  return (props.waits ?? []).map(([from, to]) => {
    const stripe = line("ap-wait", "");
    stripe.setAttribute("aria-hidden", "true");
    stripe.style.top = `${(100 * from) / props.minutes}%`;
    stripe.style.height = `${(100 * (to - from)) / props.minutes}%`;
    return stripe;
  });
}

export function cardContent(info: Calendar.EventContentInfo, wordAllergy: string): Calendar.Content {
  const props = info.event.extendedProps as unknown as Props;
  const title = String(info.event.title);
  if (!props.is) return { domNodes: [line("ap-time", info.timeText)] }; // what the library draws under the pointer
  if (props.is === "gap") return { domNodes: [line("gap-words", `${hours(props.wall)}–${hours(props.until)} ${title}`)] };
  const first = line("ap-line", "");
  first.append(line("ap-time", info.timeText.split(/\s*[–-]\s*/)[0] ?? ""), line("ap-name", title));
  if (props.alert) {
    const mark = line("ap-alert", "!");
    mark.title = wordAllergy;
    mark.setAttribute("aria-label", wordAllergy);
    first.append(mark);
  }
  const more = [props.treatment, props.who, props.status].filter(Boolean).join(" · ");
  // the name of the button for a screen reader is this text; what does not fit is shown under the pointer
  const short = props.is === "card" && props.minutes < SHORT_MINUTES;
  const rest = line(short ? "ap-beside" : "ap-more", more);
  if (short) first.append(rest);
  const nodes = short ? [first] : [first, rest];
  for (const node of nodes) node.title = [info.timeText, title, more].join(" · ");
  return { domNodes: [...waits(props), ...nodes] };
}
