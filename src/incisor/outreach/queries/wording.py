"""The text of messages as they would go out, for the page that shows them beforehand."""

from collections.abc import Mapping, Sequence

from incisor.clinics.models import Clinic
from incisor.kernel.clock import local
from incisor.messaging.models import MessageTemplate
from incisor.messaging.queries import public_address, templates
from incisor.messaging.rules import fill, without_link
from incisor.outreach.queries.planning import Message
from incisor.outreach.rules.words import FAMILY_KEY, Told, values_for

LINK_SIGN = "🔗"


def texts_of_messages(clinic: Clinic, messages: Sequence[Message]) -> list[str]:
    """Return the words of each message, empty when they are switched off; the link is a sign, for it is made with sending.

    Two queries, however many messages.
    """
    words = {(one.key, one.language): one for one in templates(clinic) if one.is_active}
    has_link = bool(public_address(clinic))
    return [_text(clinic, one, words, has_link) for one in messages]


def _text(clinic: Clinic, message: Message, words: Mapping[tuple[str, str], MessageTemplate], has_link: bool) -> str:
    language = "zh-hans" if message.rows[0].language == "zh-hans" else "en"
    keys = [message.rule.template_key] if len(message.rows) == 1 else [FAMILY_KEY, message.rule.template_key]
    found = next((words[key, one] for key in keys for one in (language, "zh-hans") if (key, one) in words), None)
    if found is None:
        return ""
    is_chinese = found.language != "en"
    told = [
        Told(patient=row.patient, dentist=row.dentist, wall=local(row.starts_at, clinic.zone)) for row in message.rows
    ]
    values = values_for(told, sent_on=local(message.send_at, clinic.zone).date(), is_chinese=is_chinese)
    name = clinic.name if is_chinese else clinic.name_en or clinic.name
    body = found.body
    return fill(
        body if has_link else without_link(body),
        {**values, "clinic": name, "phone": clinic.phone, "link": LINK_SIGN},
    )
