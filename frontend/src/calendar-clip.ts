/** What was copied on the calendar. It stays through the change of a day, in this tab only, until it was pasted. */

export interface Clip {
  url: string;
  words: string;
}

const KEY = "incisor-calendar-clip";

export function clipped(store: Storage): Clip | null {
  try {
    const found = JSON.parse(store.getItem(KEY) ?? "null") as Clip | null;
    return found && typeof found.url === "string" ? found : null;
  } catch {
    return null;
  }
}

export function keepClip(store: Storage, clip: Clip | null): void {
  try {
    if (clip) store.setItem(KEY, JSON.stringify(clip));
    else store.removeItem(KEY);
  } catch {
    // a browser that keeps nothing: the copy is gone with the page
  }
}

/** Show what is copied, with a way to put it away. */
export function showClip(bar: HTMLElement | null, clip: Clip | null, words: { copied: string; end: string }, end: () => void): void {
  if (!bar) return;
  bar.hidden = clip === null;
  bar.replaceChildren();
  if (!clip) return;
  const text = bar.ownerDocument.createElement("span");
  text.textContent = words.copied.replace("{what}", clip.words);
  const button = bar.ownerDocument.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.textContent = words.end;
  button.addEventListener("click", end);
  bar.append(text, button);
}
