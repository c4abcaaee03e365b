"""A whole day at speed: 80 visits on four screens that always agree, held against the test's own ledger.

Two desks, one dentist, the screen of the waiting room. The clinic's clock is the test's; everything else is as it is.
"""

import itertools
import re
import statistics
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.day import script
from tests.journeys.day.ledger import Ledger
from tests.journeys.day.stage import ZONE, Clock, clinic_of_the_day
from tests.journeys.desk import PASSWORD, Desk

STEP = 5
GRACE_S = 15  # how long a slow machine may take until the screens agree; how long they took is printed
WATCHED = 0  # the dentist whose own screen is open
SECTIONS = ("expected", "waiting", "chair", "pay")
NAMES_OF = """(prefix) => Object.fromEntries(["expected", "waiting", "chair", "pay"].map((list) =>
  [list, [...document.querySelectorAll(`#${prefix}-${list} > [data-row] .who-name`)].map((one) => one.textContent.trim())]))"""


class Clinic:
    """The four screens and the book-keeping of the day."""

    def __init__(self, browser: Browser, address: str, clock: Clock, facts: dict[str, Any]) -> None:
        self.browser, self.address, self.clock = browser, address, clock
        self.dentists, self.minute, self.ledger = facts["dentists"], 0.0, Ledger()
        self.plan = script.planned(facts["names"])
        for one in self.plan.booked():
            self.ledger.expect(one.name, one.dentist, one.due or 0)
        self.lags: list[float] = []
        self.pages: list[Page] = []
        self.ends: dict[str, int] = {}
        self.lengths = {one.name: one.length for one in self.plan.comings}
        self.working_chairs, self.longer, self.acts = len(script.BOOKED), 0, 0
        self.desks = [self.screen_of(name) for name in ("luosha", "luosha")]
        self.dentist = self.screen_of(self.dentists[WATCHED]["username"], "/chairside/")
        self.turns = itertools.cycle(self.desks)
        self.waiting_room = self.page()
        self.waiting_room.goto(f"/screen/{facts['screen']}/")

    def page(self) -> Page:
        context = self.browser.new_context(
            base_url=self.address, locale="zh-CN", timezone_id=ZONE, viewport={"width": 1280, "height": 800}
        )
        context.set_default_timeout(20_000)
        self.pages.append(context.new_page())
        return self.pages[-1]

    def screen_of(self, username: str, path: str = "/") -> Desk:
        desk = Desk(self.page())
        desk.page.goto("/")
        desk.sign_in(username, PASSWORD)
        desk.go(path)
        return desk

    # what happens

    def turn(self) -> Desk:
        """The two desks take turns."""
        self.acts += 1
        return next(self.turns)

    def at(self, minute: float) -> None:
        self.minute = minute
        self.clock.set(minute)

    def check_in(self, name: str) -> None:
        desk = self.turn()
        desk.arrived(name)
        entry = self.ledger.arrive(name, self.minute)
        expect(desk.on_board(name, "waiting").locator(".row-number")).to_have_text(str(entry.number))

    def take_in(self, one: script.Coming) -> None:
        desk = self.turn()
        desk.into_the_queue(one.name, "剧烈牙痛" if one.sign == "emergency" else "洗牙")
        expect(desk.on_board(one.name, "waiting")).to_be_visible()
        self.ledger.arrive(one.name, self.minute, sign=one.sign)

    def call_and_seat(self, name: str) -> None:
        desk = self.turn()
        desk.call(name)
        number = self.ledger.entries[name].number
        call = self.waiting_room.locator("[data-calls] .call-number").filter(has_text=re.compile(rf"^\s*{number}\s*$"))
        expect(call).to_be_visible()
        desk.seat(name)
        expect(call).to_have_count(0)
        entry = self.ledger.move(name, "waiting", "chair")
        entry.seated = self.minute

        self.ends[name] = int(self.minute) + self.lengths[name]
        if entry.dentist == WATCHED:
            self.ends[name] += self.longer
            self.longer = 0
        if entry.dentist < 0:
            line = desk.on_board(name, "chair").inner_text()
            entry.dentist = next(number for number, one in enumerate(self.dentists) if one["name"] in line)

    def end(self, name: str) -> None:
        desk = self.dentist if self.ledger.entries[name].dentist == WATCHED else self.turn()
        desk.page.locator("#rows-chair > [data-row], #my-chair > [data-row]").filter(has_text=name).locator(
            "form[action$='/end/'] button"
        ).click()
        self.ledger.move(name, "chair", "pay")

    def miss(self, name: str) -> None:
        desk = self.turn()
        desk.on_board(name, "expected").locator("form[action$='/no-show/'] button").click()
        self.ledger.move(name, "expected", "missed")

    def run_late(self, minutes: int) -> None:
        """The watched dentist says so on the tablet; every treatment from now on takes longer until it is made up."""
        self.dentist.page.locator(f"form[action$='/delay/'] button[value='{minutes}']").click()
        late = self.dentists[WATCHED]["name"]
        for desk in self.desks:
            expect(desk.page.locator(".board-figures")).to_contain_text(late)
        self.longer = minutes

    def lose_a_chair(self) -> None:
        """A free chair fails: nobody is seated there any more, and the desk sees at once whom that concerns."""
        desk = self.turn()
        desk.clean_the_chairs()
        desk.page.locator(".chair-free button[value=out_of_order]").first.click()
        expect(desk.page.locator(".chair-out_of_order")).to_have_count(1)
        expect(desk.panel.locator("form[action*='/failing/'], form[action*='/chairs/']").first).to_be_visible()
        desk.press("Escape")
        expect(desk.panel).to_be_hidden()
        self.working_chairs -= 1

    def next_one(self) -> str | None:
        """Who is to be called now by the ledger; None while no chair is free or every waiting patient's dentist is busy."""
        treated = self.ledger.at("chair")
        busy = {self.ledger.entries[name].dentist for name in treated}
        if len(treated) >= self.working_chairs:
            return None
        return next((one.name for one in self.ledger.queue() if one.dentist not in busy), None)

    def figures_are_right(self) -> None:
        figures = self.desks[0].page.locator(".board-figures")
        expect(figures).to_contain_text(f"{len(self.ledger.at('done'))} 已离店")
        shown = int(re.search(r"平均候诊\D*(\d+)", figures.inner_text()).group(1))
        assert abs(shown - self.ledger.average_wait(self.minute)) <= 1

    def close(self, name: str) -> None:
        desk = self.turn()
        desk.on_board(name, "pay").locator("[data-row-key=m]").click()
        form = desk.panel.locator("form[action$='/close/']")
        form.locator("[name=reason]").fill("复查，今天不收费")
        form.locator("button").click()
        desk.says(name)
        self.ledger.move(name, "pay", "done")

    # what the screens say

    def agree(self) -> None:
        """Wait until desks and dentist show what the ledger says, who waits in the order of the queue; keep how long it took."""
        wanted = {place: sorted(self.ledger.at(place)) for place in SECTIONS}
        wanted["waiting"] = [one.name for one in self.ledger.queue()]
        mine = {one.name for one in self.ledger.entries.values() if one.dentist == WATCHED}
        began = time.monotonic()
        for desk in self.desks:
            self._until(desk.page, "rows", wanted)
        self._until(
            self.dentist.page, "my",
            {place: [name for name in wanted[place] if name in mine] for place in ("expected", "chair")},
        )  # fmt: skip
        self.lags.append(time.monotonic() - began)

    def _until(self, page: Page, prefix: str, wanted: dict[str, list[str]]) -> None:
        until = time.monotonic() + GRACE_S
        while True:
            shown = {
                place: names if place == "waiting" else sorted(names)
                for place, names in page.evaluate(NAMES_OF, prefix).items()
                if place in wanted
            }
            if shown == wanted:
                return
            assert time.monotonic() < until, f"{page.url} at minute {self.minute}: {shown} instead of {wanted}"
            page.wait_for_timeout(50)


@pytest.fixture
def clinic(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with clinic_of_the_day(tmp_path_factory.mktemp("day")) as (address, clock, facts):
        clinic = Clinic(browser, address, clock, facts)
        yield clinic
        faults = [fault for desk in (*clinic.desks, clinic.dentist) for fault in desk.faults]
        for page in clinic.pages:
            page.context.close()
        assert faults == [], "a page broke while nobody looked"


def play(clinic: Clinic, minute: int) -> bool:
    """Do what happens in these five minutes, in the order in which a desk would; tell whether anything did."""
    book, before = clinic.ledger, clinic.acts
    for one in clinic.plan.arrivals(minute):
        if one.due is None:
            clinic.take_in(one)
        else:
            clinic.check_in(one.name)
    for name in [name for name, end in clinic.ends.items() if end <= minute and book.entries[name].place == "chair"]:
        clinic.end(name)
        clinic.close(name)
    for one in clinic.plan.booked():
        if one.comes is None and one.due == minute - script.GIVEN_UP_AFTER:
            clinic.miss(one.name)
    if minute == script.RUNS_LATE_FROM:
        clinic.run_late(script.RUNS_LATE_BY)
    if minute == script.CHAIR_FAILS_AT:
        clinic.lose_a_chair()
    while (name := clinic.next_one()) is not None:
        clinic.call_and_seat(name)
    return clinic.acts > before


def test_a_whole_day_of_eighty_visits(clinic, record_property):
    clinic.at(script.OPENS - 10)
    clinic.agree()

    for minute in range(script.OPENS - 10, script.CLOSES + 120, STEP):
        clinic.at(minute)
        if play(clinic, minute):
            clinic.agree()

    gone = [one for one in clinic.ledger.entries.values() if one.place == "done"]
    assert len(gone) == 80
    assert sorted(one.number for one in gone) == list(range(1, 81))
    assert len(clinic.ledger.at("missed")) == script.MISSED
    clinic.figures_are_right()
    record_property("screens agree within s, median", round(statistics.median(clinic.lags), 2))
    record_property("screens agree within s, longest", round(max(clinic.lags), 2))
