/** Words for people: they stand in the page (#texts), translated by the server. */

export function text(name: string, values: Record<string, string | number> = {}, doc: Document = document): string {
  const words = doc.getElementById("texts")?.dataset[name] ?? "";
  return words.replace(/\{(\w+)\}/g, (all, key: string) => String(values[key] ?? all));
}

/** "1 minute", "12 minutes", "1 h 5 min" in the page's language. */
export function minutesInWords(minutes: number, doc: Document = document): string {
  if (minutes < 1) return text("now", {}, doc);
  if (minutes >= 100) return text("hours", { h: Math.floor(minutes / 60), m: minutes % 60 }, doc);
  return minutes === 1 ? text("minutesOne", {}, doc) : text("minutesOther", { n: minutes }, doc);
}
