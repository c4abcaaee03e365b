"""What will be sent, and the rules behind it, in the browser."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from incisor.kernel import clock
from incisor.kernel.clock import local
from incisor.messaging.models import MessageTemplate, SendingRules
from incisor.outreach.models import Notice, ReminderRule
from incisor.outreach.setup import load_reminder_rules
from tests.factories.patients import make_patient
from tests.factories.reminders import LONG_AGO, make_rule, make_sending_rules
from tests.factories.scheduling import make_appointment


@pytest.fixture
def in_two_days(clinic, dana, chair):
    def book(patient, minutes=0):
        day = local(clock.now(), clinic.zone).date() + timedelta(days=2)
        noon = clock.moment(day, time(12), clinic.zone)
        return make_appointment(
            clinic=clinic, patient=patient, dentist=dana, chair=chair, starts_at=noon + timedelta(minutes=minutes),
            created_at=LONG_AGO,
        )  # fmt: skip

    return book


def page(client, **query):
    return client.get(reverse("outreach:planned"), query).content.decode()


def test_tomorrow_shows_who_when_how_and_the_words(as_mona, clinic, pia, in_two_days):
    make_sending_rules(clinic=clinic)
    make_rule(clinic=clinic, body="{patient}您好，{day}见，{link}")
    in_two_days(pia)
    in_two_days(make_patient(clinic=clinic, file_number="A2", name="李雷", phone="", contact_channel="sms"), 60)
    in_two_days(make_patient(clinic=clinic, file_number="A3", name="韩梅", contact_channel="none"), 120)

    shown = page(as_mona)

    assert "皮亚您好，明天（" in shown
    assert "10:00" in shown
    assert "没有登记号码" in shown
    assert "不希望被联系" in shown
    assert "皮亚您好" not in page(as_mona, day="2020-01-01")
    assert page(as_mona, day="nonsense") != ""


def test_single_message_is_kept_back_and_undone_from_the_page(as_mona, clinic, pia, in_two_days):
    rule = make_rule(clinic=clinic)
    child = make_patient(clinic=clinic, file_number="A2", name="小明", phone=pia.phone)
    one, two = in_two_days(pia), in_two_days(child, 60)
    url = reverse("outreach:notice-off", args=[rule.pk])

    off = as_mona.post(url, {"appointment": [one.pk, two.pk]}, headers={"HX-Request": "true"})
    shown = page(as_mona)
    undo = off["HX-Trigger"].split('"undo_url": "')[1].split('"')[0]
    again = as_mona.post(url, {"appointment": [one.pk]})

    assert off.status_code == 204
    assert "恢复发送" in shown
    assert again.status_code in {303, 409}
    assert Notice.objects.filter(state="off", withdrawn_at=None).count() == 2
    assert as_mona.post(undo).status_code == 303
    assert as_mona.post(url, {}).status_code == 400
    assert as_mona.post(url, {"appointment": ["x"]}).status_code == 400


def test_desk_reads_and_does_not_change(as_rosa, clinic, pia, in_two_days):
    rule = make_rule(clinic=clinic)
    appointment = in_two_days(pia)

    assert "皮亚" in page(as_rosa)
    assert as_rosa.get(reverse("outreach:rules")).status_code == 200
    assert as_rosa.get(reverse("outreach:rule", args=[rule.pk])).status_code == 403
    assert (
        as_rosa.post(reverse("outreach:notice-off", args=[rule.pk]), {"appointment": appointment.pk}).status_code == 403
    )


def test_outsider_sees_nothing(as_omar, clinic, pia, in_two_days):
    rule = make_rule(clinic=clinic)
    appointment = in_two_days(pia)

    assert "皮亚" not in page(as_omar)
    assert as_omar.get(reverse("outreach:rule", args=[rule.pk])).status_code == 404
    assert (
        as_omar.post(reverse("outreach:notice-off", args=[rule.pk]), {"appointment": appointment.pk}).status_code == 404
    )


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_queries(as_mona, clinic, in_two_days, count, django_assert_max_num_queries):
    make_rule(clinic=clinic)
    for number in range(count):
        in_two_days(
            make_patient(clinic=clinic, file_number=f"B{number}", name="李雷", phone=f"1380000{number:04d}"),
            30 * number,
        )
    page(as_mona)

    with django_assert_max_num_queries(24):
        page(as_mona)


RULE = {
    "name_zh": "三天前", "name_en": "Three days before", "moment": "days_before", "amount": "3", "at_time": "17:00",
    "channels": ["sms", "call"], "text_zh": "{patient}，{day}见", "text_en": "{patient}, see you {day}", "is_active": "on",
}  # fmt: skip


def test_rule_is_added_shown_and_changed(as_mona, clinic, cleaning):
    preview = as_mona.post(reverse("outreach:rule-new"), {**RULE, "preview": "1"}).content.decode()
    added = as_mona.post(reverse("outreach:rule-new"), {**RULE, "procedures": [cleaning.code]})
    rule = ReminderRule.objects.get()
    changed = as_mona.post(
        reverse("outreach:rule", args=[rule.pk]), {**RULE, "amount": "2", "text_zh": "{patient}新", "version": 1}
    )
    late = as_mona.post(reverse("outreach:rule", args=[rule.pk]), {**RULE, "version": 1})

    assert "王小明，明天（" in preview
    assert (added.status_code, changed.status_code, late.status_code) == (303, 303, 422)
    assert rule.procedures == [cleaning.code]
    rule.refresh_from_db()
    assert (rule.amount, rule.procedures, rule.version) == (2, [], 2)
    assert MessageTemplate.objects.get(key=rule.template_key, language="zh-hans").body == "{patient}新"
    assert "三天前" in as_mona.get(reverse("outreach:rules")).content.decode()
    assert "{patient}新" in as_mona.get(reverse("outreach:rule", args=[rule.pk])).content.decode()


@pytest.mark.parametrize(
    ("over", "said"), [({"amount": "99"}, "30"), ({"text_zh": "{nonsense}"}, "nonsense"), ({"channels": []}, "")]
)
def test_wrong_rule_is_explained_and_kept(as_mona, clinic, over, said):
    answer = as_mona.post(reverse("outreach:rule-new"), {**RULE, **over})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "三天前" in answer.content.decode()
    assert ReminderRule.objects.count() == 0


def test_shipped_rules_are_loaded_once(clinic, at):
    assert load_reminder_rules(clinic=clinic, at=at) == 6
    assert load_reminder_rules(clinic=clinic, at=at) == 0


def test_quiet_hours_page(as_rosa, clinic, mona, client):
    url = reverse("messaging:sending-rules")
    values = {"quiet_from": "20:00", "quiet_until": "09:00", "public_address": "https://desk.example.cn/", "version": 1}

    assert as_rosa.get(url).status_code == 403
    client.force_login(mona)
    assert client.get(url).status_code == 200
    assert client.post(url, {**values, "public_address": "javascript:alert(1)"}).status_code == 422
    assert client.post(url, values).status_code == 303
    assert client.post(url, values).status_code == 422
    rules = SendingRules.objects.get(clinic=clinic)
    assert (rules.quiet_from.hour, rules.is_sent_on_closed_days, rules.public_address) == (
        20,
        False,
        "https://desk.example.cn",
    )
