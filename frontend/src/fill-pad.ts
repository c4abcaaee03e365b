/**
 * A signature pad: strokes of points with their times, in thousandths of the pad's width. Pointer events, so finger, pen and
 * mouse alike; drawn at the screen's own resolution; what was sent and came back with a mistake is drawn again.
 */

export type Point = [number, number, number];
export const WIDTH = 1000;
export const HEIGHT = 400;
const MOST_POINTS = 7500;
const NEAR = 3; // points nearer than this say nothing new

export function strokesIn(text: string): Point[][] {
  try {
    const raw: unknown = JSON.parse(text);
    return Array.isArray(raw) ? (raw as Point[][]) : [];
  } catch {
    return [];
  }
}

/** Where the pointer is, in the pad's own measure. */
export function pointOf(event: Pick<PointerEvent, "clientX" | "clientY">, box: Pick<DOMRect, "left" | "top" | "width">, moment: number): Point {
  const unit = WIDTH / Math.max(1, box.width);
  const x = Math.round((event.clientX - box.left) * unit);
  const y = Math.round((event.clientY - box.top) * unit);
  return [Math.min(WIDTH, Math.max(0, x)), Math.min(HEIGHT, Math.max(0, y)), Math.max(0, Math.round(moment))];
}

export class Pad {
  private strokes: Point[][] = [];
  private began = 0;
  private pen: number | null = null;
  private readonly canvas: HTMLCanvasElement | null;
  private readonly field: HTMLInputElement | null;

  constructor(private readonly box: HTMLElement) {
    this.canvas = box.querySelector<HTMLCanvasElement>("[data-pad-canvas]");
    this.field = box.querySelector<HTMLInputElement>("[data-pad-strokes]");
  }

  install(): void {
    const { canvas, field } = this;
    if (!canvas || !field) return;
    this.strokes = strokesIn(field.value);
    const view = canvas.ownerDocument.defaultView;
    view?.addEventListener("resize", () => this.draw());
    this.box.querySelector("[data-pad-clear]")?.addEventListener("click", () => this.clear());
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"] as const) canvas.addEventListener(name, (event) => this.up(event));
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Delete" || event.key === "Backspace") this.clear();
    });
    this.draw();
  }

  private down(event: PointerEvent): void {
    if (this.pen !== null || event.button > 0) return;
    event.preventDefault();
    this.pen = event.pointerId;
    this.canvas?.setPointerCapture?.(event.pointerId);
    if (this.strokes.length === 0) this.began = event.timeStamp;
    this.strokes.push([this.point(event)]);
    this.draw();
  }

  private move(event: PointerEvent): void {
    if (event.pointerId !== this.pen) return;
    event.preventDefault();
    const stroke = this.strokes[this.strokes.length - 1];
    if (!stroke || this.count() > MOST_POINTS) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length > 0 ? between : [event]) {
      const point = this.point(one);
      const last = stroke[stroke.length - 1];
      if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) >= NEAR) stroke.push(point);
    }
    this.draw();
  }

  private up(event: PointerEvent): void {
    if (event.pointerId !== this.pen) return;
    this.pen = null;
    this.tell();
  }

  private point(event: PointerEvent): Point {
    const box = this.canvas?.getBoundingClientRect() ?? { left: 0, top: 0, width: 1 };
    return pointOf(event, box, event.timeStamp - this.began);
  }

  private count(): number {
    return this.strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  }

  clear(): void {
    this.strokes = [];
    this.tell();
    this.draw();
    this.canvas?.focus();
  }

  private tell(): void {
    if (this.field) this.field.value = this.strokes.length > 0 ? JSON.stringify(this.strokes) : "";
  }

  private draw(): void {
    const canvas = this.canvas;
    const context = canvas?.getContext?.("2d");
    if (!canvas || !context) return;
    const view = canvas.ownerDocument.defaultView;
    const scale = view?.devicePixelRatio ?? 1;
    const width = Math.max(1, Math.round(canvas.clientWidth * scale));
    const height = Math.round((width * HEIGHT) / WIDTH);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const unit = width / WIDTH;
    context.clearRect(0, 0, width, height);
    context.strokeStyle = view?.getComputedStyle(canvas).color ?? "#000";
    context.lineWidth = 7 * unit;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.strokes) {
      const first = stroke[0];
      if (!first) continue;
      context.beginPath();
      context.moveTo(first[0] * unit, first[1] * unit);
      if (stroke.length === 1) context.lineTo((first[0] + 1) * unit, first[1] * unit);
      for (let place = 1; place < stroke.length; place += 1) {
        const [x, y] = stroke[place] as Point;
        const next = stroke[place + 1];
        if (next) context.quadraticCurveTo(x * unit, y * unit, ((x + next[0]) / 2) * unit, ((y + next[1]) / 2) * unit);
        else context.lineTo(x * unit, y * unit);
      }
      context.stroke();
    }
  }
}
