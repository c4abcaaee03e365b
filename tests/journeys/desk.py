"""What somebody at the front desk does with a screen, in the words of the front desk."""

import re
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response, expect

from tests.hand.recorder import Hand

PASSWORD = "incisor-demo"
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "use" / "img"
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Desk:
    """One screen with one person in front of it."""

    def __init__(self, page: Page, *, is_measured: bool = False) -> None:
        self.page = page
        self.hand = Hand(page) if is_measured else None
        watch(page.context, page)

    # coming and going

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        self.page.locator("#id_username").fill(username)
        self.page.locator("#id_password").fill(password)
        self.page.locator("main button.btn-primary").click()
        expect(self.page.locator("#nav")).to_be_visible()

    def go(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer is not None and answer.status == 200, f"{path} answered {answer and answer.status}"

    def today(self) -> None:
        self.go("/")

    # keys

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    # the search

    def search(self, words: str) -> Locator:
        """Type into the search; return the chosen first hit once the list answers to these words."""
        self.press("/")
        expect(self.page.locator("#search-input")).to_be_focused()
        self.type(words)
        hit = self.page.locator("#search-results [role=option][aria-selected=true]")
        expect(hit).to_be_visible()
        return hit

    # the panel at the side

    @property
    def panel(self) -> Locator:
        return self.page.locator("#panel")

    def button(self, name: str | re.Pattern[str], within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=name)

    # what the screen says

    def says(self, words: str | re.Pattern[str]) -> Locator:
        """Expect a message at the foot of the page; return it."""
        message = self.page.locator("#toasts > [data-toast]").filter(has_text=words).last
        expect(message).to_be_visible()
        return message

    def undo(self, words: str | re.Pattern[str]) -> None:
        """Take back what that message is about."""
        self.says(words).locator(".toast-undo").click()

    # today's board

    def on_board(self, name: str, section: str) -> Locator:
        """Return the row of that patient in a list of the board: expected, waiting, chair, pay or done."""
        return self.page.locator(f"#rows-{section} > [data-row]").filter(has_text=name)

    # looking closely

    def picture(self, name: str) -> None:
        """Keep a picture for the documentation, without passing messages."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")

    def barriers(self, within: str | None = None) -> list[str]:
        """Return what keeps people with a disability out of this page, as axe finds it: rule, place, why."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            """([place, tags]) => axe.run(place ?? document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
               .then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) =>
                 `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n").slice(1).join(" ").trim()}`)))""",
            [within, RULES],
        )
        return [str(line) for line in found]


def watch(context: BrowserContext, page: Page) -> None:
    """Note what goes wrong unseen: errors of scripts, things forbidden by the page's own policy, failures of the server."""
    faults: list[str] = []
    context.faults = faults

    def from_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            faults.append(f"console: {message.text}")

    def from_server(answer: Response) -> None:
        if answer.status >= 500:
            faults.append(f"{answer.request.method} {answer.url} answered {answer.status}")

    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", from_console)
    page.on("response", from_server)


def texts(rows: Iterable[Locator]) -> list[str]:
    return [" ".join(row.inner_text().split()) for row in rows]
