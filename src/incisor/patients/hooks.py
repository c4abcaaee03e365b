"""Places of the patients' pages that upper apps fill in AppConfig.ready()."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from incisor.clinics.models import Clinic
from incisor.kernel.hooks import Entry, Panel, Place

Scores = dict[uuid.UUID, tuple[int, str]]


@dataclass(frozen=True, kw_only=True)
class Ranking(Entry):
    """What an app knows about who is meant now. rank(clinic, patient_ids, at) returns id → (score, note).

    score: 1 to 100, larger comes first (in the queue 90, expected within the hour 80, today 60, called lately 40 …);
    note: a short text for the row, "today 10:30, Dr. Dana". patient_ids None asks for everybody of now, at most some
    hundreds: it is asked when a very short text has more hits than can be ranked, and when nothing was typed.
    One query, please.
    """

    rank: Callable[[Clinic, Collection[uuid.UUID] | None, datetime], Scores]


class Badge(NamedTuple):
    """A word about a patient that stands beside the name. level: alert, warning, info, good, bad (as the house's tags)."""

    level: str
    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class BadgeSource(Entry):
    """What an app says beside a patient's name: missed visits, debt, restrictions, forms that are missing.

    find(clinic, patients, at) gets Patient rows and returns id → badges, one query for all of them; plain tuples
    (level, text, url) do as well. permission: who may read it; others do not see it and it is not asked for.
    """

    find: Callable[[Clinic, Collection[Any], datetime], Mapping[uuid.UUID, Sequence[tuple[str, str, str]]]]


class CodeHit(NamedTuple):
    """What a scanned code means: one line of the search. is_post: Enter does it at once; else the page opens."""

    label: str
    url: str
    icon: str = "qrcode"
    is_post: bool = True


@dataclass(frozen=True, kw_only=True)
class CodeReader(Entry):
    """An app that knows a code: read(clinic, text, at) returns what it means, None when it is none of its codes."""

    read: Callable[[Clinic, str, datetime], CodeHit | None]


@dataclass(frozen=True, kw_only=True)
class ImportField:
    """A field that a column of a file can mean. synonyms: headings by which it is known, in Chinese and English."""

    key: str
    label: Any
    synonyms: tuple[str, ...] = ()
    is_required: bool = False
    help: Any = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field of a row, and what to do. Texts for people, without the value itself."""

    field: str
    what: str
    to_do: str


@dataclass(kw_only=True)
class CheckedRow:
    """A row on its way in. cells: field → text as it stands in the file. The kind's check fills the rest.

    values: clean values that the kind's write takes. planned: enums.RowOutcome CREATED, UPDATED or UNCHANGED.
    """

    number: int
    cells: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    planned: str = ""


@dataclass(kw_only=True)
class WrittenRow:
    """What became of a row. outcome: enums.RowOutcome. before: JSON values that the kind's reverse needs later."""

    number: int
    outcome: str
    result_id: uuid.UUID | None = None
    before: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How another program writes its table. needs: headings by which the table is known; all must be there.

    columns: heading → field. Several headings may mean one field that stands in joins: their cells come in the order of
    columns and become one text. values: field → what its code means, in words that the kind's check reads. fixed: field →
    what every row of the table says, without a column for it.
    key: at most 4 letters, for it stands in what is remembered of columns.
    """

    key: str
    label: Any
    needs: tuple[str, ...]
    columns: Mapping[str, str]
    joins: Mapping[str, Callable[[list[str]], str]] = field(default_factory=dict)
    values: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ImportKind(Entry):
    """Something that can be imported. permission: needed besides patient.import. layouts: ready ones, besides the generic.

    check(clinic, rows, at) looks at rows (at preview all rows of the file, so that it sees doubles; before writing again
    the rows of one portion) and fills values, problems and planned in place.
    write(by, clinic, batch_id, rows, at) writes a portion inside the caller's transaction and guard, with bulk statements;
    rows with problems do not come. It returns one WrittenRow for each row.
    reverse(by, clinic, rows, at) takes a portion back and returns for each row the same row with outcome REMOVED, RESTORED,
    or KEPT with a problem that says why.
    """

    fields: tuple[ImportField, ...]
    check: Callable[[Clinic, list[CheckedRow], datetime], None]
    write: Callable[[Any, Clinic, uuid.UUID, list[CheckedRow], datetime], list[WrittenRow]]
    reverse: Callable[[Any, Clinic, list[WrittenRow], datetime], list[WrittenRow]]
    layouts: tuple[Layout, ...] = ()


Ledger = dict[str, Any]


@dataclass(frozen=True)
class Obstacle:
    """Something that must be settled before two files can become one. url: where it is settled."""

    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class MergePart(Entry):
    """Rows of an app that go from one file to another when two are merged, and back when that is undone.

    fields: the foreign keys to Patient that this part answers for, "scheduling.Appointment.patient". Without move they
    are moved by key, and rows that a constraint holds back stay with the merged file. obstacles(lesser, kept, at): what
    forbids the merge now. told(row): what the row is called in the list of what came later, with its date.
    move(lesser, kept) writes only rows of these fields and returns plain JSON; undo(ledger, lesser, kept) puts back
    what of it is still there.
    """

    fields: tuple[str, ...]
    obstacles: Callable[[Any, Any, datetime], list[Obstacle]] | None = None
    told: Callable[[Any], str] | None = None
    move: Callable[[Any, Any], Ledger] | None = None
    undo: Callable[[Ledger, Any, Any], None] | None = None


@dataclass(frozen=True, kw_only=True)
class DataPart(Entry):
    """Rows that belong into the readable copy of a person's data: the table "scheduling.Appointment" and its columns.

    columns: (attribute, heading); an attribute may go through foreign keys ("dentist__name"). The machine-readable copy
    needs no part: it holds every column of every row that hangs on the person. path: how the rows hang on the patient,
    through other tables if need be ("visit__patient").
    """

    model: str
    columns: tuple[tuple[str, Any], ...]
    path: str = "patient"


@dataclass(frozen=True, kw_only=True)
class TodaysList(Entry):
    """Who is expected in a day's work: with these, opening a file needs no reason. find(clinic, ids, at) → those of them."""

    find: Callable[[Clinic, Collection[uuid.UUID], datetime], set[uuid.UUID]]


@dataclass(frozen=True, kw_only=True)
class Figure(Entry):
    """What a patient is worth to the clinic and the clinic to the patient: visits, sum paid, years (PAT-12).

    find(clinic, patient, at) returns the text beside the label, empty for nothing to say. One query.
    """

    find: Callable[[Clinic, Any, datetime], str]


# Tabs of the patient's page that several panels share. A panel of no group has a tab of its own, with its own label.
TAB_GROUPS = {
    "appointments": _("Appointments"),
    "visits": _("Visits"),
    "health": _("Health"),
    "plans": _("Plans"),
    "money": _("Money"),
    "contacts": _("Contacts"),
    "complaints": _("Complaints"),
    "forms": _("Forms and consents"),
    "documents": _("Documents"),
    "audit": _("Who saw and changed"),
}
patient_panels: Place[Panel] = Place("patient_panels")
patient_figures: Place[Figure] = Place("patient_figures")
patient_badges: Place[BadgeSource] = Place("patient_badges")
search_ranking: Place[Ranking] = Place("search_ranking")
code_readers: Place[CodeReader] = Place("code_readers")
import_kinds: Place[ImportKind] = Place("import_kinds")
merge_parts: Place[MergePart] = Place("merge_parts")
data_parts: Place[DataPart] = Place("data_parts")
todays_lists: Place[TodaysList] = Place("todays_lists")
