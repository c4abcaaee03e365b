/** Asks only before what cannot be undone: data-confirm="question" on a form, link or button; data-confirm-yes names the deed. */
import { nearest } from "./dom";

export function ask(doc: Document, question: string, yes = ""): Promise<boolean> {
  const dialog = doc.getElementById("confirm") as HTMLDialogElement | null;
  if (!dialog || typeof dialog.showModal !== "function") return Promise.resolve(doc.defaultView?.confirm(question) ?? false);
  const words = doc.getElementById("confirm-text");
  if (words) words.textContent = question;
  const button = dialog.querySelector<HTMLElement>("[data-confirm-yes]");
  if (button) {
    button.dataset.usual ??= button.textContent ?? "";
    button.textContent = yes || button.dataset.usual;
  }
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.querySelector<HTMLElement>("[data-confirm-no]")?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export function install(doc: Document): void {
  const agreed = new WeakSet<Element>();
  doc.addEventListener("htmx:confirm", (event) => {
    const detail = (event as CustomEvent<{ elt: HTMLElement; issueRequest: (skip: boolean) => void }>).detail;
    const question = detail.elt.dataset?.confirm;
    if (!question) return;
    event.preventDefault();
    void ask(doc, question, detail.elt.dataset.confirmYes).then((yes) => {
      if (yes) detail.issueRequest(true);
    });
  });
  const plain = (element: HTMLElement): boolean =>
    !["hx-get", "hx-post", "hx-put", "hx-delete"].some((name) => element.hasAttribute(name));
  doc.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      const submitter = (event as SubmitEvent).submitter;
      const asker = submitter?.dataset.confirm ? submitter : form;
      if (!asker.dataset.confirm || !plain(form) || agreed.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void ask(doc, asker.dataset.confirm, asker.dataset.confirmYes).then((yes) => {
        if (!yes) return;
        agreed.add(form);
        form.requestSubmit(submitter);
      });
    },
    true,
  );
  doc.addEventListener("click", (event) => {
    const link = nearest(event, "a[data-confirm]") as HTMLAnchorElement | null;
    if (!link?.dataset.confirm || !plain(link) || event.defaultPrevented) return;
    event.preventDefault();
    void ask(doc, link.dataset.confirm, link.dataset.confirmYes).then((yes) => {
      if (yes) doc.defaultView?.location.assign(link.href);
    });
  });
}
