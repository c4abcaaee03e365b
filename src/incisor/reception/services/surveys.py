"""One question after a visit, asked by a link, answered by one touch; kept with the visit."""

from datetime import datetime, timedelta

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import events
from incisor.kernel.errors import NotFound
from incisor.messaging.enums import LinkPurpose
from incisor.messaging.models import Link
from incisor.messaging.queries import public_address
from incisor.messaging.services import enqueue, make_link, withdraw, withdraw_links
from incisor.reception import queries
from incisor.reception.events import SurveyAnswered
from incisor.reception.models import Survey
from incisor.visits.models import Visit

LASTS = timedelta(days=7)
SENT_WITHIN = timedelta(days=1)
LONGEST = 500


def ask(visit: Visit, at: datetime) -> Survey | None:
    """Put the question after this visit into the outbox, if the patient may be asked; None when not."""
    clinic, rules = visit.clinic, queries.flow_rules(visit.clinic)
    if not queries.may_be_asked(visit, at):
        return None
    survey, _made = Survey.objects.get_or_create(visit=visit, defaults={"clinic": clinic, "asked_at": at})
    if survey.answered_at is not None:
        return None
    due = at + timedelta(minutes=rules.survey_after_minutes)
    _link, path = make_link(
        clinic=clinic, purpose=LinkPurpose.SURVEY, patient=visit.patient, subject_id=survey.pk, lasts=LASTS, at=at
    )
    survey.message = enqueue(
        clinic=clinic,
        patient=visit.patient,
        template_key="visit_survey",
        key=f"survey:{visit.pk}:{at.isoformat()}",
        values={"link": public_address(clinic) + path},
        not_before=due,
        expires_at=due + SENT_WITHIN,
        at=at,
    )
    survey.asked_at, survey.withdrawn_at = at, None
    survey.save(update_fields=["message", "asked_at", "withdrawn_at"])
    return survey


def take_back(visit: Visit, at: datetime) -> None:
    """Take the question back that has not gone out: the visit goes on."""
    survey = Survey.objects.filter(visit=visit, answered_at=None, withdrawn_at=None).first()
    if survey is None:
        return
    withdraw(clinic=visit.clinic, key_prefix=f"survey:{visit.pk}:")
    withdraw_links(clinic=visit.clinic, purpose=LinkPurpose.SURVEY, subject_id=survey.pk, at=at)
    survey.withdrawn_at = at
    survey.save(update_fields=["withdrawn_at"])


@action(Permission.RECEPTION_WORK)
def answer_survey(*, by: User, link: Link, score: int, words: str, at: datetime) -> Survey:
    """Keep the patient's answer; a second one takes the place of the first. Publishes SurveyAnswered. Raises NotFound."""
    survey = Survey.objects.select_for_update().filter(pk=link.subject_id, clinic=link.clinic).first()
    if survey is None or survey.withdrawn_at is not None or not 1 <= score <= 4:
        raise NotFound()
    is_first = survey.answered_at is None
    survey.score, survey.words, survey.answered_at = score, words.strip()[:LONGEST], at
    survey.save(update_fields=["score", "words", "answered_at"])
    patient_id = Visit.objects.values_list("patient_id", flat=True).get(pk=survey.visit_id)
    record("survey.answered", subject=survey, patient_id=patient_id, after={"score": score, "has_words": bool(words)})
    if is_first:
        events.publish(
            SurveyAnswered(
                clinic_id=link.clinic_id,
                survey_id=survey.pk,
                visit_id=survey.visit_id,
                patient_id=patient_id,
                score=score,
                at=at,
            )
        )
    return survey
