"""Twenty clerks at twenty browsers want the same thing in the same moment, over real HTTP."""

import itertools

from tests.race.desk import offered_slots

CROWD, ROUNDS, FEWER = 20, 200, 5
TAKEN = {409, 422}


def booking(stage, slot, key):
    """Return the form as a slot's button sends it."""
    return {"procedures": stage["procedure"], "minutes": "30", "slot": slot, "request_key": key}


def minute_of(slot):
    return slot.rpartition("_")[2]


def check_refusals(answers, server):
    """Whoever did not get it was told so in words, with times to take instead."""
    refused = [answer for answer in answers if answer.status != 204]
    assert {answer.status for answer in refused} <= TAKEN, (sorted(one.status for one in answers), server.said())
    for answer in refused:
        assert "Traceback" not in answer.text
        assert offered_slots(answer.text)
    return len(refused)


def test_one_slot_goes_to_exactly_one_of_twenty(opened, figures):
    place = opened()
    stage, crowd, refusals = place.stage, place.crowd(CROWD, by_form=True), 0
    slots = list(itertools.chain.from_iterable(stage["times"]))[:ROUNDS]
    assert len(slots) == ROUNDS

    for number, slot in enumerate(slots):
        answers = crowd.together(
            lambda clerk, browser, slot=slot, number=number: browser.post(
                f"/book/{stage['patients'][clerk]}/", booking(stage, slot, f"r{number}c{clerk}")
            )
        )
        refusals += check_refusals(answers, place.server)
        assert refusals == (number + 1) * (CROWD - 1)

    figures("one slot, 20 clerks", rounds=ROUNDS, booked=ROUNDS, refused=refusals, **crowd.waits())
    assert place.ask("inspection.problems()") == []
    assert place.ask("inspection.counts()")["booked"] == ROUNDS


def test_seven_dentists_at_one_time_go_to_exactly_seven(opened, figures):
    """Everybody wants ten o'clock with whoever is free, and takes what the panel offers until it offers none."""
    place = opened()
    stage, crowd, refusals = place.stage, place.crowd(CROWD), 0
    times = stage["times"][:FEWER]

    def get_any_dentist(clerk, browser, number, minute):
        slot, refused = times[number][clerk % len(times[number])], 0
        while slot:
            answer = browser.post(f"/book/{stage['patients'][clerk]}/", booking(stage, slot, f"r{number}c{clerk}"))
            if answer.status == 204:
                return 1, refused
            check_refusals([answer], place.server)
            refused += 1
            slot = next((one for one in offered_slots(answer.text) if minute_of(one) == minute), None)
        return 0, refused

    for number in range(FEWER):
        minute = minute_of(times[number][0])
        outcomes = crowd.together(
            lambda clerk, browser, number=number, minute=minute: get_any_dentist(clerk, browser, number, minute)
        )
        assert sum(booked for booked, _refused in outcomes) == 7, outcomes
        refusals += sum(refused for _booked, refused in outcomes)

    figures("any of 7 dentists, 20 clerks", rounds=FEWER, booked=7 * FEWER, refused=refusals, **crowd.waits())
    assert place.ask("inspection.problems()") == []


def test_small_races(opened, figures):
    """One patient in two places, one request sent twice, one bill, one arrival, file numbers: one site for all."""
    place = opened()
    stage, crowd = place.stage, place.crowd(CROWD)
    bills = place.ask(f"stage.bills({FEWER})")
    arrivals = place.ask(f"stage.appointments_today({FEWER})")

    _one_patient_with_seven_dentists(place, stage, crowd)
    _one_request_sent_by_impatience(place, stage, crowd)
    _one_bill_two_cashiers(place, crowd, bills)
    _one_arrival_two_desks(place, crowd, arrivals)
    _twenty_new_patients(place, crowd)

    figures("small races, 20 clerks", **crowd.waits(), **place.ask("inspection.counts()"))
    assert place.ask("inspection.problems()") == []


def _one_patient_with_seven_dentists(place, stage, crowd):
    patient = stage["patients"][0]
    for number, offered in enumerate(stage["times"][:FEWER]):
        answers = crowd.together(
            lambda clerk, browser, offered=offered, number=number: browser.post(
                f"/book/{patient}/", booking(stage, offered[clerk % len(offered)], f"p{number}c{clerk}")
            )
        )
        assert check_refusals(answers, place.server) == CROWD - 1


def _one_request_sent_by_impatience(place, stage, crowd):
    """The same clerk's browser sends the same form five times at once: every answer says booked, one booking is there."""
    before = place.ask("inspection.counts()")["booked"]
    first = crowd.browsers[0]
    for number, offered in enumerate(stage["times"][FEWER : 2 * FEWER]):

        def send(clerk, browser, offered=offered, number=number):
            if clerk >= 5:
                return None
            browser.cookies.update(first.cookies)
            return browser.post(f"/book/{stage['patients'][1]}/", booking(stage, offered[0], f"again{number}"))

        answers = [one for one in crowd.together(send) if one]
        assert [one.status for one in answers] == [204] * 5, place.server.said()
    assert place.ask("inspection.counts()")["booked"] == before + FEWER


def _one_bill_two_cashiers(place, crowd, bills):
    for bill in bills:
        answers = crowd.together(
            lambda clerk, browser, bill=bill: browser.post(
                f"/bills/{bill['id']}/pay/",
                {"line": "w", "request_key": f"pay{bill['id'][-12:]}{clerk}", "due_minor": bill["due"]},
            )
        )
        assert sorted(one.status for one in answers) == [200] + [422] * (CROWD - 1), place.server.said()
    assert place.ask("inspection.counts()")["paid"] == len(bills)


def _one_arrival_two_desks(place, crowd, arrivals):
    for appointment in arrivals:
        answers = crowd.together(
            lambda _clerk, browser, appointment=appointment: browser.post(f"/appointments/{appointment}/check-in/", {})
        )
        assert sorted(one.status for one in answers)[1:] == [409] * (CROWD - 1), place.server.said()
        assert min(one.status for one in answers) < 300
    assert place.ask("inspection.counts()")["visits"] == len(arrivals)


def _twenty_new_patients(place, crowd):
    def register(clerk, browser):
        return [
            browser.post(
                "/patients/new/",
                {
                    "name": "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"[clerk] + "安宁乐"[number],
                    "phone": f"139{clerk:04}{number:04}",
                    "request_key": f"n{clerk}-{number}",
                },
            ).status
            for number in range(3)
        ]

    outcomes = crowd.together(register)
    assert {status for statuses in outcomes for status in statuses} <= {200, 204, 302, 303}, outcomes
    assert place.ask("inspection.counts()")["registered"] == 3 * CROWD
