// Loaded before the page is painted, so that a dark screen never flashes white. Nothing else belongs here.
import { applyTheme } from "./appearance";

applyTheme(document.documentElement);
