"""Answers at hand: edited by whoever keeps the clinic's words."""

from datetime import datetime
from typing import Any

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.enquiries.models import Answer
from incisor.enquiries.setup import write_shipped
from incisor.kernel.edits import change, locked


@action(Permission.ANSWER_EDIT)
def add_answer(*, by: User, clinic: Clinic, values: dict[str, Any], at: datetime) -> Answer:
    """Add an answer or a script. values: the fields of the form."""
    last = Answer.objects.filter(clinic=clinic).order_by("-position").values_list("position", flat=True).first() or 0
    answer = Answer.objects.create(clinic=clinic, position=last + 1, **values)
    record("answer.added", subject=answer, after={"title_zh": answer.title_zh})
    return answer


@action(Permission.ANSWER_EDIT)
def change_answer(*, by: User, answer: Answer, version: int, values: dict[str, Any], at: datetime) -> Answer:
    """Change an answer. Raises ChangedMeanwhile."""
    row = locked(answer, version=version)
    before, after = change(row, values)
    if before != after:
        record("answer.changed", subject=row, before=before, after=after)
    return row


@action(Permission.ANSWER_EDIT)
def hide_answer(*, by: User, answer: Answer, is_active: bool, at: datetime) -> Answer:
    """Take an answer out of the list, or bring it back."""
    row = locked(answer)
    change(row, {"is_active": is_active})
    record("answer.shown" if is_active else "answer.hidden", subject=row)
    return row


@action(Permission.ANSWER_EDIT)
def load_answers(*, by: User, clinic: Clinic, at: datetime) -> int:
    """Write the shipped answers that the clinic does not have yet, and return how many."""
    count = write_shipped(clinic)
    record("answer.loaded", subject=clinic, after={"count": count})
    return count
