/** Zoom, colours and cancelled visits: changed at once, remembered with the account. */

export interface Look {
  zoom(minutes: number): void;
  colours(by: string): void;
  freed(): void;
}

/** Height of one line: a finger needs 44 pixels for the shortest visit that is common. */
export function lineHeight(isCoarse: boolean): number {
  return isCoarse ? 44 : 26;
}

export function slotOf(minutes: number): string {
  return `00:${String(minutes).padStart(2, "0")}`;
}

/** Bind the form: without this script it is posted and the page comes back. */
export function bindLook(form: HTMLFormElement | null, look: Look): void {
  form?.addEventListener("submit", (event) => {
    const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
    if (!button?.name) return;
    event.preventDefault();
    const { name, value } = button;
    const isOn = name === "freed" ? value === "yes" : true;
    if (name !== "freed") for (const other of form.querySelectorAll(`button[name=${name}]`)) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(isOn));
    if (name === "freed") button.value = isOn ? "no" : "yes";
    if (name === "zoom") look.zoom(Number(value));
    if (name === "colours") look.colours(value);
    const body = new URLSearchParams({ [name]: value });
    void fetch(form.action, {
      method: "POST",
      headers: { "HX-Request": "true", "X-CSRFToken": form.ownerDocument.body.dataset.csrf ?? "" },
      body,
      credentials: "same-origin",
    }).then(() => name === "freed" && look.freed());
  });
}
