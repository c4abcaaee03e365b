"""Kill -9 in the middle of bookings and payments, again and again: what was acknowledged is there, once, and whole."""

import http.client
import itertools
import os
import random
import signal
import threading

import pytest

from tests.race.desk import until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")

CLERKS, BOOKINGS, PAYMENTS, KILLS, SEED = 6, 250, 250, 15, 20261122
LOST = (OSError, http.client.HTTPException)


class Work:
    """What is to be done, each thing with a key of its own; a clerk whose answer is lost sends the same again."""

    def __init__(self, things):
        self.things, self.lock = list(things), threading.Lock()
        self.acknowledged, self.refused, self.lost = [], [], 0

    @property
    def done(self):
        return len(self.acknowledged) + len(self.refused)

    def do_all(self, browser, up):
        while True:
            with self.lock:
                if not self.things:
                    return
                key, path, values, good = self.things.pop()
            while True:
                assert up.wait(120), "the server did not come back"
                try:
                    answer = browser.post(path, {**values, "request_key": key})
                    break
                except LOST:
                    with self.lock:
                        self.lost += 1
            with self.lock:
                (self.acknowledged if answer.status in good else self.refused).append((key, answer.status))


def things_to_do(stage, bills, dice):
    """Bookings of different times and payments of different bills, shuffled."""
    slots = list(itertools.chain.from_iterable(stage["times"]))[:BOOKINGS]
    assert len(slots) == BOOKINGS
    people = stage["patients"]
    things = [
        (
            f"book{number}",
            f"/book/{people[number % len(people)]}/",
            {"procedures": stage["procedure"], "minutes": "30", "slot": slot},
            {204},
        )
        for number, slot in enumerate(slots)
    ]
    things += [
        (f"pay{number}", f"/bills/{bill['id']}/pay/", {"line": "10w", "due_minor": bill["due"]}, {200})
        for number, bill in enumerate(bills)
    ]
    dice.shuffle(things)
    return things


def test_killed_servers_leave_nothing_half_done(opened, figures):
    place, dice = opened(with_worker=True, days=6), random.Random(SEED)
    bills = place.ask(f"stage.bills({PAYMENTS})")
    work, up = Work(things_to_do(place.stage, bills, dice)), threading.Event()
    total, crowd = len(work.things), place.crowd(CLERKS)
    up.set()
    threads = [threading.Thread(target=work.do_all, args=(browser, up)) for browser in crowd.browsers]
    for thread in threads:
        thread.start()

    kills = {"all": 0, "mother": 0, "worker": 0}
    for number in range(KILLS):
        least = int(total * (number + dice.random()) / (KILLS + 1))
        until(lambda least=least: work.done >= least, seconds=240, what=f"{least} requests done\n{place.server.said()}")
        how = dice.choice(["all", "all", "mother", "worker"])
        kills[how] += 1
        if how == "worker":
            worker = place.server.worker()
            if worker is not None:
                worker.send_signal(signal.SIGKILL)
            continue
        up.clear()
        place.server.kill(only_mother=how == "mother")
        place.server.start()
        up.set()
    for thread in threads:
        thread.join(300)
    place.server.stop()

    assert work.refused == [], place.server.said()
    assert len(work.acknowledged) == total
    made = place.ask("inspection.made()")
    assert set(made) == {key for key, _status in work.acknowledged}
    counts = place.ask("inspection.counts()")
    assert (counts["booked"], counts["paid"]) == (BOOKINGS, PAYMENTS)
    assert place.ask("inspection.problems()") == []
    assert place.ask("inspection.sent_after_all()") == []
    place.site("doctor")
    figures("killed", acknowledged=total, answers_lost=work.lost, **kills, **crowd.waits())
