"""Ready text for the note, by kind of visit: shipped, changed by the clinic, or all its own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from incisor.clinics.models import Clinic
from incisor.kernel.errors import NotFound
from incisor.visits.models import NoteTemplate
from incisor.visits.queries.library import is_chinese, load

SECTIONS = ("complaint", "findings", "diagnosis", "treatment", "advice")


@dataclass(frozen=True)
class Template:
    """Ready text for one kind of visit. sentences: by section, [{"zh", "en", "usual"}]. version: 0 as it is shipped."""

    key: str
    name_zh: str
    name_en: str
    procedures: tuple[str, ...]
    diagnoses: tuple[str, ...]
    sentences: Mapping[str, list[dict[str, Any]]]
    is_active: bool = True
    is_shipped: bool = True
    version: int = 0

    @property
    def label(self) -> str:
        """Its name in the language of the page; the other one where there is none."""
        return (self.name_zh or self.name_en) if is_chinese() else (self.name_en or self.name_zh)

    @property
    def count(self) -> int:
        return sum(len(sentences) for sentences in self.sentences.values())

    @property
    def is_own(self) -> bool:
        """Tell whether the clinic wrote something of it."""
        return self.version > 0


@dataclass(frozen=True)
class Situation:
    """Ready sentences for one kind of visit, in the language of the page. usual: what the button fills in at once."""

    key: str
    label: str
    sentences: dict[str, list[str]]
    diagnoses: tuple[str, ...]
    fits: bool
    usual: dict[str, str] = field(default_factory=dict)


def _shipped() -> list[Template]:
    return [
        Template(
            key=row["key"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            procedures=tuple(row["procedures"]),
            diagnoses=tuple(row["diagnoses"]),
            sentences={section: row[section] for section in SECTIONS},
        )
        for row in load("phrases")
    ]


def shipped_template(key: str) -> Template | None:
    """Return a template as it is shipped, None for one of the clinic's own."""
    return next((one for one in _shipped() if one.key == key), None)


def templates(clinic: Clinic) -> list[Template]:
    """Return every template of the clinic, those put away among them: the shipped ones as it changed them, then its own."""
    own = {row.key: row for row in NoteTemplate.objects.filter(clinic=clinic).order_by("name_zh", "pk")}
    shipped = _shipped()
    found = [_own(own.pop(one.key), is_shipped=True) if one.key in own else one for one in shipped]
    return found + [_own(row, is_shipped=False) for row in own.values()]


def _own(row: NoteTemplate, *, is_shipped: bool) -> Template:
    return Template(
        key=row.key,
        name_zh=row.name_zh,
        name_en=row.name_en,
        procedures=tuple(row.procedures),
        diagnoses=tuple(row.diagnoses),
        sentences={section: row.sentences.get(section, []) for section in SECTIONS},
        is_active=row.is_active,
        is_shipped=is_shipped,
        version=row.version,
    )


def template(clinic: Clinic, key: str) -> Template:
    """Return one template. Raises NotFound."""
    for one in templates(clinic):
        if one.key == key:
            return one
    raise NotFound()


def phrases_for(clinic: Clinic, codes: Collection[str] = ()) -> list[Situation]:
    """Return the situations with ready sentences, those that belong to the procedures first."""
    wanted = set(codes)
    found = [_situation(one, bool(wanted & set(one.procedures))) for one in templates(clinic) if one.is_active]
    return sorted(found, key=lambda situation: not situation.fits)


def _situation(one: Template, fits: bool) -> Situation:
    first, second = ("zh", "en") if is_chinese() else ("en", "zh")
    words = {
        section: [(row.get(first) or row.get(second) or "", bool(row.get("usual"))) for row in rows]
        for section, rows in one.sentences.items()
    }
    gap = "" if is_chinese() else " "
    return Situation(
        key=one.key,
        label=one.label,
        sentences={section: [text for text, _usual in rows] for section, rows in words.items()},
        diagnoses=one.diagnoses,
        fits=fits,
        usual={section: gap.join(text for text, is_usual in rows if is_usual) for section, rows in words.items()},
    )
