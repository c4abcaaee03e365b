"""Aftercare sheets: chosen at the chair, printed or sent, and their words."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.enums import AftercareKey
from incisor.clinics.models import Clinic
from incisor.kernel import live
from incisor.kernel.edits import change, locked
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.queries import public_address
from incisor.messaging.services import enqueue, make_link
from incisor.patients.queries import shown_name
from incisor.reception import queries
from incisor.reception.enums import OWN_SHEET
from incisor.reception.models import AftercareGiven, AftercareText
from incisor.reception.rules.sheets import LONGEST_BODY, LONGEST_TITLE
from incisor.visits.models import Visit

CHAIR_OR_DESK = (Permission.RECEPTION_WORK, Permission.MONEY_TAKE)
LINK_LASTS = timedelta(days=30)
SENT_WITHIN = timedelta(days=2)


class NoSheet(Refused):
    """The visit has no aftercare sheet."""

    code = "no_sheet"


class CannotSend(Refused):
    """No message with a link reaches the patient."""

    code = "cannot_send"


class SheetWordsWrong(Refused):
    """The words of a sheet cannot be used."""

    code = "sheet_words_wrong"
    status = 422


@action(Permission.CHAIR_WORK, or_else=CHAIR_OR_DESK)
def choose_sheets(*, by: User, visit: Visit, keys: Collection[str], own_words: str, at: datetime) -> None:
    """Say which sheets the patient takes home, and words for this patient alone. What is not named is taken off."""
    Visit.objects.select_for_update(no_key=True, of=("self",)).filter(pk=visit.pk).first()
    wanted = {key for key in keys if key in AftercareKey.values}
    rows = {row.key: row for row in AftercareGiven.objects.filter(visit=visit)}
    proposed = {key for key, _row in queries.sheets_of_visits([visit])[visit.pk]}
    words = own_words.strip()[:LONGEST_BODY]
    before = sorted(proposed)
    for key in sorted(wanted | proposed | set(rows) - {OWN_SHEET}):
        if key == OWN_SHEET:
            continue
        row = rows.get(key)
        if row is None and key in wanted and key in proposed:
            continue  # follows from what was done: nothing to keep
        if row is None:
            dropped = None if key in wanted else at
            AftercareGiven.objects.create(
                visit=visit, clinic_id=visit.clinic_id, key=key, chosen_by=by, chosen_at=at, dropped_at=dropped
            )
        elif (row.dropped_at is None) != (key in wanted):
            row.dropped_at = None if key in wanted else at
            row.chosen_by, row.chosen_at = by, at
            row.save(update_fields=["dropped_at", "chosen_by", "chosen_at"])
    _own_words(visit, rows.get(OWN_SHEET), words, by, at)
    record(
        "visit.sheets_chosen",
        subject=visit,
        patient_id=visit.patient_id,
        before={"sheets": before},
        after={"sheets": sorted(wanted), "has_own_words": bool(words)},
    )
    live.touch(visit.clinic_id, "day")


def _own_words(visit: Visit, row: AftercareGiven | None, words: str, by: User, at: datetime) -> None:
    if row is None and words:
        AftercareGiven.objects.create(
            visit=visit, clinic_id=visit.clinic_id, key=OWN_SHEET, words=words, chosen_by=by, chosen_at=at
        )
    elif row is not None and row.words != words:
        # new words have to be given anew
        row.words, row.chosen_by, row.chosen_at = words, by, at
        row.printed_at = row.sent_at = None
        row.save(update_fields=["words", "chosen_by", "chosen_at", "printed_at", "sent_at"])


def _rows(visit: Visit, by: User, at: datetime) -> list[AftercareGiven]:
    """Return the rows of the visit's sheets, made as far as they only followed from what was done."""
    Visit.objects.select_for_update(no_key=True, of=("self",)).filter(pk=visit.pk).first()
    found = []
    for key, row in queries.sheets_of_visits([visit])[visit.pk]:
        if key == OWN_SHEET and (row is None or not row.words):
            continue
        found.append(
            row
            or AftercareGiven.objects.create(
                visit=visit, clinic_id=visit.clinic_id, key=key, chosen_by=by, chosen_at=at
            )
        )
    if not found:
        raise NoSheet(_("No sheet belongs to this visit. Choose one first."))
    return found


@action(Permission.CHAIR_WORK, or_else=CHAIR_OR_DESK)
def print_sheets(*, by: User, visit: Visit, at: datetime) -> None:
    """Note that the visit's sheets are printed. Raises NoSheet."""
    rows = _rows(visit, by, at)
    AftercareGiven.objects.filter(pk__in=[row.pk for row in rows]).update(printed_at=at)
    record(
        "visit.sheets_printed",
        subject=visit,
        patient_id=visit.patient_id,
        after={"sheets": sorted(row.key for row in rows)},
    )
    live.touch(visit.clinic_id, "day")


@action(Permission.CHAIR_WORK, or_else=CHAIR_OR_DESK)
def send_sheets(*, by: User, visit: Visit, at: datetime) -> None:
    """Send the patient a link to the visit's sheets. Raises NoSheet, CannotSend."""
    if not queries.can_send(visit.clinic, visit.patient):
        raise CannotSend(
            _("No message with a link reaches %(patient)s. Print the sheet instead.")
            % {"patient": shown_name(visit.patient)}
        )
    put_out(visit, by, at)


def put_out(visit: Visit, by: User, at: datetime) -> bool:
    """Put the message with the link into the outbox; tell whether it stands there now."""
    rows = _rows(visit, by, at)
    clinic = visit.clinic
    _link, path = make_link(
        clinic=clinic, purpose=LinkPurpose.SHEETS, patient=visit.patient, subject_id=visit.pk, lasts=LINK_LASTS, at=at
    )
    message = enqueue(
        clinic=clinic,
        patient=visit.patient,
        template_key="aftercare_sheet",
        key=f"sheets:{visit.pk}:{at.isoformat()}",
        values={"link": public_address(clinic) + path},
        expires_at=at + SENT_WITHIN,
        at=at,
    )
    if message is None:
        return False
    AftercareGiven.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=at)
    record(
        "visit.sheets_sent",
        subject=visit,
        patient_id=visit.patient_id,
        after={"sheets": sorted(row.key for row in rows)},
    )
    live.touch(visit.clinic_id, "day")
    return True


@action(Permission.CLINIC_EDIT)
def change_sheet_words(
    *, by: User, clinic: Clinic, key: str, language: str, title: str, body: str, version: int, at: datetime
) -> AftercareText:
    """Write the clinic's own words of a sheet. version: of the row that was seen, 0 for the shipped words.

    Raises SheetWordsWrong, ChangedMeanwhile.
    """
    values = {"title": " ".join(title.split()), "body": body.strip()}
    if not values["title"] or not values["body"]:
        raise SheetWordsWrong(_("A sheet needs a title and a text."))
    if len(values["title"]) > LONGEST_TITLE or len(values["body"]) > LONGEST_BODY:
        raise SheetWordsWrong(_("The sheet is too long: it should fit on one page."))
    found = AftercareText.objects.filter(clinic=clinic, key=key, language=language).first()
    if found is None:
        if version:
            raise ChangedMeanwhile(_("Somebody put the shipped words back meanwhile. Look at them, then save again."))
        shipped = queries.shipped_words(key, language)
        made = AftercareText.objects.create(clinic=clinic, key=AftercareKey(key), language=language, **values)
        record("sheet.changed", subject=made, before={"title": shipped.title, "body": shipped.body}, after=values)
        return made
    row = locked(found, version=version)
    before, after = change(row, values)
    if before != after:
        record("sheet.changed", subject=row, before=before, after=after)
    return row
