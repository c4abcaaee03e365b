/**
 * Lists that keep the focus: [data-rows] holds rows with data-row tabindex="0". Arrow keys move, Enter takes the row's
 * first action; when a row is replaced or gone after an answer, the focus stays at its place in the list.
 */
import { nearest, takesText } from "./dom";

interface Place {
  list: string;
  row: string;
  index: number;
}

function rowsOf(list: Element): HTMLElement[] {
  return Array.from(list.querySelectorAll<HTMLElement>("[data-row][tabindex]")).filter((row) => !row.closest("[hidden]"));
}

export function install(doc: Document): void {
  let last: Place | null = null;

  const note = (row: HTMLElement | null): void => {
    const list = row?.closest<HTMLElement>("[data-rows]");
    last = row && list ? { list: list.id, row: row.id, index: rowsOf(list).indexOf(row) } : null;
  };

  doc.addEventListener("focusin", (event) => note(nearest(event, "[data-rows] [data-row][tabindex]")));

  doc.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const row = event.target as HTMLElement;
    if (typeof row.matches !== "function" || takesText(row) || !row.matches("[data-rows] [data-row][tabindex]")) return;
    const list = row.closest("[data-rows]");
    if (!list) return;
    const rows = rowsOf(list);
    const index = rows.indexOf(row);
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
    } else if (event.key === "Enter") {
      const action = row.querySelector<HTMLElement>("[data-row-enter]") ?? row.querySelector<HTMLElement>("a[href],button");
      if (!action) return;
      event.preventDefault();
      action.click();
    }
  });

  doc.addEventListener("htmx:afterSettle", () => {
    const focused = doc.activeElement;
    if (!last || (focused && focused !== doc.body)) return;
    const list = doc.getElementById(last.list);
    if (!list) return;
    const rows = rowsOf(list);
    const same = last.row ? doc.getElementById(last.row) : null;
    (same ?? rows[Math.min(last.index, rows.length - 1)])?.focus({ preventScroll: true });
  });

  // a click anywhere on a row with an address opens it, but not on its own buttons and not while text is marked
  doc.addEventListener("click", (event) => {
    const row = nearest(event, "[data-row][data-href]");
    if (!row?.dataset.href || event.defaultPrevented || nearest(event, "a,button,input,label,select,textarea,[data-panel]")) return;
    if (doc.getSelection()?.toString()) return;
    doc.defaultView?.location.assign(row.dataset.href);
  });
}
