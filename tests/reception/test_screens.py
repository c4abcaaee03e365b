"""The screen in the waiting room: by its token, nothing of a file, one read while nothing happens."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.clinics.models import Device, Room
from incisor.kernel import clock
from incisor.kernel.errors import NotAllowed, NotFound
from incisor.patients.models import Patient
from incisor.patients.rules import mask_name
from incisor.reception import queries, services
from incisor.reception.models import DentistDelay, FlowRules, ScreenNotice
from incisor.reception.rules.screen import Options
from tests.factories.clinics import make_device
from tests.factories.patients import make_patient
from tests.factories.visits import make_visit

TOKEN = "token-of-a-device"


@pytest.fixture
def tv():
    """A television: a browser that nobody signed in at."""
    return Client()


@pytest.fixture
def device(clinic):
    return make_device(clinic=clinic)[0]


@pytest.fixture
def called(clinic, pia, dana, at):
    return make_visit(
        clinic=clinic, patient=pia, at=at, status="called", dentist=dana, number=12, calls=1, called_at=at
    )


def shown(clinic, at, options=None):
    return queries.screen_now(clinic, options or Options(), device_version=1, at=at)


def notice(clinic, by, at, **over):
    values = {
        "text_zh": "今天停水",
        "text_en": "No water today",
        "starts_at": None,
        "ends_at": None,
        "is_urgent": False,
    }
    return services.add_notice(by=by, clinic=clinic, at=at, **{**values, **over})


def test_call_shows_number_masked_name_and_room(called, clinic, chair, dana, at):
    (call,) = shown(clinic, at).calls

    assert (call.ticket.number, call.ticket.name) == (12, mask_name(called.patient.name))
    assert call.place == chair.room.name
    assert call.dentist == dana
    assert called.patient.name not in call.zh + call.en


def test_number_only_and_restricted_files_show_no_name(called, clinic, pia, at):
    Patient.objects.filter(pk=pia.pk).update(restricted_at=at)
    assert shown(clinic, at).calls[0].ticket.name == ""
    Patient.objects.filter(pk=pia.pk).update(restricted_at=None)
    FlowRules.objects.create(clinic=clinic, screen_names="number")
    (call,) = shown(clinic, at).calls

    assert (call.ticket.name, call.ticket.number) == ("", 12)
    assert pia.name[0] not in call.zh


def test_each_call_has_its_own_key_and_an_old_one_goes(called, clinic, at):
    first = shown(clinic, at).calls[0].key
    called.calls, called.called_at = 2, at + timedelta(minutes=3)
    called.save()

    assert shown(clinic, at + timedelta(minutes=3)).calls[0].key != first
    assert shown(clinic, at + timedelta(minutes=30)).calls == []


def test_lines_name_who_is_treated_and_who_comes_next(clinic, dana, chair, system, at):
    people = [
        make_patient(clinic=clinic, created_by=system, name="王小明", phone="", file_number=f"T{number}")
        for number in range(6)
    ]
    make_visit(clinic=clinic, patient=people[0], at=at, status="in_chair", dentist=dana, chair=chair, number=1)
    for number, patient in enumerate(people[1:5], start=2):
        make_visit(clinic=clinic, patient=patient, at=at + timedelta(minutes=number), dentist=dana, number=number)
    make_visit(clinic=clinic, patient=people[5], at=at, number=9, parked_at=at)
    DentistDelay.objects.create(
        clinic=clinic, dentist=dana, business_date=clock.business_date(at, clinic.zone), minutes=20, by=system, at=at
    )

    (line,) = shown(clinic, at).lines

    assert [ticket.number for ticket in line.in_chair] == [1]
    assert [ticket.number for ticket in line.coming] == [2, 3, 4]
    assert (line.waiting, line.more, line.delay, line.place) == (4, 1, 20, chair.room.name)


def test_walk_in_without_dentist_waits_for_anybody(clinic, pia, at):
    make_visit(clinic=clinic, patient=pia, at=at, number=3)
    (line,) = shown(clinic, at).lines

    assert (line.dentist, [ticket.number for ticket in line.coming]) == (None, [3])


def test_screen_of_a_room_shows_that_room_only(called, clinic, chair, at):
    other = Room.objects.create(clinic=clinic, name="诊室二")
    mine, others = (Options(rooms=frozenset({str(key)})) for key in (chair.room_id, other.pk))

    assert len(shown(clinic, at, mine).calls) == 1
    assert (shown(clinic, at, others).calls, shown(clinic, at, others).lines) == ([], [])


def test_reads_stay_the_same_with_many_people(clinic, dana, chair, system, at, django_assert_num_queries):
    def put(first, last):
        for number in range(first, last):
            patient = make_patient(clinic=clinic, created_by=system, phone="", file_number=f"T{number}")
            make_visit(clinic=clinic, patient=patient, at=at, status="called", dentist=dana, number=number, calls=1)

    put(1, 2)
    shown(clinic, at)
    with django_assert_num_queries(7):
        shown(clinic, at)
    put(2, 5)
    with django_assert_num_queries(7):
        assert len(shown(clinic, at + timedelta(minutes=10)).calls) == 4


def test_page_holds_no_name_and_part_follows_changes(tv, device, called, clinic, rosa, at, standing_clock):
    answer = tv.get(reverse("reception:screen", args=[TOKEN]))
    page = answer.content.decode()

    assert answer.status_code == 200
    assert ">12</b>" in page
    assert called.patient.name not in page
    assert called.patient.file_number not in page
    assert answer.headers["Cache-Control"].count("no-store") == 1
    version = re.search(r'data-version="([^"]+)"', page).group(1)
    address = reverse("reception:screen-now", args=[TOKEN])
    same = tv.get(address, {"since": version})
    assert (same.status_code, same.content) == (204, b"")
    assert int(same.headers["X-Screen-Now"]) == int(at.timestamp() * 1000)
    services.seat_patient(by=rosa, visit=called, at=at)
    after = tv.get(address, {"since": version})
    assert after.status_code == 200
    assert 'data-call="' not in after.content.decode()
    assert after.headers["X-Screen-Version"] != version


def test_unchanged_screen_costs_one_read(tv, device, clinic, django_assert_num_queries):
    address = reverse("reception:screen-now", args=[TOKEN])
    version = tv.get(address).headers["X-Screen-Version"]

    with django_assert_num_queries(1):
        answer = tv.get(address, {"since": version})

    assert (answer.status_code, answer.headers["Cache-Control"]) == (204, "no-store, private")
    Device.objects.filter(pk=device.pk).update(ended_at=clock.now())
    assert tv.get(address, {"since": version}).status_code == 404


def test_change_of_the_device_or_a_notice_reaches_the_screen(tv, device, clinic, mona, rosa, at):
    address = reverse("reception:screen-now", args=[TOKEN])
    version = tv.get(address).headers["X-Screen-Version"]
    Device.objects.filter(pk=device.pk).update(version=2)
    changed = tv.get(address, {"since": version})
    assert changed.status_code == 200
    notice(clinic, rosa, at)

    assert "今天停水" in tv.get(address, {"since": changed.headers["X-Screen-Version"]}).content.decode()


def test_wrong_ended_or_foreign_token_is_nobody(tv, device, clinic, at):
    make_device(clinic=clinic, kind="kiosk", token="kiosk-token")
    for name in ("reception:screen", "reception:screen-now"):
        assert tv.get(reverse(name, args=["no-such-token"])).status_code == 404
        assert tv.get(reverse(name, args=["kiosk-token"])).status_code == 404
    Device.objects.filter(pk=device.pk).update(ended_at=at)
    assert tv.get(reverse("reception:screen-now", args=[TOKEN])).status_code == 404
    with pytest.raises(NotFound):
        queries.watch(TOKEN, at=at)


def test_screen_of_one_clinic_shows_nothing_of_another(tv, called, other_clinic, at):
    make_device(clinic=other_clinic, token="theirs")

    page = tv.get(reverse("reception:screen", args=["theirs"])).content.decode()
    assert 'data-call="' not in page


def test_notice_is_added_changed_taken_away_and_brought_back(clinic, rosa, at):
    made = notice(clinic, rosa, at, is_urgent=True)
    services.change_notice(
        by=rosa, notice=made, version=1, text_zh="停水到 15:00", text_en="", starts_at=None, ends_at=at + timedelta(hours=4),
        is_urgent=False, at=at,
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.text_zh, made.starts_at, made.is_urgent, made.version) == ("停水到 15:00", at, False, 2)
    for _twice in range(2):
        services.remove_notice(by=rosa, notice=made, at=at)
    assert queries.notices(clinic, at=at) == []
    for _twice in range(2):
        services.restore_notice(by=rosa, notice=made, at=at)
    assert queries.notices(clinic, at=at) == [made]
    actions = list(Entry.objects.filter(what__startswith="screen_notice").values_list("what", flat=True))
    assert sorted(actions) == sorted(f"screen_notice.{what}" for what in ("added", "changed", "removed", "restored"))


def test_notice_saved_as_it_was_changes_nothing(clinic, rosa, at):
    made = notice(clinic, rosa, at)
    same = {name: getattr(made, name) for name in ("text_zh", "text_en", "starts_at", "ends_at", "is_urgent")}
    services.change_notice(by=rosa, notice=made, version=1, at=at, **same)
    made.refresh_from_db()

    assert made.version == 1
    assert Entry.objects.filter(what="screen_notice.changed").count() == 0


@pytest.mark.parametrize(
    ("over", "field"),
    [({"text_zh": " ", "text_en": ""}, "text_zh"), ({"ends_at": "before"}, "ends_at")],
)
def test_notice_that_cannot_be(clinic, rosa, at, over, field):
    over = {name: at - timedelta(hours=1) if value == "before" else value for name, value in over.items()}
    with pytest.raises(services.NoticeRefused) as refusal:
        notice(clinic, rosa, at, **over)

    assert refusal.value.details["field"] == field
    assert ScreenNotice.objects.count() == 0


def test_notices_belong_to_the_clinic(clinic, omar, rosa, at):
    made = notice(clinic, rosa, at)
    with pytest.raises(NotAllowed):
        services.remove_notice(by=omar, notice=made, at=at)


def test_pages_of_notices_and_screens(as_mona, rosa, clinic, other_clinic, device, chair, at, omar):
    page = reverse("reception:screens")
    assert "候诊大屏" in as_mona.get(page).content.decode()
    new = reverse("reception:notice-new")
    assert as_mona.get(new).status_code == 200
    assert as_mona.post(new, {"text_zh": "", "text_en": ""}).status_code == 422
    assert as_mona.post(new, {"text_zh": "WiFi: incisor", "ends_at": "2999-01-01T10:00"}).status_code == 303
    made = ScreenNotice.objects.get()
    assert "WiFi: incisor" in as_mona.get(page).content.decode()
    edit = reverse("reception:notice-edit", args=[made.pk])
    assert "WiFi: incisor" in as_mona.get(edit).content.decode()
    typed = {"text_zh": "WiFi: clinic", "version": 1}
    assert as_mona.post(edit, typed).status_code == 303
    assert as_mona.post(edit, typed).status_code == 422
    assert as_mona.post(reverse("reception:notice-remove", args=[made.pk])).status_code == 303
    assert "WiFi: clinic</th>" not in as_mona.get(page).content.decode()
    assert as_mona.post(reverse("reception:notice-restore", args=[made.pk])).status_code == 303
    screen = reverse("reception:screen-edit", args=[device.pk])
    assert as_mona.get(screen).status_code == 200
    wanted = {"name": "二楼", "rooms": [str(chair.room_id)], "speech": "zh", "repeat": "1", "version": "1"}
    assert as_mona.post(screen, {**wanted, "speech": "x"}).status_code == 422
    assert as_mona.post(screen, wanted).status_code == 303
    assert as_mona.post(screen, wanted).status_code == 422
    device.refresh_from_db()
    assert (device.name, device.options) == (
        "二楼", {"rooms": [str(chair.room_id)], "speech": "zh", "voice": False, "repeat": 1},
    )  # fmt: skip
    assert chair.room.name in as_mona.get(page).content.decode()
    kiosk, _token = make_device(clinic=clinic, kind="kiosk", token="k")
    assert as_mona.get(reverse("reception:screen-edit", args=[kiosk.pk])).status_code == 404
    preview = reverse("reception:screen-preview")
    assert as_mona.get(preview).status_code == 200
    assert as_mona.get(preview, {"part": "now"}).headers["X-Screen-Version"]
    as_mona.force_login(rosa)
    assert "候诊大屏" not in as_mona.get(page).content.decode()
    assert as_mona.get(screen).status_code == 403
    as_mona.force_login(omar)
    assert as_mona.get(edit).status_code == 404


def test_list_of_notices_costs_the_same_with_one_and_three(as_rosa, clinic, rosa, at):
    notice(clinic, rosa, at)
    as_rosa.get(reverse("reception:screens"))
    with CaptureQueriesContext(connection) as one:
        as_rosa.get(reverse("reception:screens"))
    notice(clinic, rosa, at)
    notice(clinic, rosa, at)
    with CaptureQueriesContext(connection) as three:
        as_rosa.get(reverse("reception:screens"))

    assert len(three) == len(one)
