"""The telephone: what the system reports, who takes it, what is known of the caller."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from incisor.enquiries import queries, services
from incisor.enquiries.models import PhoneCall
from incisor.enquiries.services import CallGone
from incisor.kernel.clock import now
from tests.factories.clinics import make_device
from tests.factories.enquiries import make_call, make_lead, make_note
from tests.factories.patients import make_patient


@pytest.fixture
def telephone(clinic):
    device, _token = make_device(clinic=clinic, kind="telephone", token="ring")
    return device


def test_call_is_reported_once_and_never_turns_back(telephone, clinic, at):
    pia = make_patient(clinic=clinic, file_number="X1", phone="13812345678")
    later = at + timedelta(seconds=20)
    for state, moment in [
        ("ringing", at),
        ("ringing", at),
        ("taken", later),
        ("ringing", later),
        ("ended", later),
        ("taken", later),
    ]:
        services.report_call(device=telephone, line_id="7", number="+86 138-1234-5678", state=state, at=moment)

    call = PhoneCall.objects.get()
    assert (call.state, call.patient_id, call.number) == ("ended", pia.pk, "13812345678")
    assert (call.began_at, call.taken_at, call.ended_at) == (at, later, later)


def test_call_that_ends_while_it_rings_was_missed(telephone, at):
    services.report_call(device=telephone, line_id="8", number="", state="ringing", at=at)
    assert services.report_call(device=telephone, line_id="8", number="", state="ended", at=at).state == "missed"


def test_only_one_takes_a_call_and_ones_earlier_call_ends(clinic, rosa, mona, at):
    first, second = make_call(clinic=clinic, began_at=at), make_call(clinic=clinic, began_at=at)
    services.take_call(by=rosa, clinic=clinic, call=first, at=at)
    with pytest.raises(CallGone):
        services.take_call(by=mona, clinic=clinic, call=first, at=at)
    services.take_call(by=rosa, clinic=clinic, call=second, at=at)

    first.refresh_from_db()
    assert (first.state, first.taken_by) == ("ended", rosa)
    assert queries.current_call(clinic, rosa) == second
    services.end_call(by=rosa, call=second, at=at)
    assert queries.current_call(clinic, rosa) is None


def test_call_nobody_ended_stops_ringing(clinic, at):
    make_call(clinic=clinic, began_at=at - timedelta(minutes=4))
    ringing = make_call(clinic=clinic, began_at=at)
    assert queries.ringing(clinic, at=at) == [ringing]


def test_caller_is_known_by_number(clinic, rosa, at):
    mother = make_patient(clinic=clinic, name="王丽", file_number="X1", phone="13812345678")
    child = make_patient(clinic=clinic, name="王小宝", file_number="X2", phone="13812345678")
    lead = make_lead(clinic=clinic, by=rosa, number="13812345678")
    note = make_note(clinic=clinic, by=rosa, patient=child)
    call = make_call(clinic=clinic, number="13812345678")

    caller = queries.caller_of(clinic, call, at=at)

    assert {one.pk for one in caller.patients} == {mother.pk, child.pk}
    assert caller.patient is None
    assert (caller.lead, caller.notes) == (lead, [note])
    assert queries.only_patient_of(clinic, "13812345678") is None
    assert queries.patients_of(clinic, "") == []


def post(client, token, body, **how):
    return client.post(reverse("enquiries:telephone", args=[token]), body, **how)


def test_door_of_the_telephone_system(client, telephone):
    said = {"call": "1", "number": "13812345678", "state": "ringing"}

    assert post(client, "ring", json.dumps(said), content_type="application/json").status_code == 204
    assert post(client, "ring", said).status_code == 204
    assert PhoneCall.objects.count() == 1
    assert post(client, "wrong", said).status_code == 404
    for faulty in ({**said, "state": "singing"}, {**said, "call": ""}):
        assert post(client, "ring", faulty).status_code == 400
    for rubbish in ("{", "[1]", "\xff"):
        assert post(client, "ring", rubbish, content_type="application/json").status_code == 400
    assert client.get(reverse("enquiries:telephone", args=["ring"])).status_code == 405


def test_f2_leads_to_the_file_the_form_or_the_choice(as_rosa, clinic, pia):
    make_patient(clinic=clinic, name="甲", file_number="X1", phone="13812345678")
    make_patient(clinic=clinic, name="乙", file_number="X2", phone="13812345678")
    ways = {
        pia.phone: (reverse("patients:patient", args=[pia.pk]), reverse("scheduling:book-panel", args=[pia.pk])),
        "13700001111": ("/patients/new/?text=13700001111",) * 2,
    }
    for number, (file, book) in ways.items():
        for url, there in (("take", file), ("take-and-book", book)):
            make_call(clinic=clinic, number=number, patient=pia if number == pia.phone else None)
            assert as_rosa.post(reverse(f"enquiries:{url}")).headers["Location"] == there
    make_call(clinic=clinic, number=pia.phone, patient=pia)
    answer = as_rosa.post(reverse("enquiries:take-and-book"), headers={"HX-Request": "true"})
    assert answer.headers["X-Panel-Next"] == ways[pia.phone][1]  # in the panel, which keeps what is typed meanwhile
    shared = make_call(clinic=clinic, number="13812345678")
    there = as_rosa.post(reverse("enquiries:take")).headers["Location"]
    assert there.startswith(reverse("enquiries:call", args=[shared.pk]))
    page = as_rosa.get(there).content.decode()
    assert "甲" in page
    assert "乙" in page


def test_f2_without_a_ringing_call_asks_for_the_number(as_rosa, clinic, pia):
    answer = as_rosa.post(reverse("enquiries:take"), headers={"HX-Request": "true"})
    assert json.loads(answer.headers["HX-Trigger"])["panel-open"]["url"].startswith(reverse("enquiries:by-hand"))
    assert as_rosa.get(reverse("enquiries:by-hand")).status_code == 200
    assert as_rosa.post(reverse("enquiries:by-hand"), {"number": ""}).status_code == 422
    there = as_rosa.post(reverse("enquiries:by-hand"), {"number": pia.phone})
    assert there.headers["Location"] == reverse("patients:patient", args=[pia.pk])


def test_frame_shows_who_rings_and_ends_the_call(as_rosa, rosa, clinic, pia, telephone):
    assert reverse("enquiries:ringing") in as_rosa.get(reverse("enquiries:answers")).content.decode()
    call = make_call(clinic=clinic, number=pia.phone, patient=pia)
    assert pia.name in as_rosa.get(reverse("enquiries:ringing")).content.decode()
    as_rosa.post(reverse("enquiries:take"))
    services.write_note(by=rosa, clinic=clinic, text="问价格", at=now(), call=call)
    page = as_rosa.get(reverse("enquiries:call", args=[call.pk])).content.decode()
    assert "问价格" in page
    assert "记电话" in page  # what was done during the call
    ended = as_rosa.post(reverse("enquiries:end-call", args=[call.pk]), headers={"HX-Request": "true"})
    assert ended.status_code == 204
    assert as_rosa.post(reverse("enquiries:end-call", args=[call.pk])).status_code == 303


def test_page_without_a_telephone_has_no_frame(as_rosa):
    assert reverse("enquiries:ringing") not in as_rosa.get(reverse("enquiries:answers")).content.decode()


def test_calls_of_another_clinic_are_not_found(as_omar, clinic):
    call = make_call(clinic=clinic)
    assert as_omar.get(reverse("enquiries:call", args=[call.pk])).status_code == 404
    assert as_omar.get(reverse("enquiries:calls") + "?view=calls").context["calls"] == []
