"""Which patient a row of an imported table means: by file number, number in the old system, or name and phone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.clinics.models import Clinic
from incisor.kernel.fields import index_of
from incisor.patients.enums import LookUp, OldList
from incisor.patients.hooks import CheckedRow, ImportField, Problem
from incisor.patients.models import OldName, Patient
from incisor.patients.rules import name_key, phone_key

LOOK_UP = 500
OLD_NUMBER = "old_patient"
PATIENT_FIELDS = (
    ImportField(
        key="file_number",
        label=gettext_lazy("File number"),
        synonyms=("病历号", "档案号", "病案号", "患者编号", "编号", "chart number"),
    ),
    ImportField(
        key="name",
        label=gettext_lazy("Name"),
        synonyms=("姓名", "患者", "患者姓名", "客户姓名", "patient", "patient name"),
    ),
    ImportField(
        key="phone",
        label=gettext_lazy("Phone"),
        synonyms=("电话", "手机", "手机号", "手机号码", "联系电话", "mobile", "telephone"),
    ),
    ImportField(
        key=OLD_NUMBER,
        label=gettext_lazy("Patient's number in the old system"),
        synonyms=("旧系统编号", "原系统编号", "旧系统患者编号", "old patient number"),
    ),
)


class PatientsNamed:
    """The patients that rows may mean, read in few queries."""

    def __init__(self, clinic: Clinic, rows: Iterable[CheckedRow]) -> None:
        cells = [row.cells for row in rows]
        mine = Patient.objects.filter(clinic=clinic)
        self._by_number: dict[str, Patient] = {}
        self._by_old: dict[str, Patient] = {}
        self._by_phone: dict[str, list[Patient]] = defaultdict(list)
        for some in portions(one.get("file_number", "").strip() for one in cells):
            self._by_number.update({row.file_number.lower(): row for row in mine.filter(file_number__in=some)})
        for some in portions(one.get(OLD_NUMBER, "").strip() for one in cells):
            self._by_old.update({row.external_id: row for row in mine.filter(external_id__in=some)})
        for some in portions(_phone_index(one.get("phone", "")) for one in cells):
            for patient in mine.filter(phone_index__in=some):
                self._by_phone[patient.phone_index].append(patient)

    def find(self, cells: Mapping[str, str]) -> Patient | None:
        """Return whom the cells mean, the surest sign first; None when nobody is meant."""
        number, old = cells.get("file_number", "").strip().lower(), cells.get(OLD_NUMBER, "").strip()
        if number:
            return self._by_number.get(number)
        if old:
            return self._by_old.get(old)
        name = name_key(cells.get("name", ""))
        same_phone = self._by_phone.get(_phone_index(cells.get("phone", "")), [])
        return next((row for row in same_phone if name_key(row.name) == name), None)

    def problem(self, cells: Mapping[str, str]) -> Problem:
        """Return what to say when nobody is meant."""
        field = next((one for one in ("file_number", OLD_NUMBER) if cells.get(one, "").strip()), "phone")
        return Problem(
            field,
            _("No patient has this number, or this name and phone."),
            _("Import the patients first, or correct the cell."),
        )


def _phone_index(text: str) -> str:
    key = phone_key(text) if text.strip() else ""
    return index_of(key, context=LookUp.PHONE) if key else ""


def portions(values: Iterable[str]) -> Iterator[list[str]]:
    """Yield the values that are not empty, each once, so many as one query takes."""
    ordered = sorted(set(values) - {""})
    for start in range(0, len(ordered), LOOK_UP):
        yield ordered[start : start + LOOK_UP]


def old_names(clinic: Clinic, kind: OldList) -> dict[str, list[str]]:
    """Return what the numbers of a list of the old system mean: number → names and codes, the surest first."""
    return dict(OldName.objects.filter(clinic=clinic, kind=kind).values_list("number", "words"))


def words_of_old(text: str, names: Mapping[str, list[str]]) -> list[str]:
    """Return the words to look for: of a number of a list ("#7") its names and at last the number, else the text."""
    if not text.startswith("#"):
        return [text]
    return [*names.get(text[1:], []), text[1:]]
