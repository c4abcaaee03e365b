/** Wall-clock times of the calendar as plain text ("2026-03-03T10:00"): no zone of the browser may shift them. */

export interface Shift {
  days?: number;
  seconds?: number;
}

/** The wall-clock time so much later. */
export function shifted(wall: string, by: Shift): string {
  const at = new Date(`${wall.slice(0, 16)}Z`);
  at.setUTCMinutes(at.getUTCMinutes() + (by.days ?? 0) * 1440 + Math.round((by.seconds ?? 0) / 60));
  return at.toISOString().slice(0, 16);
}

/** "+0800" as the calendar wants it: "+08:00". */
export function offsetOf(text: string): string {
  return /^[+-]\d{4}$/.test(text) ? `${text.slice(0, 3)}:${text.slice(3)}` : text || "local";
}

/** The hour on the clinic's clock, whatever the browser's own clock thinks: now in milliseconds, offset "+0800". */
export function hourAt(now: number, offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(offset) ?? [];
  if (!sign) return new Date(now).getHours();
  const ahead = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  return new Date(now + ahead * 60_000).getUTCHours();
}

/** What is sent to the server when a card was dragged or lengthened. */
export function moveOf(
  props: { wall: string; minutes: number; version: number },
  change: { by?: Shift; minutes?: number; resource?: string | undefined; column: string },
): Record<string, string> {
  const sent: Record<string, string> = {
    start: shifted(props.wall, change.by ?? {}),
    minutes: String(change.minutes ?? props.minutes),
    version: String(props.version),
  };
  if (change.resource) sent[change.column] = change.resource;
  return sent;
}

/** The address of a panel with what it should know. */
export function withQuery(url: string, values: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  const text = query.toString();
  if (!text) return url;
  return /\?./.test(url) ? `${url}&${text}` : `${url.replace(/\?$/, "")}?${text}`;
}

/** The wall-clock time that a point of the board stands for; the library hands it over as a local date. */
export function wallOf(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
