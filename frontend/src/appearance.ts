/** Light or dark: the person's choice on this computer, otherwise what the computer says. */

const KEY = "incisor-theme";
type Choice = "light" | "dark" | "auto";

function chosen(): Choice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "auto";
  } catch {
    return "auto"; // storage switched off in the browser
  }
}

export function applyTheme(root: HTMLElement): void {
  const choice = chosen();
  const dark = choice === "dark" || (choice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.bsTheme = dark ? "dark" : "light";
  root.dataset.themeChoice = choice;
}

/** Elements with data-theme="light|dark|auto" choose; the chosen one carries aria-pressed. */
export function install(doc: Document): void {
  const show = (): void => {
    applyTheme(doc.documentElement);
    for (const button of doc.querySelectorAll<HTMLElement>("[data-theme]"))
      button.setAttribute("aria-pressed", String(button.dataset.theme === chosen()));
  };
  doc.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-theme]");
    if (!button) return;
    try {
      localStorage.setItem(KEY, button.dataset.theme ?? "auto");
    } catch {
      return;
    }
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}
