/** The calendar by keyboard: from card to card and to the gaps, and the letters on whatever has the focus. */

/** Where something stands: its column from left to right, its start as a number that grows with time. */
export interface Stand {
  id: string;
  column: number;
  start: number;
}

/** Return where the key leads from here, null when there is nothing that way. */
export function neighbour(all: Stand[], from: Stand, key: string): Stand | null {
  const mine = inOrder(all.filter((one) => one.column === from.column));
  const index = mine.findIndex((one) => one.id === from.id);
  switch (key) {
    case "ArrowDown":
      return mine[index + 1] ?? null;
    case "ArrowUp":
      return mine[index - 1] ?? null;
    case "Home":
      return mine[0] ?? null;
    case "End":
      return mine[mine.length - 1] ?? null;
    case "ArrowLeft":
    case "ArrowRight":
      return beside(all, from, key === "ArrowRight" ? 1 : -1);
    default:
      return null;
  }
}

function inOrder(stands: Stand[]): Stand[] {
  return [...stands].sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
}

/** In the nearest column that holds anything: what runs at this time, else what begins nearest to it. */
function beside(all: Stand[], from: Stand, step: number): Stand | null {
  const columns = all.map((one) => one.column).filter((column) => (column - from.column) * step > 0);
  if (columns.length === 0) return null;
  const column = step > 0 ? Math.min(...columns) : Math.max(...columns);
  const there = inOrder(all.filter((one) => one.column === column));
  const running = there.filter((one) => one.start <= from.start).pop();
  return running ?? there[0] ?? null;
}

/** What stands now where something stood: in the same column, what runs at that time or begins next to it. */
export function nearestTo(all: Stand[], gone: Stand): Stand | null {
  const mine = inOrder(all.filter((one) => one.column === gone.column));
  return mine.filter((one) => one.start <= gone.start).pop() ?? mine[0] ?? null;
}

export type Letter = "m" | "x" | "c" | "v" | "s" | "t";

/** The letter that a key press means on the calendar; null when it belongs to the browser or to somebody else. */
export function letterOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey" | "isComposing">): Letter | null {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  const letter = event.key.toLowerCase();
  return letter.length === 1 && "mxcvst".includes(letter) ? (letter as Letter) : null;
}
