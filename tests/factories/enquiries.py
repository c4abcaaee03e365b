"""Calls, notes, enquiries and answers for tests."""

from datetime import timedelta

from incisor.enquiries.models import Answer, CallNote, Lead, PhoneCall
from incisor.enquiries.queries import number_index
from incisor.kernel.clock import now


def make_call(*, clinic, number="13800002222", state="ringing", **over):
    values = {"began_at": now(), "number_index": number_index(number), **over}
    return PhoneCall.objects.create(clinic=clinic, number=number, state=state, **values)


def make_note(*, clinic, by, text="想改到下周", **over):
    at = over.pop("at", now())
    values = {
        "owner": by,
        "first_asked": by,
        "due_at": at + timedelta(hours=1),
        "status": "open",
        "created_at": at,
        **over,
    }
    return CallNote.objects.create(clinic=clinic, text=text, **values)


def make_lead(*, clinic, by, name="林小姐", number="13900003333", **over):
    values = {"wanted": "种植牙", "source": "phone", "consultant": by, "created_by": by, "created_at": now(), **over}
    return Lead.objects.create(clinic=clinic, name=name, number=number, number_index=number_index(number), **values)


def make_answer(*, clinic, title_zh="洗牙会伤牙齿吗？", **over):
    values = {
        "kind": "faq", "situation": "treatment", "title_en": "Does cleaning harm the teeth?", "text_zh": "不会。",
        "text_en": "No.", **over,
    }  # fmt: skip
    return Answer.objects.create(clinic=clinic, title_zh=title_zh, **values)
