"""The signed copy as PDF, A4, in the language in which it was signed, set by typst with the fonts that the product brings."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

import incisor.kernel
from incisor.forms import queries
from incisor.forms.enums import FieldKind, Guardian, Mark, Signer
from incisor.forms.models import FilledForm, Signature
from incisor.forms.rules import applies, fields_of, in_groups, in_words, svg_of, text_of
from incisor.kernel.clock import local
from incisor.kernel.errors import Refused

FONTS = Path(incisor.kernel.__file__).parent / "fonts"


class FontsMissing(Refused):
    """The fonts were not built, and without them Chinese would be empty boxes."""

    code = "fonts_missing"
    status = 503


def copy_pdf(filled: FilledForm, signatures: list[Signature]) -> bytes:
    """Return the signed copy as PDF. Raises FontsMissing."""
    if not list(FONTS.glob("*.ttf")):
        raise FontsMissing(_("The copy cannot be set: the fonts are missing. Build the front end, then try again."))
    with translation.override(filled.language):
        content = json.dumps(copy_content(filled, signatures), ensure_ascii=False)
    template = resources.files("incisor.forms").joinpath("typst/signed_form.typ").read_bytes()
    made: bytes = typst.compile(  # type: ignore[misc]  # its stub cannot tell the kind of input
        template, font_paths=[str(FONTS)], ignore_system_fonts=True, sys_inputs={"form": content}
    )
    return made


def copy_content(filled: FilledForm, signatures: list[Signature]) -> dict[str, Any]:
    """Return everything that the copy says, as text in the present language."""
    clinic, version, language = filled.clinic, filled.form_version, filled.language
    is_chinese = language.startswith("zh")
    labels = {one["key"]: text_of(one, "label", language) for one in fields_of(version.content)}
    signed_at = local(filled.signed_at, clinic.zone)  # type: ignore[arg-type]  # a copy is made of what is signed
    return {
        "lang": "zh" if is_chinese else "en",
        "clinic": {
            "name": clinic.name if is_chinese else clinic.name_en or clinic.name,
            "address": clinic.address,
            "phone": clinic.phone,
        },
        "title": version.title(language),
        "facts": _facts(filled, language),
        "sections": _sections(filled, language),
        "signatures": [_signature(one, clinic.zone, labels.get(one.field_key, "")) for one in signatures],
        "seal": {
            "number": filled.number,
            "time": f"{signed_at:%Y-%m-%d %H:%M:%S %Z}",
            "place": filled.place,
            "version": str(version.number),
            "hash": in_groups(filled.digest),
        },
        "words": _words(),
    }


def _facts(filled: FilledForm, language: str) -> list[list[str]]:
    patient = filled.patient
    facts = [
        (_("Patient"), patient.name),
        (_("File number"), patient.file_number),
        (_("Sex"), patient.get_sex_display() if patient.sex != "unknown" else ""),
        (_("Birth date"), patient.born_on.isoformat() if patient.born_on else ""),
    ]
    if filled.procedure:
        is_chinese = language.startswith("zh")
        facts.append((_("Procedure"), filled.procedure.name_zh if is_chinese else filled.procedure.name_en))
    return [[str(name), str(value)] for name, value in facts if value]


def _sections(filled: FilledForm, language: str) -> list[dict[str, Any]]:
    answers = queries.answers_of(filled)
    masked = queries.masked_file(filled.patient)
    asked = queries.asked_of(filled.patient, filled.signed_on)  # type: ignore[arg-type]  # same
    found = []
    for section in filled.form_version.content["sections"]:
        items = []
        for field in section["fields"]:
            if field["kind"] == FieldKind.SIGNATURE or not applies(field, asked):
                continue
            value = in_words(field, answers.get(field["key"]), language)
            if not value and field["source"] in masked:
                value = _("%(value)s (as on file)") % {"value": masked[field["source"]]}
            items.append({"kind": field["kind"], "label": text_of(field, "label", language), "value": value})
        if items:
            found.append({"title": text_of(section, "title", language), "items": items})
    return found


def _signature(one: Signature, zone: str, label: str) -> dict[str, str]:
    relation = f" ({Guardian(one.relation).label})" if one.relation else ""
    return {
        "who": f"{label or Signer(one.signer).label}{relation}",
        "name": one.name,
        "time": f"{local(one.at, zone):%Y-%m-%d %H:%M:%S}",
        "svg": svg_of(json.loads(one.strokes)) if one.mark == Mark.DRAWN else "",
        "note": _("Name typed; witness: %(name)s") % {"name": one.witness.name} if one.witness else "",
    }


def _words() -> dict[str, str]:
    return {
        "number": _("Copy no."),
        "time": _("Signed at"),
        "place": pgettext("signed copy", "Place"),
        "version": _("Version of the form"),
        "hash": "SHA-256",
        "none": "—",
        "signatures": pgettext("signed copy", "Signatures"),
        "seal": _(
            "The hash covers the words of the form, the answers, the signatures, time and place. The clinic can recompute "
            "it at any time."
        ),
    }
