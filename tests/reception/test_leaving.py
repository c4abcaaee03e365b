"""Nothing stays open without a word; sheets go out, the one question is asked, and all of it can be taken back."""

from datetime import timedelta

import pytest

from incisor.billing import services as billing
from incisor.billing.rules.tenders import parse_line
from incisor.kernel.errors import ChangedMeanwhile, NotFound
from incisor.messaging.models import Link, MessageTemplate, OutboxMessage
from incisor.outreach.models import FollowUpTask
from incisor.reception import queries, services
from incisor.reception.models import AftercareGiven, FlowRules, LeftOpen, Survey
from incisor.scheduling.queries import changes_of
from incisor.scheduling.services import book_appointment, cancel_appointment, undo_change
from incisor.visits import queries as visits
from incisor.visits import services as visits_services
from incisor.visits.models import Visit
from tests.factories.billing import make_price, make_treatment
from tests.factories.patients import make_patient
from tests.factories.reception import make_left_open, make_sheet, make_survey
from tests.factories.reminders import make_sending_rules
from tests.factories.visits import make_visit

TEXTS = {"aftercare_sheet": "{patient}须知{link}", "visit_survey": "{patient}满意吗{link}"}


@pytest.fixture
def visit(clinic, pia, dana, cleaning, at):
    made = make_visit(clinic=clinic, patient=pia, at=at, status="to_pay", dentist=dana)
    make_price(clinic=clinic, procedure=cleaning, amount_minor=30000)
    make_treatment(visit=made, procedure=cleaning)
    return visits.visit(clinic, made.pk)


@pytest.fixture
def reachable(clinic):
    make_sending_rules(clinic=clinic)
    for key, body in TEXTS.items():
        MessageTemplate.objects.create(clinic=clinic, key=key, language="zh-hans", subject="", body=body)


def settle(visit, rosa, at):
    bill = billing.bill_for_visit(by=rosa, visit=visit, at=at)
    return billing.take_payment(by=rosa, bill=bill, tenders=parse_line("w"), request_key="k", at=at)


def status_of(visit):
    return Visit.objects.get(pk=visit.pk).status


def test_paid_visit_stays_until_the_sheet_is_given(rosa, visit, at):
    settle(visit, rosa, at)
    assert (status_of(visit), queries.leaving_of(visit, at).open) == ("to_pay", ["aftercare"])

    services.print_sheets(by=rosa, visit=visit, at=at)
    assert services.close_if_complete(by=rosa, visit=visit, at=at) is not None

    assert status_of(visit) == "done"
    assert AftercareGiven.objects.get().printed_at == at


def test_who_comes_second_to_the_closing_is_not_refused(rosa, visit, at):
    settle(visit, rosa, at)
    services.print_sheets(by=rosa, visit=visit, at=at)
    as_read_before = Visit.objects.get(pk=visit.pk)
    services.close_if_complete(by=rosa, visit=visit, at=at)

    assert as_read_before.status == "to_pay"
    assert services.close_if_complete(by=rosa, visit=as_read_before, at=at) is None


@pytest.mark.usefixtures("reachable")
def test_sheet_that_nobody_printed_goes_by_message_and_the_question_later(rosa, visit, at):
    settle(visit, rosa, at)

    assert status_of(visit) == "done"
    sheet, question = OutboxMessage.objects.order_by("created_at", "template_key")
    assert (sheet.template_key, question.template_key) == ("aftercare_sheet", "visit_survey")
    assert "/p/i/" in sheet.body
    assert "/p/s/" in question.body
    assert question.not_before == at + timedelta(minutes=120)
    assert AftercareGiven.objects.get().sent_at == at


@pytest.mark.usefixtures("reachable")
def test_next_visit_that_is_wanted_is_booked_first(clinic, rosa, visit, dana, chair, cleaning, at):
    visits_services.want_next_visit(by=rosa, visit=visit, procedure=cleaning, after_days=7, at=at)
    settle(visit, rosa, at)
    assert (status_of(visit), queries.leaving_of(visit, at).open) == ("to_pay", ["next_visit"])

    book_appointment(
        by=rosa, clinic=clinic, patient=visit.patient, dentist=dana, chair=chair, starts_at=at + timedelta(days=7),
        procedures=[cleaning], channel="desk", at=at,
    )  # fmt: skip

    assert status_of(visit) == "done"


@pytest.mark.usefixtures("reachable")
def test_booking_taken_back_puts_the_visit_back_to_the_cash_desk(clinic, rosa, visit, dana, chair, cleaning, at):
    visits_services.want_next_visit(by=rosa, visit=visit, procedure=cleaning, after_days=7, at=at)
    settle(visit, rosa, at)

    def book(days, moment):
        return book_appointment(
            by=rosa, clinic=clinic, patient=visit.patient, dentist=dana, chair=chair, channel="desk", at=moment,
            starts_at=at + timedelta(days=days), procedures=[cleaning],
        )  # fmt: skip

    first = book(7, at)
    later = at + timedelta(minutes=1)
    other = book(14, later)
    assert status_of(visit) == "done"

    undo_change(by=rosa, clinic=clinic, change=changes_of(other)[0], at=later)
    assert status_of(visit) == "done"
    undo_change(by=rosa, clinic=clinic, change=changes_of(first)[0], at=later)
    assert (status_of(visit), queries.leaving_of(visit, later).open) == ("to_pay", ["next_visit"])
    assert Survey.objects.filter(withdrawn_at=None).count() == 0

    again = book(7, later)
    assert status_of(visit) == "done"
    cancel_appointment(by=rosa, appointment=again, reason="no_time", at=later)
    assert status_of(visit) == "done"


def test_reason_stands_in_place_of_what_is_open(rosa, visit, cleaning, at):
    visits_services.want_next_visit(by=rosa, visit=visit, procedure=cleaning, after_days=7, at=at)
    settle(visit, rosa, at)
    row = services.leave_open(by=rosa, visit=visit, matter="next_visit", reason="will_call", at=at)
    services.leave_open(by=rosa, visit=visit, matter="aftercare", reason="other", words="看不懂中文", at=at)
    assert queries.leaving_of(visit, at).open == []

    services.take_back_reason(by=rosa, row=row, at=at)
    assert queries.leaving_of(visit, at).open == ["next_visit"]
    with pytest.raises(ChangedMeanwhile):
        services.take_back_reason(by=rosa, row=row, at=at)

    services.leave_open(by=rosa, visit=visit, matter="next_visit", reason="thinks", at=at)
    services.close_if_complete(by=rosa, visit=visit, at=at)
    assert Visit.objects.get(pk=visit.pk).closing_reason == "看不懂中文; 回去考虑"


@pytest.mark.parametrize(("matter", "reason"), [("aftercare", "on_paper"), ("aftercare", "other")])
def test_reason_that_does_not_fit_is_refused(rosa, visit, at, matter, reason):
    with pytest.raises(services.ReasonNotFitting):
        services.leave_open(by=rosa, visit=visit, matter=matter, reason=reason, at=at)


def test_no_reason_for_what_is_settled(rosa, visit, at):
    with pytest.raises(ChangedMeanwhile):
        services.leave_open(by=rosa, visit=visit, matter="forms", reason="next_time", at=at)


def test_closing_with_something_open_asks_why_and_keeps_it(rosa, visit, at):
    with pytest.raises(services.ReasonNeeded) as refusal:
        services.close_visit(by=rosa, visit=visit, at=at)
    assert refusal.value.details["matters"] == ["money", "aftercare"]

    services.close_visit(by=rosa, visit=visit, reason="接电话先走了", at=at)

    assert status_of(visit) == "done"
    assert set(LeftOpen.objects.values_list("matter", "words")) == {
        ("money", "接电话先走了"),
        ("aftercare", "接电话先走了"),
    }


def test_left_open_money_is_a_reason_of_its_own(rosa, visit, at):
    make_sheet(visit=visit, by=rosa, at=at)
    bill = billing.bill_for_visit(by=rosa, visit=visit, at=at)

    billing.leave_open(by=rosa, bill=bill, reason="下次付", at=at)

    assert status_of(visit) == "done"
    assert LeftOpen.objects.get().reason == "pays_later"


def test_nothing_closes_a_visit_that_is_not_at_the_cash_desk(clinic, rosa, at):
    waiting = make_visit(clinic=clinic, patient=make_patient(clinic=clinic, name="等", file_number="W1"), at=at)

    assert services.close_if_complete(by=rosa, visit=waiting, at=at) is None


@pytest.mark.usefixtures("reachable")
def test_closing_that_is_undone_takes_the_question_back(clinic, rosa, visit, at):
    settle(visit, rosa, at)
    step = queries.last_step(visit)

    services.undo_step(by=rosa, clinic=clinic, step=step, at=at)

    assert status_of(visit) == "to_pay"
    assert OutboxMessage.objects.get(template_key="visit_survey").status == "cancelled"
    assert queries.survey_of(visit) is None
    again = visits.visit(clinic, visit.pk)
    services.close_if_complete(by=rosa, visit=again, at=at + timedelta(minutes=1))
    assert queries.survey_of(visit) is not None


@pytest.mark.usefixtures("reachable")
def test_nobody_is_asked_twice_within_the_clinics_days(clinic, rosa, visit, pia, at):
    earlier = make_visit(clinic=clinic, patient=pia, at=at - timedelta(days=10), status="done")
    make_survey(visit=earlier, at=at - timedelta(days=10))

    settle(visit, rosa, at)

    assert not OutboxMessage.objects.filter(template_key="visit_survey").exists()
    FlowRules.objects.update_or_create(clinic=clinic, defaults={"survey_every_days": 7})
    assert queries.may_be_asked(visit, at)


@pytest.mark.usefixtures("reachable")
def test_answer_is_kept_with_the_visit_and_a_bad_one_is_the_managers(clinic, system, rosa, visit, at):
    settle(visit, rosa, at)
    link = Link.objects.get(purpose="s")

    services.answer_survey(by=system, link=link, score=1, words="等太久", at=at)
    services.answer_survey(by=system, link=link, score=2, words="", at=at)

    survey = Survey.objects.get()
    assert (survey.visit_id, survey.score, survey.words) == (visit.pk, 2, "")
    assert list(FollowUpTask.objects.filter(kind="dissatisfied").values_list("role", flat=True)) == ["manager"]
    rows, figures = queries.answers_between(clinic, queries.day_of(clinic, at), queries.day_of(clinic, at))
    assert (rows, figures["count"], figures["average"]) == ([survey], 1, 2)
    with pytest.raises(NotFound):
        services.answer_survey(by=system, link=link, score=7, words="", at=at)


def test_sheets_follow_what_was_done_and_can_be_chosen(rosa, visit, at):
    assert [sheet.words.key for sheet in queries.sheets_of_visit(visit)] == ["cleaning"]

    services.choose_sheets(by=rosa, visit=visit, keys=["extraction"], own_words="明天来换药", at=at)

    sheets = queries.sheets_of_visit(visit)
    assert [sheet.words.key for sheet in sheets] == ["extraction", "own"]
    assert sheets[-1].words.body == "明天来换药"
    services.choose_sheets(by=rosa, visit=visit, keys=["cleaning"], own_words="", at=at)
    assert [sheet.words.key for sheet in queries.sheets_of_visit(visit)] == ["cleaning"]


def test_new_words_have_to_be_given_anew(rosa, visit, at):
    services.choose_sheets(by=rosa, visit=visit, keys=["cleaning"], own_words="多喝水", at=at)
    services.print_sheets(by=rosa, visit=visit, at=at)
    assert "aftercare" not in queries.leaving_of(visit, at).open

    services.choose_sheets(by=rosa, visit=visit, keys=["cleaning"], own_words="少喝水", at=at)

    assert "aftercare" in queries.leaving_of(visit, at).open


def test_sheet_without_a_way_is_not_sent(rosa, visit, at):
    with pytest.raises(services.CannotSend):
        services.send_sheets(by=rosa, visit=visit, at=at)


def test_visit_without_a_sheet_prints_none(clinic, rosa, pia, at):
    bare = visits.visit(clinic, make_visit(clinic=clinic, patient=pia, at=at, status="to_pay").pk)

    with pytest.raises(services.NoSheet):
        services.print_sheets(by=rosa, visit=bare, at=at)


@pytest.mark.usefixtures("reachable")
def test_sheet_is_sent_at_the_chair(rosa, visit, at):
    services.send_sheets(by=rosa, visit=visit, at=at)

    assert AftercareGiven.objects.get().sent_at == at


def test_clinics_own_words_stand_before_the_shipped_ones(clinic, mona, visit, at):
    made = services.change_sheet_words(
        by=mona, clinic=clinic, key="cleaning", language="zh-hans", title="洗牙后", body="- 少吃辣", version=0, at=at
    )

    (sheet,) = queries.sheets_of_visit(visit)
    assert (sheet.words.title, sheet.words.parts[0].lines) == ("洗牙后", ("少吃辣",))
    with pytest.raises(services.SheetWordsWrong):
        services.change_sheet_words(
            by=mona, clinic=clinic, key="cleaning", language="zh-hans", title=" ", body="x", version=1, at=at
        )
    with pytest.raises(ChangedMeanwhile):
        services.change_sheet_words(
            by=mona, clinic=clinic, key="filling", language="en", title="a", body="x", version=3, at=at
        )
    services.change_sheet_words(
        by=mona, clinic=clinic, key="cleaning", language="zh-hans", title="洗牙", body="x", version=made.version, at=at
    )
    assert queries.words_of(clinic, ["cleaning"], "zh-hans")["cleaning"].title == "洗牙"


def test_every_sheet_is_shipped_in_both_languages(clinic):
    kinds = queries.all_words(clinic)

    assert len(kinds) == 13
    for _kind, words in kinds:
        assert [one.language for one in words] == ["zh-hans", "en"]
        assert all(len(one.parts) >= 2 and one.title for one in words)


def test_leaving_costs_the_same_for_one_and_for_three(
    clinic, rosa, cleaning, at, django_assert_max_num_queries, django_assert_num_queries
):
    def people(count):
        made = []
        for n in range(count):
            patient = make_patient(clinic=clinic, name=f"人{n}", file_number=f"N{count}{n}")
            visit = make_visit(clinic=clinic, patient=patient, at=at, status="to_pay")
            make_treatment(visit=visit, procedure=cleaning)
            make_left_open(visit=visit, by=rosa, at=at)
            made.append(visit)
        return made

    one, three = people(1), people(3)
    queries.leavings_of(clinic, one, at)
    with django_assert_max_num_queries(15) as first:
        queries.leavings_of(clinic, one, at)
    with django_assert_num_queries(len(first.captured_queries)):
        queries.leavings_of(clinic, three, at)
