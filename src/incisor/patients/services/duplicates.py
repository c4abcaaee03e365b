"""Finding files of one person at night, and deciding about them by day (PAT-7)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel.errors import ChangedMeanwhile
from incisor.patients import queries
from incisor.patients.enums import PairStatus
from incisor.patients.models import DuplicatePair, DuplicateScan
from incisor.patients.queries.duplicates import Facts, FoundPair

PORTION = 500
OVERLAP = timedelta(hours=1)  # a file is written some moments after the time it bears


class DecidedMeanwhile(ChangedMeanwhile):
    """Somebody else decided about the pair first."""

    code = "decided_meanwhile"


@action(Permission.PATIENT_MERGE)
def search_duplicates(*, by: User, clinic: Clinic, at: datetime) -> int:
    """Look at the next portion of files that are new or changed; returns how many, 0 when the search has caught up.

    Each portion is a transaction of its own, so that a kill loses a portion at most and the next run goes on."""
    scan, is_first = DuplicateScan.objects.select_for_update().get_or_create(clinic=clinic)
    if is_first or scan.changed_at is None:
        scan.changed_at = at  # the first search reads every file as it is: only later changes are news
    files = queries.unchecked_files(clinic, scan, limit=PORTION)
    if files:
        _note_pairs(clinic, files, at)
        last = files[-1]
        is_last = len(files) < PORTION
        scan.created_at = min(last.created_at, at - OVERLAP) if is_last else last.created_at
        scan.created_id = None if is_last and last.created_at > at - OVERLAP else last.pk
    changed, done = queries.changed_files(clinic, scan.changed_at, at, limit=PORTION)
    _note_pairs(clinic, changed, at)
    scan.changed_at = done
    count = len(files) + len(changed)
    scan.checked_count += count
    is_over = len(files) < PORTION and done >= at
    if is_over:
        scan.finished_at = at
    scan.save()
    return 0 if is_over else count


def _note_pairs(clinic: Clinic, files: list[Facts], at: datetime) -> None:
    """Write the pairs of these files into the worklist; open ones that are no longer alike go, decided ones stay."""
    if not files:
        return
    found = {(pair.one, pair.other): pair for pair in queries.likely_pairs(clinic, files)}
    ids = [one.pk for one in files]
    for pair in DuplicatePair.objects.filter(Q(one__in=ids) | Q(other__in=ids)):
        again = found.pop((pair.one_id, pair.other_id), None)
        if pair.status != PairStatus.OPEN:
            continue
        if again is None:
            pair.delete()
        elif (pair.score, pair.reasons) != (again.likeness.score, list(again.likeness.signs)):
            pair.score, pair.reasons = again.likeness.score, list(again.likeness.signs)
            pair.save(update_fields=["score", "reasons"])
    _write(clinic, found.values(), at)


def _write(clinic: Clinic, pairs: Iterable[FoundPair], at: datetime) -> None:
    DuplicatePair.objects.bulk_create(
        (
            DuplicatePair(
                clinic=clinic,
                one_id=pair.one,
                other_id=pair.other,
                score=pair.likeness.score,
                reasons=list(pair.likeness.signs),
                found_at=at,
            )
            for pair in pairs
        ),
        ignore_conflicts=True,
    )


@action(Permission.PATIENT_MERGE)
def call_different(*, by: User, pair: DuplicatePair, at: datetime) -> None:
    """Note that the two files are of different people: they are never shown again. Raises DecidedMeanwhile."""
    _decide(by, pair, PairStatus.OPEN, PairStatus.DIFFERENT, at)


@action(Permission.PATIENT_MERGE)
def reopen_pair(*, by: User, pair: DuplicatePair, at: datetime) -> None:
    """Take back that the two are different people. Raises DecidedMeanwhile."""
    _decide(by, pair, PairStatus.DIFFERENT, PairStatus.OPEN, at)


def _decide(by: User, pair: DuplicatePair, before: str, after: str, at: datetime) -> None:
    is_open = after == PairStatus.OPEN
    decided = {"decided_by": None if is_open else by, "decided_at": None if is_open else at}
    if not DuplicatePair.objects.filter(pk=pair.pk, status=before).update(status=after, **decided):
        raise DecidedMeanwhile(_("Somebody decided about these two meanwhile. Look at the list again."))
    for patient_id in (pair.one_id, pair.other_id):
        record(
            "patient.pair_decided", subject=pair, patient_id=patient_id, before={"pair": before}, after={"pair": after}
        )
