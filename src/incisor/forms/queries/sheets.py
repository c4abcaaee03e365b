"""What the page of a form being filled in shows: the same at the desk, on the tablet and on the phone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from incisor.forms.enums import FieldKind, FilledStatus, Guardian, Mark, Signer, Way
from incisor.forms.models import FilledForm, Signature
from incisor.forms.queries.filled import answers_of, asked_of, day_of, masked_file, signatures_of
from incisor.forms.rules import (
    Answers,
    Field,
    Given,
    applies,
    fields_of,
    in_words,
    read_answers,
    read_signatures,
    signers_of,
    svg_of,
    text_of,
    wanted_signers,
)

Posted = Mapping[str, list[str]]
ALONE = (Signer.PATIENT, Signer.GUARDIAN)
INPUTS = {FieldKind.DATE: "date", FieldKind.PHONE: "tel", FieldKind.NUMBER: "text", FieldKind.TEXT: "text"}


@dataclass
class Item:
    """One field as it is shown."""

    key: str
    kind: str
    label: str
    help: str
    is_required: bool
    input: str = "text"
    value: Any = ""
    detail: str = ""
    asks_detail: bool = False
    unit: str = ""
    masked: str = ""
    words: str = ""
    fault: str = ""
    options: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Pad:
    """One place for a signature. picture: of one that was given already. is_later: the clinic signs it afterwards."""

    key: str
    label: str
    help: str
    signer: str
    is_required: bool
    name: str
    asks_name: bool
    relations: list[dict[str, Any]]
    strokes: str = ""
    is_typed: bool = False
    picture: str = ""
    given_name: str = ""
    given_at: datetime | None = None
    is_later: bool = False
    fault: str = ""


@dataclass
class Sheet:
    """A form on a page. revision: what a save must name. is_open: answers can still be changed."""

    filled: FilledForm
    title: str
    language: str
    revision: int
    is_open: bool
    sections: list[dict[str, Any]]
    pads: list[Pad]
    faults: dict[str, str]
    other_faults: list[str]
    is_alone: bool

    @property
    def can_sign(self) -> bool:
        """Tell whether anything is left to be signed here."""
        return any(not pad.given_at and not pad.is_later for pad in self.pads)


def sheet(
    filled: FilledForm,
    *,
    language: str,
    at: datetime,
    posted: Posted | None = None,
    faults: Mapping[str, str] | None = None,
    staff: Any = None,
) -> Sheet:
    """Return a form as it is filled in. posted, faults: what was sent and refused. staff: who signs for the clinic here."""
    content, found = filled.form_version.content, dict(faults or {})
    asked, masked = asked_of(filled.patient, day_of(filled.clinic, at)), masked_file(filled.patient)
    answers = answers_of(filled) | (read_answers(content, posted) if posted is not None else {})
    is_open = filled.status == FilledStatus.OPEN
    sections = []
    for section in content["sections"]:
        shown = [one for one in section["fields"] if one["kind"] != FieldKind.SIGNATURE and applies(one, asked)]
        items = [_item(one, answers, masked, found, language) for one in shown]
        if items:
            sections.append({"title": text_of(section, "title", language), "items": items})
    pads = _pads(filled, language=language, at=at, posted=posted or {}, faults=found, staff=staff)
    shown_keys = {one["key"] for one in fields_of(content)}
    return Sheet(
        filled=filled,
        title=filled.form_version.title(language),
        language=language,
        revision=filled.revision,
        is_open=is_open,
        sections=sections,
        pads=pads,
        faults=found,
        other_faults=[text for key, text in found.items() if key not in shown_keys],
        is_alone=filled.way != Way.DESK,
    )


def _item(field: Field, answers: Answers, masked: Mapping[str, str], faults: Mapping[str, str], language: str) -> Item:
    key, kind, answer = field["key"], field["kind"], answers.get(field["key"])
    item = Item(
        key=key,
        kind=kind,
        label=text_of(field, "label", language),
        help=text_of(field, "help", language),
        is_required=field["is_required"],
        input=INPUTS.get(kind, "text"),
        unit=text_of(field, "unit", language),
        masked=masked.get(field["source"], ""),
        asks_detail=field["asks_detail"],
        words=in_words(field, answer, language),
        fault=faults.get(key, ""),
    )
    if kind in (FieldKind.ONE, FieldKind.MANY):
        chosen = answer if isinstance(answer, list) else [answer]
        item.options = [
            {"key": one["key"], "label": text_of(one, "label", language), "is_chosen": one["key"] in chosen}
            for one in field["options"]
        ]
    elif kind == FieldKind.YES_NO:
        answer = answer or {"yes": None, "detail": ""}
        item.value, item.detail = answer["yes"], answer["detail"]
    else:
        item.value = answer or ""
    return item


def _pads(
    filled: FilledForm, *, language: str, at: datetime, posted: Posted, faults: Mapping[str, str], staff: Any
) -> list[Pad]:
    asked = asked_of(filled.patient, day_of(filled.clinic, at))
    fields = signers_of(filled.form_version.content, asked)
    wanted = wanted_signers(fields, needs_guardian=filled.needs_guardian)
    given = {one.field_key: one for one in signatures_of(filled)}
    typed = {one.field: one for one in read_signatures([one["key"] for one in fields], posted)}
    pads = []
    for one in fields:
        is_needed, known = wanted[one["key"]], given.get(one["key"])
        if one["signer"] == Signer.GUARDIAN and not (is_needed or known or one["key"] in typed):
            continue
        pad = _pad(filled, one, typed.get(one["key"]), language=language, staff=staff)
        pad.is_required, pad.fault = is_needed, faults.get(one["key"], "")
        pad.is_later = one["signer"] not in ALONE and filled.way != Way.DESK and filled.status == FilledStatus.OPEN
        _show_given(pad, known)
        pads.append(pad)
    return pads


def _pad(filled: FilledForm, field: Field, typed: Given | None, *, language: str, staff: Any) -> Pad:
    signer = field["signer"]
    known = {Signer.PATIENT: filled.patient.name, Signer.STAFF: getattr(staff, "name", "")}.get(signer, "")
    relations = [
        {"key": value, "label": label, "is_chosen": bool(typed) and typed.relation == value}  # type: ignore[union-attr]
        for value, label in Guardian.choices
    ]
    return Pad(
        key=field["key"],
        label=text_of(field, "label", language) or str(Signer(signer).label),
        help=text_of(field, "help", language),
        signer=signer,
        is_required=False,
        name=typed.name if typed and typed.name else known,
        asks_name=signer in (Signer.GUARDIAN, Signer.WITNESS),
        relations=relations if signer == Signer.GUARDIAN else [],
        strokes=typed.strokes if typed else "",
        is_typed=bool(typed and typed.is_typed),
    )


def _show_given(pad: Pad, known: Signature | None) -> None:
    if known is None:
        return
    pad.given_name, pad.given_at = known.name, known.at
    pad.picture = picture_of(known)


def picture_of(signature: Signature) -> str:
    """Return a drawn signature as SVG, empty for a typed one."""
    return svg_of(json.loads(signature.strokes)) if signature.mark == Mark.DRAWN else ""


def signature_keys(filled: FilledForm) -> list[str]:
    """Return the keys of the form's signature fields."""
    return [one["key"] for one in fields_of(filled.form_version.content) if one["kind"] == FieldKind.SIGNATURE]


def preview(version: Any, *, language: str) -> dict[str, Any]:
    """Return a version as a patient would see it, with nothing filled in."""
    sections = []
    for section in version.content["sections"]:
        items = [
            {**_item(one, {}, {}, {}, language).__dict__, "only": one["only"], "signer": one["signer"]}
            for one in section["fields"]
        ]
        sections.append({"title": text_of(section, "title", language), "items": items})
    return {"title": version.title(language), "sections": sections}
