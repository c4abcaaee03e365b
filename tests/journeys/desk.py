"""What somebody at the front desk does with a screen, in the words of the front desk."""

import itertools
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import ConsoleMessage, Locator, Page, Response, expect

from tests.hand.recorder import Hand

PASSWORD = "incisor-demo"
ROOT = Path(__file__).resolve().parents[2]
PEOPLE = json.loads((ROOT / "src/incisor/config/demo/people.json").read_text(encoding="utf-8"))
USERNAMES = {one["name"]: one["username"] for one in [*PEOPLE["dentists"], *PEOPLE["staff"]]}
PICTURES = ROOT / "docs" / "use" / "img"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


EMPTY_DAYS = itertools.count(60)  # so many days ahead, each taken once: a journey finds its day as it left it
# The demo clinic stands where it is about noon now, so that a journey can still book today, whatever the hour of the run:
# zones without summer time, by their distance from UTC in hours.
ZONES = {
    -11: "Pacific/Pago_Pago", -10: "Pacific/Honolulu", -9: "Pacific/Gambier", -8: "Pacific/Pitcairn", -7: "America/Phoenix",
    -6: "America/Guatemala", -5: "America/Bogota", -4: "America/La_Paz", -3: "America/Sao_Paulo", -2: "America/Noronha",
    -1: "Atlantic/Cape_Verde", 0: "Africa/Abidjan", 1: "Africa/Lagos", 2: "Africa/Johannesburg", 3: "Asia/Riyadh",
    4: "Asia/Dubai", 5: "Asia/Karachi", 6: "Asia/Dhaka", 7: "Asia/Bangkok", 8: "Asia/Shanghai", 9: "Asia/Tokyo",
    10: "Australia/Brisbane", 11: "Pacific/Noumea", 12: "Pacific/Tarawa",
}  # fmt: skip
ZONE = ZONES[12 - datetime.now(UTC).hour]
PIXELS_A_MINUTE = 26 / 15  # the calendar draws a quarter of an hour 26 pixels high


class Desk:
    """One screen with one person in front of it."""

    def __init__(self, page: Page, *, is_measured: bool = False) -> None:
        self.page = page
        self.hand = Hand(page) if is_measured else None
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._hear)
        page.on("response", self._notice)

    def _hear(self, message: ConsoleMessage) -> None:
        # HTMX itself writes down that there was no answer: the journeys that cut the line look at what the page makes of it
        if message.type == "error" and not re.search(
            r"Failed to load resource|Error Code 4\d\d|^htmx:(afterRequest|sendError)", message.text
        ):
            self.faults.append(f"console: {message.text}")

    def _notice(self, answer: Response) -> None:
        if answer.status >= 500:
            self.faults.append(f"{answer.request.method} {answer.url} answered {answer.status}")

    # coming and going

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        self.page.locator("#id_username").fill(username)
        self.page.locator("#id_password").fill(password)
        self.page.locator("main button.btn-primary").click()
        expect(self.page.locator(".bar-user")).to_be_visible()
        self.page.wait_for_load_state()  # a key pressed before the scripts are there is lost

    def go(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"

    def today(self) -> None:
        self.go("/")

    def in_english(self) -> None:
        self.page.locator(".bar-user").click()
        self.page.locator(".bar-user-menu button[value=en]").click()
        expect(self.page.locator("html")).to_have_attribute("lang", re.compile("^en"))

    # keys

    def stand_on(self, name: str, section: str) -> None:
        """Come to a row of the board by keys alone: "." and the name leave that row, the arrow goes to it."""
        if not self.page.locator("#board-filter").evaluate("field => field === document.activeElement"):
            self.press(".")
        self.press("Control+A")
        self.type(name)
        self.press("ArrowDown")
        expect(self.on_board(name, section)).to_be_focused()

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
        asked = re.compile(rf"/search/\?q={re.escape(quote(words))}$")
        with self.page.expect_response(asked):
            self.type(words)
        expect(self.page.locator("[data-search-drop]")).not_to_have_attribute("aria-busy", "true")
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
        self.says(words).locator(".toast-undo:not(.toast-next)").click()

    # today's board

    def on_board(self, name: str, section: str) -> Locator:
        """Return the row of that patient in a list of the board: expected, waiting, chair, pay or done."""
        return self.page.locator(f"#rows-{section} > [data-row]").filter(has_text=name)

    def arrived(self, name: str) -> None:
        """Check in somebody who is expected."""
        self.on_board(name, "expected").locator("[data-arrive]").click()
        expect(self.on_board(name, "waiting")).to_be_visible()

    def call(self, name: str) -> None:
        """Call somebody who waits to the chair."""
        self.on_board(name, "waiting").locator("form[action$='/call/'] button").click()
        expect(self.on_board(name, "waiting")).to_have_class(re.compile("row-called"))

    def clean_the_chairs(self) -> None:
        """Say of every chair that waits for it that it is clean again."""
        dirty = self.page.locator(".chair-cleaning button[value=free]")
        for left in range(dirty.count(), 0, -1):
            dirty.first.click()
            expect(dirty).to_have_count(left - 1)

    def seat(self, name: str) -> None:
        """Lead whoever was called to the chair that the board proposes; the treatment begins."""
        self.clean_the_chairs()
        self.on_board(name, "waiting").locator("form[action$='/seat/'] button").click()
        expect(self.on_board(name, "chair")).to_be_visible()

    def into_the_queue(self, name: str, sign: str) -> None:
        """Take a patient who came without appointment into today's queue, with the sign that says how urgent it is."""
        self.search(name)
        self.press("Alt+Enter")
        self.panel.locator("#walk-in-choices [role=option]").filter(has_text=sign).click()

    # booking

    def slot(self, number: int) -> Locator:
        """Return the proposal that the digit would book, once it answers to the letters typed."""
        expect(self.panel.locator("#slot-list")).not_to_have_attribute("data-stale", "")
        slot = self.panel.locator("#slot-list [role=option]").nth(number - 1)
        expect(slot).to_be_visible()
        return slot

    def book_by(self, letters: str) -> str:
        """Type letters that say when, book the first proposal; return its time of day."""
        self.type(letters)
        starts = (self.slot(1).get_attribute("data-starts") or "")[11:16]
        self.press("1")
        self.says(starts)
        return starts

    def book_today(self, name: str) -> str:
        """Book the next free time of today; return whose it is."""
        self.search(name)
        self.press("Control+Enter")
        self.type("t")
        dentist = self.slot(1).locator(".slot-who").inner_text()
        self.press("1")
        expect(self.panel).to_be_hidden()
        self.says(name)
        return dentist

    # the dentist's note

    def write_note(self, name: str, *, tooth: str, finding: str, procedure: str) -> None:
        """Open the note of whoever is in the chair; chart a tooth, record what was done, take ready sentences."""
        page = self.page
        page.locator("#my-chair > [data-row]").filter(has_text=name).locator("a[href$='/note/']").click()
        page.locator(f"#teeth-card [data-tooth='{tooth}']").click()
        page.locator(f"#teeth-card button[name=state][value={finding}]").click()
        expect(page.locator(".finding-list")).to_contain_text(tooth)
        page.locator("#treatment-q").fill(procedure)
        page.locator("#treatment-teeth").fill(tooth)
        page.locator("#procedure-choices [role=option]").filter(has_text=procedure).first.click()
        expect(page.locator("#treatment-rows")).to_contain_text(procedure)
        for section in ("complaint", "findings", "diagnosis", "treatment", "advice"):
            page.locator(f"#phrases-{section} button").first.click()

    def want_next_visit(self, procedure: str, weeks: int) -> None:
        """Say in the note what should come next, and when."""
        self.page.locator("select[name=next_procedure]").select_option(label=procedure)
        self.page.locator("input[name=next_count]").fill(str(weeks))

    def sign_note(self) -> None:
        self.press("Control+Enter")
        expect(self.page.locator(".page-sub .tag-good")).to_be_visible()

    def end_treatment(self) -> None:
        with self.page.expect_response(re.compile(r"/end/$")):
            self.page.locator("form[action$='/end/'] button").click()

    # money

    def check_out(self, name: str) -> None:
        self.on_board(name, "pay").locator("[data-row-enter]").click()
        expect(self.page.locator("#bill")).to_contain_text(name)

    def due(self) -> int:
        """Return what is to be paid, in whole yuan."""
        return int(self.page.locator("[data-pay]").get_attribute("data-due-minor")) // 100

    def pay(self, line: str) -> None:
        """Type a payment as the front desk does: 200c is 200 cash and the rest by card."""
        self.page.locator("#payment-line").click()
        self.type(line)
        self.press("Enter")
        expect(self.page.locator(".bill-total-settled")).to_be_visible()

    def receipt(self, size: str) -> bytes:
        """Return the receipt as the printer gets it."""
        address = self.page.locator(f".bill-payments a[href*='size={size}']").first.get_attribute("href")
        answer = self.page.request.get(str(address))
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        return answer.body()

    # the patient's file

    def open_patient(self, name: str) -> None:
        self.search(name)
        self.press("Enter")
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    def register(self, name: str, phone: str) -> None:
        """Search for somebody who is not there; the search makes the file."""
        expect(self.search(name)).to_contain_text(re.compile("建档|Register"))
        self.press("Enter")
        self.type(phone)
        self.press("Enter")
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    # the calendar

    def book_on_an_empty_day(
        self, name: str, hour: str = "10:00", *, day: str = "", column: str = ""
    ) -> tuple[str, str]:
        """Book far ahead, on a day that no other journey took; return the day and the dentist. column: the dentist's id."""
        address = self.search(name).get_attribute("data-book")
        for days in EMPTY_DAYS:
            day = day or (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
            self.go(f"{address}?start={day}T{hour}&dentist={column}")
            slot = self.page.locator(f"#slot-list [role=option][data-starts^='{day}T{hour}']").first
            if slot.count():
                dentist = slot.locator(".slot-who").inner_text()
                with self.page.expect_navigation():
                    slot.click()
                return day, dentist
            day = ""
        raise AssertionError("no day is left on which the clinic is open")

    def calendar_of(self, day: str, by: str = "dentist") -> None:
        self.go(f"/calendar/?day={day}&by={by}")
        expect(self.page.locator(".ec-event").first).to_be_visible()

    def column_of(self, dentist: str) -> str:
        """Return the id of a dentist's column in the calendar."""
        columns = json.loads(self.page.locator("[data-calendar]").get_attribute("data-resources") or "[]")
        return next(str(column["id"]) for column in columns if column["title"] == dentist)

    def card(self, name: str) -> Locator:
        return self.page.locator(".ec-event:not(.ec-bg-event)").filter(has_text=name)

    def drag(self, card: Locator, *, minutes: int) -> None:
        """Drag a card of the calendar down by so many minutes, in small steps as a hand does.

        A hand that grips the card in the very moment in which it is drawn anew misses it, and grips again.
        """
        messages = self.page.locator("#toasts > [data-toast]")
        before = messages.count()
        for _grip in range(3):
            card.scroll_into_view_if_needed()
            self.page.wait_for_load_state("networkidle")
            box = card.bounding_box()
            x, y = box["x"] + box["width"] / 2, box["y"] + 8
            self.page.mouse.move(x, y)
            self.page.mouse.down()
            for step in range(1, 6):
                self.page.mouse.move(x, y + step * minutes * PIXELS_A_MINUTE / 5)
            self.page.mouse.up()
            try:
                expect(messages).not_to_have_count(before, timeout=4_000)
            except AssertionError:
                continue
            return

    # looking closely

    def picture(self, name: str) -> None:
        """Keep a picture for the documentation, when asked for (JOURNEY_DOCS=1): a test run leaves the checkout as it was."""
        if not os.environ.get("JOURNEY_DOCS"):
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")

    def barriers(self, within: str | None = None) -> list[str]:
        """Return what keeps people with a disability out of this page, as axe finds it: rule, place, why."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        self.page.evaluate("scrollTo(0, 0)")  # what the head of the page covers after scrolling is not barred
        found = self.page.evaluate(
            """([place, tags]) => axe.run(place ?? document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
               .then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) =>
                 `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n").slice(1).join(" ").trim()}`)))""",
            [within, RULES],
        )
        return [str(line) for line in found]


def seated(open_desk: Callable[..., Desk], desk: Desk, name: str) -> Desk:
    """Let that patient come today and sit down; return the dentist's screen."""
    dentist = desk.book_today(name)
    desk.today()
    desk.arrived(name)
    desk.call(name)
    desk.seat(name)
    doctor = open_desk(USERNAMES[dentist])
    doctor.go("/chairside/")
    return doctor


def treated(open_desk: Callable[..., Desk], desk: Desk, name: str) -> None:
    """Let that patient come today, be treated and signed by a dentist, and stand at the desk to pay."""
    doctor = seated(open_desk, desk, name)
    doctor.write_note(name, tooth="36", finding="caries", procedure="树脂补牙")
    doctor.want_next_visit("定期复查", weeks=2)
    doctor.sign_note()
    doctor.end_treatment()
