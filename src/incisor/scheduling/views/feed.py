"""What the calendar loads and follows: the cards, gaps, blocks and holds between two days, as lean JSON."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.clinics.enums import Specialty
from incisor.kernel import live
from incisor.kernel.clock import day_bounds, local, now
from incisor.kernel.fields import as_uuid
from incisor.kernel.spans import Span, minute_of, moment_of
from incisor.patients.queries import shown_name
from incisor.scheduling import queries
from incisor.scheduling.enums import FREED, AppointmentStatus, BlockKind, PatientAnswer
from incisor.scheduling.forms import day_from
from incisor.scheduling.models import Hold
from incisor.scheduling.rules import MOVABLE, CardFilter, gaps
from incisor.scheduling.views.frame import columns_of, wanted_of
from incisor.staff.queries import dentists as dentists_of

MOST_DAYS = 14
_NOBODY = uuid.UUID(int=0)  # stands in an address where the calendar puts an id
KINDS = [one.value for one in Specialty]


def _wall_of(minute: int, zone: str) -> str:
    return local(moment_of(minute), zone).isoformat()[:16]


@page(Permission.APPOINTMENT_SEE)
@require_GET
def calendar_events(request: HttpRequest) -> HttpResponse:
    """Return what stands on the calendar between two days, as JSON in the clinic's wall-clock time."""
    clinic, at = request.clinic, now()
    today = queries.day_of(clinic, at)
    first = day_from(request.GET.get("start", "")[:10], today)
    end = day_from(request.GET.get("end", "")[:10], first + timedelta(days=1))
    last = min(max(end - timedelta(days=1), first), first + timedelta(days=MOST_DAYS - 1))
    by = "chair" if request.GET.get("by") == "chair" else "dentist"
    chosen = as_uuid(request.GET.get("one", ""))
    wanted = wanted_of(request)
    columns = [row for row in columns_of(clinic, by, wanted) if chosen is None or row.pk == chosen]
    bounds = day_bounds(first, clinic.zone, days=(last - first).days + 1)
    may_book = may(request.user, Permission.APPOINTMENT_BOOK, clinic.pk)  # type: ignore[arg-type]
    places = {row.pk: number for number, row in enumerate(columns)}
    look = queries.look_of(request.user)  # type: ignore[arg-type]
    cards = queries.cards_between(clinic, *bounds, with_freed=look.shows_freed or bool(wanted.status & FREED))
    if chosen is None and not wanted.dentist and not wanted.specialty:
        for one in cards:  # somebody who no longer works here still has patients today
            places.setdefault(one.chair_id if by == "chair" else one.dentist_id, len(places))
    shaded = queries.shading(clinic, first, last, **{f"{by}s": columns})
    drawn = [(one, key) for one in cards if (key := one.chair_id if by == "chair" else one.dentist_id) in places]
    blocks = [
        (one, key)
        for one in queries.blocks_between(clinic, *bounds)
        for key in _whose(one, by, places)
        if key in places
    ]
    holds = [
        (one, key) for one in queries.open_holds(clinic, *bounds, at=at) if (key := getattr(one, f"{by}_id")) in places
    ]
    specialties = {row.pk: row.specialties for row in dentists_of(clinic)} if wanted.specialty else {}
    answer = {
        "version": live.version(clinic.pk, "day"),
        "columns": [str(key) for key in places],
        "words": {value: str(label) for value, label in AppointmentStatus.choices},
        "kinds": KINDS,
        "urls": {
            "open": reverse("scheduling:appointment", args=[_NOBODY]),
            "move": reverse("scheduling:appointment-move", args=[_NOBODY]),
            "block": reverse("scheduling:block", args=[_NOBODY]),
            "nobody": str(_NOBODY),
        },
        "blocked": _("Blocked"),
        "held": _("Kept free"),
        "free": pgettext("time on the calendar", "free"),
        "off": [
            [places[key], _wall_of(start, clinic.zone), _wall_of(end, clinic.zone)]
            for key, spans in shaded.items()
            for start, end in spans
        ],
        "gaps": _gaps(
            columns, places, shaded, [*_spans(drawn), *_marks(blocks), *_marks(holds)], bounds, at, clinic.zone
        )
        if may_book
        else [],
        "cards": [
            _card(one, places[key], clinic.zone, by, may_book, wanted, specialties.get(one.dentist_id, ()))
            for one, key in drawn
        ],
        "blocks": [_block(one, places[key], clinic.zone) for one, key in blocks],
        "holds": [_hold(one, places[key], clinic.zone) for one, key in holds],
    }
    if holds:  # nobody tells when a hold runs out: the calendar asks again by itself
        answer["again"] = max(int((min(one.expires_at for one, _key in holds) - at).total_seconds()) + 1, 1)
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _whose(block: queries.Blocked, by: str, places: dict[Any, int]) -> Iterable[Any]:
    """The columns in which a block stands: a chair's in its chair's, one without name in every dentist's."""
    if by == "chair":
        return [block.chair_id]
    if block.dentist_id is None and block.chair_id is None:
        return list(places)
    return [block.dentist_id]


def _spans(drawn: Iterable[tuple[queries.Card, Any]]) -> Iterable[tuple[Any, Span]]:
    return ((key, (one.blocked_from, one.blocked_until)) for one, key in drawn if one.status not in FREED)


def _marks(rows: Iterable[tuple[Any, Any]]) -> Iterable[tuple[Any, Span]]:
    return ((key, (minute_of(one.starts_at), minute_of(one.ends_at))) for one, key in rows)


def _gaps(
    columns: list[Any],
    places: dict[Any, int],
    shaded: dict[Any, list[Span]],
    spans: list[tuple[Any, Span]],
    bounds: tuple[datetime, datetime],
    at: datetime,
    zone: str,
) -> list[list[Any]]:
    """Where something can still be booked, for those who go through the calendar by keyboard."""
    taken: dict[Any, list[Span]] = defaultdict(list)
    for key, span in spans:
        taken[key].append(span)
    whole = [(minute_of(bounds[0]), minute_of(bounds[1]))]
    return [
        [places[row.pk], _wall_of(start, zone), _wall_of(end, zone), end - start]
        for row in columns
        for start, end in gaps(whole, off=shaded.get(row.pk, ()), taken=taken[row.pk], now=minute_of(at))
    ]


def _mark(one: Any, column: int, zone: str, title: str) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "column": column,
        "start": _wall_of(minute_of(one.starts_at), zone),
        "end": _wall_of(minute_of(one.ends_at), zone),
        "title": title,
    }


def _block(one: queries.Blocked, column: int, zone: str) -> dict[str, Any]:
    drawn = _mark(one, column, zone, one.reason or str(BlockKind(one.kind).label)) | {"kind": one.kind}
    if one.rule_id is not None:
        drawn["rule"] = str(one.pk)
        drawn["id"] = f"{one.pk}-{drawn['start']}"
    return drawn


def _hold(one: Hold, column: int, zone: str) -> dict[str, Any]:
    whom = shown_name(one.patient) if one.patient is not None else one.label
    return _mark(one, column, zone, " · ".join(filter(None, [one.created_by.name, whom])))


# What the patient said, behind the name.
SAID: dict[str, str] = {PatientAnswer.CONFIRMED: " ✓", PatientAnswer.OTHER_TIME: " ↻", PatientAnswer.CANCEL: " ✕"}


def _card(
    one: queries.Card, column: int, zone: str, by: str, may_book: bool, wanted: CardFilter, specialties: Any
) -> dict[str, Any]:
    """What calendar-feed.ts draws a card from. What is seldom true is only told when it is."""
    card: dict[str, Any] = {
        "id": str(one.pk),
        "column": column,
        "start": _wall_of(one.start, zone),
        "end": _wall_of(one.end, zone),
        "minutes": one.end - one.start,
        "title": one.patient + SAID.get(one.answer, ""),
        "status": one.status,
        "version": one.version,
        "treatment": one.treatment,
        "who": one.chair if by == "dentist" else one.dentist,
    }
    if one.kind:
        card["kind"] = KINDS.index(one.kind)
    if one.busy:
        card["busy"] = one.busy
    if may_book and one.status in MOVABLE:
        card["movable"] = True
    if one.overbook_reason:
        card["over"] = True
    if one.is_allergic:
        card["alert"] = True
    if not wanted.is_empty and not wanted.wants(
        dentist=one.dentist_id,
        specialties=specialties,
        status=one.status,
        procedures=one.procedures,
        channel=one.channel,
    ):
        card["pale"] = True
    return card
