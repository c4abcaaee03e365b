"""Decisions about forms on plain values: what may stand in one, what was answered, signed, is missing, is offered."""

from incisor.forms.rules.answers import Answers, in_words, is_empty, mistakes, read_answers, wanted_signers
from incisor.forms.rules.content import (
    Asked,
    Content,
    Fault,
    Field,
    applies,
    empty_content,
    faults_of,
    fields_of,
    signers_of,
    text_of,
)
from incisor.forms.rules.needs import Known, Need, Rule, age_on, missing, months_before, needs_guardian
from incisor.forms.rules.offers import Offer, answers_from_file, offers_of
from incisor.forms.rules.sealing import canonical, digest_of, digest_of_bytes, in_groups, moment_text
from incisor.forms.rules.strokes import Given, NotASignature, drawn, read_signatures, svg_of

__all__ = [
    "Answers",
    "Asked",
    "Content",
    "Fault",
    "Field",
    "Given",
    "Known",
    "Need",
    "NotASignature",
    "Offer",
    "Rule",
    "age_on",
    "answers_from_file",
    "applies",
    "canonical",
    "digest_of",
    "digest_of_bytes",
    "drawn",
    "empty_content",
    "faults_of",
    "fields_of",
    "in_groups",
    "in_words",
    "is_empty",
    "missing",
    "mistakes",
    "moment_text",
    "months_before",
    "needs_guardian",
    "offers_of",
    "read_answers",
    "read_signatures",
    "signers_of",
    "svg_of",
    "text_of",
    "wanted_signers",
]
