"""Notes of calls, and who can be given one."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from incisor.accounts.access import may, remember_grants
from incisor.accounts.enums import Permission
from incisor.accounts.models import Grant, User
from incisor.clinics.models import Clinic
from incisor.enquiries.enums import NoteStatus
from incisor.enquiries.models import CallNote
from incisor.enquiries.rules import Person
from incisor.kernel.clock import local
from incisor.kernel.errors import NotFound
from incisor.kernel.fields import as_uuid
from incisor.kernel.hooks import Due
from incisor.patients.models import Patient
from incisor.patients.queries import is_covered, shown_name
from incisor.patients.rules import pinyin_of

LIST_LIMIT = 100


def open_notes(clinic: Clinic, *, mine: User | None = None, limit: int = LIST_LIMIT) -> list[CallNote]:
    """Return what is still to be done, by due time. mine: what this person is to do or was asked first."""
    found = CallNote.objects.filter(clinic=clinic, status=NoteStatus.OPEN, undone_at=None)
    if mine is not None:
        found = found.filter(Q(owner=mine) | Q(first_asked=mine))
    return list(found.select_related("owner", "first_asked", "patient", "call").order_by("due_at", "pk")[:limit])


def settled_notes(clinic: Clinic, *, since: datetime) -> list[CallNote]:
    """Return what was settled or only written down since then, newest first."""
    found = CallNote.objects.filter(clinic=clinic, status=NoteStatus.DONE, undone_at=None, created_at__gte=since)
    return list(found.select_related("owner", "first_asked", "patient").order_by("-created_at", "-pk")[:LIST_LIMIT])


def note_counts(clinic: Clinic, *, user: User, at: datetime) -> dict[str, int]:
    """Return how many notes are open: all, mine, overdue."""
    found = CallNote.objects.filter(clinic=clinic, status=NoteStatus.OPEN, undone_at=None)
    return found.aggregate(
        all=Count("pk"),
        mine=Count("pk", filter=Q(owner=user) | Q(first_asked=user)),
        overdue=Count("pk", filter=Q(due_at__lt=at)),
    )


def note(clinic: Clinic, note_id: Any) -> CallNote:
    """Return a note of the clinic. Raises NotFound."""
    found = CallNote.objects.filter(clinic=clinic, pk=as_uuid(note_id))
    row = found.select_related("owner", "first_asked", "patient", "call", "clinic").first()
    if row is None:
        raise NotFound()
    return row


def notes_of_patient(clinic: Clinic, patient: Patient, *, limit: int = 30) -> list[CallNote]:
    """Return what this patient called about, newest first."""
    found = CallNote.objects.filter(clinic=clinic, patient=patient, undone_at=None)
    return list(found.select_related("owner", "first_asked").order_by("-created_at", "-pk")[:limit])


def colleagues(clinic: Clinic) -> list[tuple[User, Person]]:
    """Return everybody who can be given a note, with the keys by which a line names them."""
    held = Grant.objects.filter(Q(clinic_id=clinic.pk) | Q(clinic_id=None)).values("user")
    people = User.objects.filter(pk__in=held, is_active=True, is_system=False).prefetch_related("grants__role")
    found = list(people.order_by("name", "pk"))
    for one in found:  # read with the people: nobody's roles are asked for once more
        remember_grants(one, [(grant.clinic_id, grant.role.permissions) for grant in one.grants.all()])
    return [(one, Person(one.pk, _keys(one))) for one in found if may(one, Permission.DESK_USE, clinic.pk)]


def _keys(user: User) -> frozenset[str]:
    sound = pinyin_of(user.name).lower().split()
    return frozenset({user.name.lower(), user.username, "".join(sound), "".join(part[0] for part in sound)} - {""})


DUE_SHOWN = 3


def _words_of(note: CallNote) -> str:
    """The beginning of what was said; nothing of somebody whose file is hidden."""
    return "" if note.patient is not None and is_covered(note.patient) else note.text[:40]


def notes_due(clinic: Clinic, user: Any, at: datetime) -> tuple[int, list[Due]]:
    """Return how many promises of the person towards callers are open, and those that are due first."""
    count = note_counts(clinic, user=user, at=at)["mine"]
    rows = open_notes(clinic, mine=user, limit=DUE_SHOWN) if count else []
    return count, [
        Due(
            label=shown_name(row.patient) if row.patient else row.caller_name or str(row.get_matter_display()),
            line=" · ".join(
                filter(None, (f"{local(row.due_at, clinic.zone):%m-%d %H:%M}" if row.due_at else "", _words_of(row)))
            ),
            url=reverse("enquiries:note", args=[row.pk]),
            is_over=row.due_at is not None and row.due_at < at,
        )
        for row in rows
    ]
