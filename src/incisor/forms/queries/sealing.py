"""Everything that the hash under a signed form covers, put together from the rows: when signing, and when verifying."""

import json
from dataclasses import dataclass
from typing import Any

from incisor.forms.models import FilledForm, Signature
from incisor.forms.queries.filled import answers_of, copy_of, signatures_of, stroke_digest
from incisor.forms.rules import canonical, digest_of, digest_of_bytes, moment_text
from incisor.kernel import store

FORMAT = 1
# What a merge of two files may change later; it stays in the sealed text as it was, and is not compared with today.
NAMES = ("patient", "clinic")


def facts_of(filled: FilledForm, signatures: list[Signature]) -> dict[str, Any]:
    """Return everything that was read, answered and signed, as plain values. filled: with signed_at, number and place."""
    version = filled.form_version
    return {
        "format": FORMAT,
        "number": filled.number,
        "clinic": filled.clinic.name,
        "patient": {"name": filled.patient.name, "file_number": filled.patient.file_number},
        "form": {
            "key": version.design.key,
            "version": version.number,
            "title_zh": version.title_zh,
            "title_en": version.title_en,
            "content_sha256": digest_of(version.content),
        },
        "language": filled.language,
        "procedure": filled.procedure.code if filled.procedure else "",
        "answers": answers_of(filled),
        "place": filled.place,
        "signed_at": moment_text(filled.signed_at) if filled.signed_at else "",
        "signatures": [
            {
                "field": one.field_key,
                "signer": one.signer,
                "name": one.name,
                "relation": one.relation,
                "mark": one.mark,
                "sha256": stroke_digest(one),
                "witness": one.witness.name if one.witness else "",
                "at": moment_text(one.at),
            }
            for one in sorted(signatures, key=lambda one: one.field_key)
        ],
    }


@dataclass(frozen=True)
class Check:
    """What recomputing a signed form's hashes found. has_file: the PDF was made."""

    is_text_whole: bool
    is_row_whole: bool
    has_file: bool
    is_file_whole: bool

    @property
    def is_whole(self) -> bool:
        return self.is_text_whole and self.is_row_whole and (self.is_file_whole or not self.has_file)


def check(filled: FilledForm) -> Check:
    """Compute the hashes of a signed form anew: of the sealed text, of the rows it was made from, of the kept PDF."""
    copy = copy_of(filled)
    return Check(
        is_text_whole=_is_text_whole(filled),
        is_row_whole=_is_row_whole(filled),
        has_file=copy is not None,
        is_file_whole=copy is not None and _file_digest(copy.file) == copy.sha256,
    )


def _is_text_whole(filled: FilledForm) -> bool:
    return bool(filled.sealed) and digest_of_bytes(filled.sealed.encode()) == filled.digest


def _is_row_whole(filled: FilledForm) -> bool:
    if not filled.sealed:
        return False
    sealed = json.loads(filled.sealed)
    now = facts_of(filled, signatures_of(filled))
    kept = {name: value for name, value in sealed.items() if name not in NAMES}
    return canonical(kept) == canonical({name: value for name, value in now.items() if name not in NAMES})


def _file_digest(key: str) -> str:
    try:
        return digest_of_bytes(store.read(key))
    except store.CannotRead:
        return ""


def is_our_file(filled: FilledForm, content: bytes) -> bool:
    """Tell whether a PDF that somebody brings is, byte for byte, the one that was kept."""
    copy = copy_of(filled)
    return copy is not None and digest_of_bytes(content) == copy.sha256
