"""Forms given to the patient to fill in alone: on the clinic's tablet, or by a link on the own phone."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic, Procedure
from incisor.forms import queries
from incisor.forms.enums import FilledStatus, Way
from incisor.forms.models import FilledForm, FormDesign, Handout
from incisor.forms.services.filling import begin_form
from incisor.kernel import clock, live
from incisor.kernel.errors import Refused
from incisor.messaging import services as messaging
from incisor.messaging.enums import LinkPurpose
from incisor.patients.models import Patient

TOKEN_BYTES = 24
MOST_FORMS = 12


class NothingChosen(Refused):
    """No form was chosen to be given."""

    code = "no_form_chosen"


class NoPhone(Refused):
    """The patient's file has no phone to send the link to."""

    code = "patient_has_no_phone"


def _chosen(designs: Sequence[FormDesign]) -> Sequence[FormDesign]:
    if not designs:
        raise NothingChosen(_("Choose at least one form."))
    return designs[:MOST_FORMS]


def _fill(
    handout: Handout, designs: Sequence[FormDesign], procedure: Procedure | None, *, by: User, at: datetime
) -> list[FilledForm]:
    begun = []
    for design in designs:
        is_for = procedure is not None and procedure.pk in _procedures_of(design)
        begun.append(
            begin_form(
                by=by, clinic=handout.clinic, patient=handout.patient, design=design, handout=handout,
                procedure=procedure if is_for else None, at=at,
            )
        )  # fmt: skip
    return begun


def _procedures_of(design: FormDesign) -> set[object]:
    return {one.procedure_id for one in design.for_procedures.all()}


@action(Permission.FORM_FILL)
def hand_out_tablet(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    designs: Sequence[FormDesign],
    language: str,
    at: datetime,
    procedure: Procedure | None = None,
) -> tuple[Handout, str]:
    """Give forms to the patient on a tablet; returns the handout and its token, which is known only now.

    Raises NothingChosen, NotPublished.
    """
    chosen, token = _chosen(designs), secrets.token_urlsafe(TOKEN_BYTES)
    minutes = queries.policy(clinic).tablet_minutes
    handout = Handout.objects.create(
        clinic=clinic,
        patient=patient,
        way=Way.TABLET,
        token_hash=queries.token_hash(token),
        language="en" if language == "en" else "zh-hans",
        expires_at=at + timedelta(minutes=minutes),
        by=by,
        at=at,
    )
    _fill(handout, chosen, procedure, by=by, at=at)
    record("form.handed_out", subject=handout, patient_id=patient.pk, after=_told(handout, chosen))
    return handout, token


@action(Permission.FORM_FILL)
def send_link(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    designs: Sequence[FormDesign],
    address: str,
    is_sent: bool,
    at: datetime,
    procedure: Procedure | None = None,
) -> tuple[Handout, str]:
    """Give forms to the patient by a link; returns the handout and the link's path, which is known only now.

    address: the beginning of the link as patients reach the server, "https://…". is_sent: a message carries it, besides
    what the desk shows. Raises NothingChosen, NotPublished, NoPhone.
    """
    chosen = _chosen(designs)
    if not patient.phone:
        raise NoPhone(
            _("The link is opened with the last four digits of the phone, and the file has none. Add it first.")
        )
    lasts = timedelta(hours=queries.policy(clinic).link_hours)
    handout = Handout.objects.create(
        clinic=clinic,
        patient=patient,
        way=Way.LINK,
        language="en" if patient.language == "en" else "zh-hans",
        expires_at=at + lasts,
        by=by,
        at=at,
    )
    _fill(handout, chosen, procedure, by=by, at=at)
    _link, path = messaging.make_link(
        clinic=clinic, purpose=LinkPurpose.FORM, patient=patient, subject_id=handout.pk, lasts=lasts, at=at
    )
    if is_sent:
        until = clock.local(handout.expires_at, clinic.zone)
        messaging.enqueue(
            clinic=clinic,
            patient=patient,
            template_key="forms_link",
            key=f"forms:{handout.pk}",
            values={"link": f"{address.rstrip('/')}{path}", "until": f"{until:%m-%d %H:%M}"},
            expires_at=handout.expires_at,
            at=at,
        )
    record("form.handed_out", subject=handout, patient_id=patient.pk, after=_told(handout, chosen))
    return handout, path


def _told(handout: Handout, designs: Sequence[FormDesign]) -> dict[str, object]:
    return {"way": handout.way, "forms": [one.key for one in designs]}


@action(Permission.FORM_FILL)
def end_handout(*, by: User, handout: Handout, at: datetime) -> None:
    """Let a tablet or a link open the forms no more. What was typed stays as a draft at the desk."""
    if not Handout.objects.filter(pk=handout.pk, ended_at=None).update(ended_at=at):
        return
    if handout.way == Way.LINK:
        messaging.withdraw_links(clinic=handout.clinic, purpose=LinkPurpose.FORM, subject_id=handout.pk, at=at)
        messaging.withdraw(clinic=handout.clinic, key_prefix=f"forms:{handout.pk}")
    FilledForm.objects.filter(handout=handout, status=FilledStatus.OPEN).update(way=Way.DESK)
    record("form.handout_ended", subject=handout, patient_id=handout.patient_id, after={"way": handout.way})
    live.touch(handout.clinic_id, "day")


@action(Permission.FORM_FILL)
def speak(*, by: User, handout: Handout, language: str, at: datetime) -> None:
    """Show the forms of a handout in another language."""
    Handout.objects.filter(pk=handout.pk).update(language="en" if language == "en" else "zh-hans")
