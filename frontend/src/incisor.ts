/** What every page loads: HTMX, the kit's menus, and the small modules of the house. */
import htmx from "htmx.org";
import "@tabler/core/dist/js/tabler.esm.js";
import { install as appearance } from "./appearance";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;
appearance(document);
