/** The strip at the calendar's edge: visits that have no time. They are dragged into the calendar, or placed by a button. */
import { nearest } from "./dom";

const LONG_PRESS_MS = 400;
const FAR_ENOUGH = 6;

interface Carried {
  item: HTMLElement;
  ghost: HTMLElement | null;
  x: number;
  y: number;
  isTouch: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  pointer: number;
}

export interface StripHost {
  /** Whether something may be dropped at this point of the screen, for the look of the pointer. */
  canDrop(x: number, y: number): boolean;
  drop(item: HTMLElement, x: number, y: number): void;
  carrying(isCarrying: boolean): void;
}

export class Strip {
  private carried: Carried | null = null;

  constructor(
    private readonly doc: Document,
    private readonly host: StripHost,
  ) {}

  install(): void {
    this.doc.addEventListener("pointerdown", (event) => this.press(event));
    this.doc.addEventListener("pointermove", (event) => this.carry(event), { passive: true });
    this.doc.addEventListener("pointerup", (event) => this.release(event));
    this.doc.addEventListener("pointercancel", () => this.end());
    this.doc.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.carried?.ghost) {
        event.preventDefault();
        this.end();
      }
    });
    // the page must not scroll away under a finger that carries something
    this.doc.addEventListener("touchmove", (event) => this.carried?.ghost && event.preventDefault(), { passive: false });
  }

  private press(event: PointerEvent): void {
    const item = nearest(event, "[data-unplaced]");
    if (!item || event.button !== 0 || !event.isPrimary || nearest(event, "a,button")) return;
    const isTouch = event.pointerType !== "mouse";
    this.carried = { item, ghost: null, x: event.clientX, y: event.clientY, isTouch, timer: undefined, pointer: event.pointerId };
    if (isTouch) this.carried.timer = setTimeout(() => this.lift(event.clientX, event.clientY), LONG_PRESS_MS);
    else event.preventDefault(); // no text is marked while it is carried
  }

  private lift(x: number, y: number): void {
    const carried = this.carried;
    if (!carried || carried.ghost) return;
    const ghost = carried.item.cloneNode(true) as HTMLElement;
    ghost.classList.add("strip-ghost");
    ghost.removeAttribute("id");
    ghost.setAttribute("aria-hidden", "true");
    this.doc.body.append(ghost);
    carried.ghost = ghost;
    this.host.carrying(true);
    this.show(x, y);
  }

  private carry(event: PointerEvent): void {
    const carried = this.carried;
    if (!carried || event.pointerId !== carried.pointer) return;
    const distance = Math.hypot(event.clientX - carried.x, event.clientY - carried.y);
    if (!carried.ghost) {
      if (distance < FAR_ENOUGH) return;
      if (carried.isTouch) return this.end(); // a finger that moves before the long press scrolls
      this.lift(event.clientX, event.clientY);
    }
    this.show(event.clientX, event.clientY);
  }

  private show(x: number, y: number): void {
    const ghost = this.carried?.ghost;
    if (!ghost) return;
    ghost.style.transform = `translate(${x + 8}px, ${y + 8}px)`;
    ghost.classList.toggle("strip-ghost-no", !this.host.canDrop(x, y));
  }

  private release(event: PointerEvent): void {
    const carried = this.carried;
    if (!carried || event.pointerId !== carried.pointer) return;
    const wasCarried = carried.ghost !== null;
    this.end();
    if (wasCarried && this.host.canDrop(event.clientX, event.clientY)) this.host.drop(carried.item, event.clientX, event.clientY);
  }

  private end(): void {
    if (!this.carried) return;
    clearTimeout(this.carried.timer);
    this.carried.ghost?.remove();
    if (this.carried.ghost) this.host.carrying(false);
    this.carried = null;
  }
}
