/** What the calendar asks of the server and of the rest of the page. */

export interface Answer {
  text: string;
  undo_url?: string;
  panel_url?: string; // what may be done next, and its words
  panel_label?: string;
  panel?: boolean;
  url?: string;
}

export function toast(text: string, level: string, answer: Partial<Answer> = {}): void {
  const { undo_url = null, panel_url, panel_label } = answer;
  const next = panel_url ? { panel_url, panel_label } : {};
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level, undo_url, ...next } }));
}

export function openPanel(url: string): void {
  document.dispatchEvent(new CustomEvent("panel-open", { detail: { url } }));
}

/** Post, and say what came of it. Returns the answer when it was done, null when it was refused or nobody answered. */
export async function post(
  url: string,
  sent: Record<string, string>,
  refused: (answer: Answer) => void = () => undefined,
): Promise<Answer | null> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": document.body.dataset.csrf ?? "" },
      body: new URLSearchParams(sent),
      credentials: "same-origin",
    });
    const answer = (await response.json()) as Answer;
    if (response.ok) {
      toast(answer.text, "success", answer);
      return answer;
    }
    refused(answer);
    toast(answer.text, "error");
  } catch {
    refused({ text: "" });
    toast(document.getElementById("texts")?.dataset.noAnswer ?? "", "error");
  }
  return null;
}
