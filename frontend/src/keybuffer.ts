/** Keeps the keys that were pressed while something loads, and hands them on when it is there. No key is lost. */
import { takesText, typeInto, viewOf } from "./dom";

export class KeyBuffer {
  private held: { key: string; shiftKey: boolean }[] = [];
  private until: (() => void) | null = null;

  constructor(private readonly doc: Document) {}

  get isHolding(): boolean {
    return this.until !== null;
  }

  /** Begin to hold. Keys with Ctrl, Alt or Meta, Tab, Escape and function keys pass. */
  hold(): void {
    if (this.until) return;
    const listener = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key.length !== 1 && event.key !== "Enter" && event.key !== "Backspace") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.held.push({ key: event.key, shiftKey: event.shiftKey });
    };
    const view = viewOf(this.doc.documentElement);
    view.addEventListener("keydown", listener, true);
    this.until = () => view.removeEventListener("keydown", listener, true);
  }

  /** Forget what was held. */
  drop(): void {
    this.until?.();
    this.until = null;
    this.held = [];
  }

  /** Hand the held keys to what has the focus now. */
  release(): void {
    const keys = this.held;
    this.drop();
    for (const { key, shiftKey } of keys) press(this.doc, key, shiftKey);
  }
}

/** Press one key on the focused element: listeners first, then what the browser itself would do. */
function press(doc: Document, key: string, shiftKey: boolean): void {
  const focused = (doc.activeElement ?? doc.body) as HTMLElement;
  const { KeyboardEvent: Keyboard } = viewOf(focused);
  const event = new Keyboard("keydown", { key, shiftKey, bubbles: true, cancelable: true });
  if (!focused.dispatchEvent(event)) return;
  const now = doc.activeElement;
  if (takesText(now) && key.length === 1) typeInto(now, key);
  else if (takesText(now) && key === "Backspace") {
    now.value = now.value.slice(0, -1);
    now.dispatchEvent(new (viewOf(now).Event)("input", { bubbles: true }));
  } else if (key === "Enter") {
    if (now && now.tagName === "INPUT") (now as HTMLInputElement).form?.requestSubmit();
    else if (now && /^(BUTTON|A)$/.test(now.tagName)) (now as HTMLElement).click();
  }
}
