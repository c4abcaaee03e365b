/**
 * The kiosk: goes back to its beginning when nobody touches it for a while, so that nothing typed stays for the next
 * person; a pad for the digits on a touch screen; a scanner's digits always land in the form.
 */
const SECOND_MS = 1000;

export function install(doc: Document, go: (url: string) => void): void {
  const body = doc.body;
  const start = body.dataset.kiosk;
  if (!start) return;
  const idle = Number(body.dataset.idle ?? "60") * SECOND_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const again = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => go(start), idle);
  };
  for (const kind of ["pointerdown", "keydown", "input"]) doc.addEventListener(kind, again);
  again();

  const digits = doc.querySelector<HTMLInputElement>("#id_digits");
  const name = doc.querySelector<HTMLInputElement>("#id_name");
  const pad = doc.querySelector<HTMLElement>("[data-kiosk-pad]");
  if (!digits || !name || !pad) return;
  pad.hidden = false;
  pad.addEventListener("click", (event) => {
    const key = (event.target as Element | null)?.closest<HTMLElement>("[data-digit]")?.dataset.digit;
    if (!key) return;
    digits.value = key === "clear" ? digits.value.slice(0, -1) : (digits.value + key).slice(0, 4);
  });
  doc.addEventListener("keydown", (event) => {
    if (/^\d$/.test(event.key) && event.target !== name && event.target !== digits) {
      event.preventDefault();
      digits.value += event.key;
      digits.focus();
    }
  });
}

install(document, (url) => location.replace(url));
