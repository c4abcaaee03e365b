/**
 * A time pattern as a strip of five-minute cells: input[data-pattern] holds "0-10, 20-50" (empty: all the time), the strip
 * shows and changes it. data-pattern-length: the minutes, or the selector of the field that holds them. Without this the
 * text field does the same.
 */
const GRID = 5;

export function cellsOf(value: string, minutes: number): boolean[] {
  const count = Math.max(1, Math.floor(minutes / GRID));
  const spans = [...value.matchAll(/(\d+)\s*[-–—]\s*(\d+)/g)].map((found) => [Number(found[1]), Number(found[2])] as const);
  if (spans.length === 0) return Array<boolean>(count).fill(true);
  return Array.from({ length: count }, (_one, n) => spans.some(([a, b]) => a <= n * GRID && n * GRID < b));
}

export function valueOf(cells: boolean[]): string {
  const spans: string[] = [];
  let from = -1;
  for (let n = 0; n <= cells.length; n += 1) {
    if (cells[n] && from < 0) from = n;
    if (!cells[n] && from >= 0) {
      spans.push(`${from * GRID}-${n * GRID}`);
      from = -1;
    }
  }
  const isWhole = cells.every(Boolean);
  return isWhole || spans.length === 0 ? "" : spans.join(", ");
}

class Pattern {
  private readonly box: HTMLElement;
  private cells: boolean[] = [];
  private here = 0;
  private painting: boolean | null = null;

  constructor(private readonly field: HTMLInputElement) {
    const doc = field.ownerDocument;
    this.box = doc.createElement("div");
    this.box.className = "pattern";
    this.box.setAttribute("role", "group");
    const label = doc.querySelector(`label[for="${field.id}"]`);
    this.box.setAttribute("aria-label", label?.textContent?.replace("*", "").trim() ?? "");
    field.insertAdjacentElement("afterend", this.box);
    field.classList.add("pattern-text");
    field.addEventListener("change", () => this.read());
    this.lengthField?.addEventListener("change", () => this.read());
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("pointerdown", (event) => this.onPress(event));
    this.box.addEventListener("pointerover", (event) => this.onOver(event));
    doc.addEventListener("pointerup", () => (this.painting = null));
    this.read();
  }

  private get lengthField(): HTMLInputElement | null {
    const length = this.field.dataset.patternLength ?? "";
    return length.startsWith("#") ? this.field.ownerDocument.querySelector<HTMLInputElement>(length) : null;
  }

  private get minutes(): number {
    const minutes = Number(this.lengthField?.value ?? this.field.dataset.patternLength ?? 30);
    return Number.isFinite(minutes) && minutes >= GRID && minutes <= 480 ? minutes : 30;
  }

  private read(): void {
    this.cells = cellsOf(this.field.value, this.minutes);
    this.here = Math.min(this.here, this.cells.length - 1);
    this.draw();
  }

  private draw(): void {
    const doc = this.field.ownerDocument;
    const had = this.box.contains(doc.activeElement);
    this.box.replaceChildren(
      ...this.cells.map((on, n) => {
        const cell = doc.createElement("button");
        cell.type = "button";
        cell.className = n % 3 === 0 ? "pattern-cell pattern-quarter" : "pattern-cell";
        cell.setAttribute("aria-pressed", String(on));
        cell.setAttribute("aria-label", `${n * GRID}–${(n + 1) * GRID}`);
        cell.dataset.n = String(n);
        cell.tabIndex = n === this.here ? 0 : -1;
        return cell;
      }),
    );
    if (had) (this.box.children[this.here] as HTMLElement | undefined)?.focus();
  }

  private set(n: number, on: boolean): void {
    if (n < 0 || n >= this.cells.length) return;
    this.cells[n] = on;
    if (!this.cells.some(Boolean)) this.cells[n] = true; // somebody must be there for some time
    this.here = n;
    this.field.value = valueOf(this.cells);
    this.field.dispatchEvent(new (this.field.ownerDocument.defaultView as Window & typeof globalThis).Event("input", { bubbles: true }));
    this.draw();
  }

  private onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -this.here, End: this.cells.length - 1 - this.here };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const to = Math.max(0, Math.min(this.cells.length - 1, this.here + step));
      if (event.shiftKey) this.set(to, this.cells[this.here] ?? true);
      this.here = to;
      this.draw();
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      this.set(this.here, !this.cells[this.here]);
    }
  }

  private cellAt(event: Event): number | null {
    const cell = (event.target as HTMLElement | null)?.closest?.<HTMLElement>(".pattern-cell");
    return cell?.dataset.n === undefined ? null : Number(cell.dataset.n);
  }

  private onPress(event: PointerEvent): void {
    const n = this.cellAt(event);
    if (n === null) return;
    event.preventDefault();
    this.painting = !this.cells[n];
    this.set(n, this.painting);
    (this.box.children[n] as HTMLElement | undefined)?.focus();
  }

  private onOver(event: PointerEvent): void {
    const n = this.cellAt(event);
    if (n !== null && this.painting !== null) this.set(n, this.painting);
  }
}

export function install(doc: Document): void {
  const seen = new WeakSet<HTMLInputElement>();
  const look = (): void => {
    for (const field of doc.querySelectorAll<HTMLInputElement>("input[data-pattern]")) {
      if (seen.has(field)) continue;
      seen.add(field);
      new Pattern(field);
    }
  };
  const { MutationObserver: Observer } = doc.defaultView as Window & typeof globalThis;
  new Observer(look).observe(doc.body, { childList: true, subtree: true });
  look();
}
