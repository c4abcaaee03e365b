/**
 * A form in a patient's hand: kept on the server while one types, signed on pads. A bundle of its own, because it also runs
 * on the patient's phone, where nothing else of the house is loaded.
 */
import * as draft from "./fill-draft";
import * as pad from "./fill-pad";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-fill]")) {
  const keeper = new draft.Keeper(form, document);
  keeper.install();
  for (const box of form.querySelectorAll<HTMLElement>("[data-pad]")) new pad.Pad(box).install();
  draft.showDetails(form);
}
document.querySelector<HTMLElement>("[data-fill-faults]")?.focus();
