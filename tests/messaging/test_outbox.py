"""Messages: written once, sent once, late ones not at all."""

import json
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from incisor.audit.models import Entry
from incisor.kernel.errors import ChangedMeanwhile, NotAllowed
from incisor.messaging.models import MessageTemplate, OutboxMessage
from incisor.messaging.rules import fill, next_allowed, unknown_placeholders, wait_after
from incisor.messaging.services import (
    TemplateRefused,
    cancel_message,
    change_template,
    enqueue,
    send_again,
    send_due,
    withdraw,
)
from incisor.messaging.setup import load_templates

LATER = timedelta(days=2)


@pytest.fixture
def put(clinic, pia, at):
    load_templates(clinic=clinic)

    def put(key="a", patient=pia, **over):
        values = {"day": "3月4日", "time": "10:00", "dentist": "丹娜"}
        given = {"template_key": "appointment_confirmed", "values": values, "expires_at": at + LATER, "at": at, **over}
        return enqueue(clinic=clinic, patient=patient, key=key, **given)

    return put


def sent_files():
    return sorted(Path(settings.INCISOR_OUTBOX).rglob("*.json"))


@pytest.fixture(autouse=True)
def outbox_folder(tmp_path, settings):
    settings.INCISOR_OUTBOX = tmp_path / "outbox"


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        (datetime(2026, 3, 2, 7, 59), datetime(2026, 3, 2, 8, 0)),
        (datetime(2026, 3, 2, 8, 0), datetime(2026, 3, 2, 8, 0)),
        (datetime(2026, 3, 2, 20, 59), datetime(2026, 3, 2, 20, 59)),
        (datetime(2026, 3, 2, 21, 0), datetime(2026, 3, 3, 8, 0)),
        (datetime(2026, 3, 31, 23, 30), datetime(2026, 4, 1, 8, 0)),
    ],
)
def test_next_allowed_waits_for_the_morning(wall, expected):
    assert next_allowed(wall, quiet_from=time(21), quiet_until=time(8)) == expected


def test_next_allowed_with_a_break_at_noon():
    noon = datetime(2026, 3, 2, 12, 30)

    assert next_allowed(noon, quiet_from=time(12), quiet_until=time(14)) == datetime(2026, 3, 2, 14, 0)
    assert next_allowed(noon.replace(hour=9), quiet_from=time(12), quiet_until=time(14)).hour == 9


def test_fill_never_shows_a_placeholder():
    assert fill("{patient}您好，{date}见{nothing}", {"patient": "皮亚", "date": "3月4日"}) == "皮亚您好，3月4日见"
    assert unknown_placeholders("{patient}{foo}{date}{bar}") == ["foo", "bar"]
    assert [wait_after(n) for n in (1, 2, 3)] == [timedelta(minutes=n) for n in (1, 4, 16)]


def test_message_is_written_once_and_sent_once(put, pia, system, at):
    assert put() is not None
    assert put() is None

    assert send_due(by=system, at=at) == (1, 0)
    assert send_due(by=system, at=at) == (0, 0)

    (file,) = sent_files()
    letter = json.loads(file.read_text(encoding="utf-8"))
    assert letter["address"] == pia.phone
    assert "皮亚" in letter["body"]
    assert "3月4日" in letter["body"]
    assert "{" not in letter["body"]
    assert OutboxMessage.objects.get().status == "sent"


def test_late_message_is_not_sent(put, system, at):
    put(expires_at=at + timedelta(minutes=5))

    assert send_due(by=system, at=at + timedelta(minutes=5)) == (0, 0)
    assert OutboxMessage.objects.get().status == "expired"
    assert sent_files() == []


def test_message_due_at_night_goes_out_in_the_morning(put, system, at):
    night = at.replace(hour=14, minute=0)  # 22:00 in Shanghai
    message = put(at=night)

    assert message.not_before == night + timedelta(hours=10)
    assert send_due(by=system, at=night + timedelta(hours=9)) == (0, 0)
    assert send_due(by=system, at=night + timedelta(hours=10)) == (1, 0)


def test_who_wants_no_contact_gets_none(put, pia):
    pia.contact_channel = "none"
    assert put(patient=pia) is None
    pia.contact_channel, pia.phone = "sms", ""
    assert put(patient=pia) is None
    assert OutboxMessage.objects.count() == 0


def test_switched_off_template_sends_nothing(put, clinic):
    MessageTemplate.objects.filter(clinic=clinic, key="appointment_confirmed").update(is_active=False)

    assert put() is None


def test_withdrawn_message_stays_home(put, clinic, system, at):
    put(key="appointment:1:x")
    put(key="appointment:2:x")

    assert withdraw(clinic=clinic, key_prefix="appointment:1:") == 1
    assert send_due(by=system, at=at) == (1, 0)


def test_failure_is_tried_again_later_and_then_given_up(put, system, at, settings):
    settings.INCISOR_ADAPTERS = {"*": "tests.messaging.test_outbox.broken_line"}
    put(expires_at=at + timedelta(days=2))

    assert send_due(by=system, at=at) == (0, 1)
    message = OutboxMessage.objects.get()
    assert (message.status, message.problem, message.not_before) == ("waiting", "no line", at + timedelta(minutes=1))
    for _ in range(4):
        at = OutboxMessage.objects.get().not_before
        send_due(by=system, at=at)
    assert OutboxMessage.objects.get().status == "failed"


def broken_line(_letter):
    from incisor.messaging.adapters import SendingFailed

    raise SendingFailed("no line")


def test_claim_of_a_killed_worker_is_taken_over(put, system, at):
    put()
    OutboxMessage.objects.update(status="sending", claimed_at=at)

    assert send_due(by=system, at=at + timedelta(minutes=9)) == (0, 0)
    assert send_due(by=system, at=at + timedelta(minutes=11)) == (1, 0)
    assert len(sent_files()) == 1


def test_template_is_changed_with_version_and_audit(put, clinic, mona, at):
    found = MessageTemplate.objects.get(clinic=clinic, key="appointment_confirmed", language="zh-hans")
    given = {"subject": "", "is_active": True, "version": found.version, "at": at}

    with pytest.raises(TemplateRefused, match="foo"):
        change_template(by=mona, template=found, body="{foo}", **given)
    with pytest.raises(TemplateRefused):
        change_template(by=mona, template=found, body="  ", **given)
    changed = change_template(by=mona, template=found, body="{patient}，{date}见", **given)
    with pytest.raises(ChangedMeanwhile):
        change_template(by=mona, template=found, body="旧", **given)

    assert (changed.body, changed.version) == ("{patient}，{date}见", 2)
    assert Entry.objects.filter(what="message_template.changed").count() == 1


def test_message_is_kept_back_or_sent_again_by_who_may(put, rosa, mona, at):
    message = put()

    with pytest.raises(NotAllowed):
        cancel_message(by=rosa, message=message, at=at)
    cancel_message(by=mona, message=message, at=at)
    with pytest.raises(ChangedMeanwhile):
        cancel_message(by=mona, message=message, at=at)
    with pytest.raises(ChangedMeanwhile):
        send_again(by=mona, message=message, at=at)
    OutboxMessage.objects.update(status="failed")
    send_again(by=mona, message=message, at=at)
    assert OutboxMessage.objects.get().status == "waiting"


def test_pages(put, client, mona, omar):
    message = put()
    template = MessageTemplate.objects.first()

    client.force_login(mona)
    assert "皮亚" in client.get(reverse("messaging:messages")).content.decode()
    assert client.get(reverse("messaging:templates")).status_code == 200
    bad = client.post(reverse("messaging:template", args=[template.pk]), {"body": "{foo}", "version": 1})
    assert (bad.status_code, "{foo}" in bad.content.decode()) == (422, True)

    client.force_login(omar)
    assert "皮亚" not in client.get(reverse("messaging:messages")).content.decode()
    assert client.post(reverse("messaging:cancel", args=[message.pk])).status_code == 404
    assert client.get(reverse("messaging:template", args=[template.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_queries(put, client, mona, count, django_assert_max_num_queries):
    for number in range(count):
        put(key=str(number))
    client.force_login(mona)
    client.get(reverse("messaging:messages"))

    with django_assert_max_num_queries(14):
        client.get(reverse("messaging:messages"))
