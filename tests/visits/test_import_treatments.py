"""Taking over treatments: generic tables, Open Dental's tables from lists to balances, second runs, taking back."""

from datetime import date

import pytest

from incisor.billing.models import LedgerEntry
from incisor.billing.queries import balance_of
from incisor.patients.hooks import import_kinds
from incisor.patients.models import OldName, Patient
from incisor.patients.services import confirm_import, map_columns, reverse_import, run_import, upload_import
from incisor.patients.services.imports import choose_layout
from incisor.scheduling.models import Appointment
from incisor.visits.models import TreatmentDone, Visit
from tests.factories.clinics import make_procedure
from tests.factories.visits import make_visit


@pytest.fixture
def bring(mona, clinic, at):
    def bring(kind, *lines, confirm=True):
        content = "\n".join(lines).encode()
        batch = upload_import(by=mona, clinic=clinic, kind=kind, file_name="a.csv", content=content, at=at)
        if confirm:
            confirm_import(by=mona, batch=batch, at=at)
            batch = run_import(by=mona, batch=batch, at=at)
        return batch

    return bring


@pytest.fixture
def take_back(mona, at):
    def take_back(batch):
        reverse_import(by=mona, batch=batch, at=at)
        return run_import(by=mona, batch=batch, at=at)

    return take_back


def wrong(batch):
    return [
        (row.number, problem["field"])
        for row in batch.rows.filter(is_wrong=True).order_by("number")
        for problem in row.problems
    ]


HEADINGS = "病历号,日期,项目,医生,牙位,数量,备注,治疗编号"


def test_treatments_become_closed_visits_of_their_days(bring, clinic, pia, dana, cleaning):
    batch = bring(
        "treatments",
        HEADINGS,
        "A000001,2025-06-01,超声洁牙,丹娜,,,,T1",
        "A000001,2025-06-01,CLEAN,D1,36、37,2,酸痛,T2",
        "A000001,2024-01-05,Ultrasonic cleaning,,11,,,T3",
    )

    assert (batch.status, batch.created_count, wrong(batch)) == ("done", 3, [])
    old, new = Visit.objects.order_by("business_date")
    assert [(one.status, one.kind, one.dentist, one.queue_number) for one in (old, new)] == [
        ("done", "first", None, 1), ("done", "return", dana, 1),
    ]  # fmt: skip
    assert [(one.teeth, one.quantity, one.note) for one in new.treatments.order_by("position")] == [
        ([], 1, ""), ([36, 37], 2, "酸痛"),
    ]  # fmt: skip
    pia.refresh_from_db()
    assert pia.last_seen_on == date(2025, 6, 1)
    assert not LedgerEntry.objects.exists()


def test_second_run_changes_nothing_with_and_without_numbers(bring, pia, dana, cleaning):
    lines = ["A000001,2025-06-01,CLEAN,丹娜,36,,,T1", "A000001,2025-06-02,CLEAN,丹娜,36,,,"]
    bring("treatments", HEADINGS, *lines)

    again = bring("treatments", HEADINGS, *lines)

    assert (again.created_count, again.unchanged_count, TreatmentDone.objects.count()) == (0, 2, 2)


def test_further_rows_of_a_day_join_its_visit(bring, pia, dana, cleaning):
    bring("treatments", HEADINGS, "A000001,2025-06-01,CLEAN,丹娜,36,,,T1")
    bring("treatments", HEADINGS, "A000001,2025-06-01,CLEAN,丹娜,37,,,T2")

    assert Visit.objects.get().treatments.count() == 2


def test_visit_of_our_own_on_that_day_is_left_alone(bring, clinic, pia, dana, chair, cleaning, at):
    own = make_visit(clinic=clinic, patient=pia, at=at, status="done", dentist=dana, chair=chair)

    bring("treatments", HEADINGS, f"A000001,{own.business_date},CLEAN,丹娜,36,,,T1")

    assert own.treatments.count() == 0
    assert {one.queue_number for one in Visit.objects.all()} == {own.queue_number, own.queue_number + 1}


def test_what_is_wrong_is_named(bring, pia, dana, cleaning):
    batch = bring(
        "treatments",
        HEADINGS + ",状态",
        "X,2025-06-01,CLEAN,丹娜,,,,,",
        "A000001,2099-06-01,CLEAN,丹娜,,,,,",
        "A000001,2025-06-01,未知,丹娜,,,,,",
        "A000001,2025-06-01,CLEAN,谁,,,,,",
        "A000001,2025-06-01,CLEAN,丹娜,99,,,,",
        "A000001,2025-06-01,CLEAN,丹娜,,多,,,",
        "A000001,2025-06-01,CLEAN,丹娜,,,,,计划中",
        "A000001,2025-06-01,CLEAN,丹娜,36,,,T9,",
        "A000001,2025-06-01,CLEAN,丹娜,37,,,T9,",
        "A000001,2025-06-01,=cmd(A1),丹娜,37,,,,",
    )

    assert wrong(batch) == [
        (2, "file_number"), (3, "day"), (4, "procedure"), (5, "dentist"), (6, "teeth"), (7, "quantity"), (8, "status"),
        (10, "procedure"), (11, "procedure"), (11, "procedure"),
    ]  # fmt: skip
    assert batch.created_count == 1


def test_taking_back_leaves_nothing_behind(bring, take_back, clinic, pia, dana, cleaning):
    Patient.objects.filter(pk=pia.pk).update(last_seen_on=date(2020, 1, 1))
    batch = bring("treatments", HEADINGS, "A000001,2025-06-01,CLEAN,丹娜,36,,,T1", "A000001,2025-06-02,CLEAN,,,,,T2")

    batch = take_back(batch)

    pia.refresh_from_db()
    assert (batch.status, Visit.objects.count(), TreatmentDone.objects.count()) == ("reversed", 0, 0)
    assert pia.last_seen_on == date(2020, 1, 1)


BALANCES = "病历号,姓名,手机,欠费,预存,备注"


def test_balances_become_opening_entries(bring, clinic, pia, mona):
    batch = bring("balances", BALANCES, "A000001,,,120.5,,老系统")

    entry = LedgerEntry.objects.get()
    assert (batch.created_count, entry.kind, entry.amount_minor, entry.by) == (1, "opening", 12050, mona)
    assert balance_of(clinic, pia) == 12050


def test_prepaid_is_below_zero_and_nothing_is_nothing(bring, clinic, pia):
    batch = bring("balances", "姓名,手机,欠费,预存", "皮亚,13800001111,0,300")

    assert (batch.created_count, balance_of(clinic, pia)) == (1, -30000)


def test_balance_is_brought_along_once(bring, take_back, clinic, pia):
    first = bring("balances", BALANCES, "A000001,,,100,,")

    same = bring("balances", BALANCES, "A000001,,,100,,")
    other = bring("balances", BALANCES, "A000001,,,200,,")
    assert (same.unchanged_count, wrong(other), balance_of(clinic, pia)) == (1, [(2, "balance")], 10000)

    assert take_back(first).status == "reversed"
    assert balance_of(clinic, pia) == 0
    assert sorted(LedgerEntry.objects.values_list("kind", "amount_minor")) == [("opening", 10000), ("reversal", -10000)]
    assert bring("balances", BALANCES, "A000001,,,200,,").created_count == 1
    assert balance_of(clinic, pia) == 20000


@pytest.mark.parametrize(
    ("line", "field"),
    [("A000001,,,x,,", "owed"), ("A000001,,,-5,,", "owed"), ("A000001,,,,,", "balance"), ("X,,,5,,", "file_number")],
)
def test_wrong_balance_is_named(bring, pia, line, field):
    assert wrong(bring("balances", BALANCES, line)) == [(2, field)]


def test_two_rows_of_one_patient_are_refused(bring, pia):
    assert wrong(bring("balances", BALANCES, "A000001,,,5,,", "A000001,,,6,,")) == [(3, "file_number")]


def test_balance_of_a_day_that_lies_ahead_is_refused(bring, pia):
    assert wrong(bring("balances", "病历号,欠费,截止日期", "A000001,5,2099-01-01")) == [(2, "as_of")]


PATIENT = "PatNum,LName,FName,MiddleI,Preferred,PatStatus,Gender,Position,Birthdate,SSN,Address,Address2,City,State,Zip,HmPhone,WkPhone,WirelessPhone,EstBalance,ChartNumber"
PATIENTS = (
    PATIENT,
    "11,Smith,John,,,0,0,0,1980-02-03,,Main St 1,,Salem,OR,97301,(503)363-5432,,,120.5,",
    "12,王,小明,,,0,1,0,0001-01-01,,,,,,,,,13812345678,-80,C12",
    "13,Gone,Ann,,,4,1,0,1970-01-01,,,,,,,(503)363-0000,,,0,",
)
PROVIDERS = ("ProvNum,Abbr,ItemOrder,LName,FName", "1,DOC1,0,丹,娜", "2,HYG,1,Old,Timer")
ROOMS = ("OperatoryNum,OpName,Abbrev", "5,1号椅,OP1")
CODES = ("CodeNum,ProcCode,Descript,AbbrDesc", "7,D1110,prophylaxis - adult,Pro", "8,N4150,Whatever,W", "9,CLEAN,x,y")
APPOINTMENT = "AptNum,PatNum,AptStatus,Pattern,Confirmed,Op,Note,ProvNum,ProvHyg,AptDateTime,ProcDescript"
APPOINTMENTS = (
    APPOINTMENT,
    "101,11,1,//XXXX//,19,5,nervous,1,0,2026-03-03 10:00:00,Pro",
    "102,12,2,XX,19,5,,1,0,2025-03-03 10:00:00,PerEx",
    "103,12,6,XX,19,5,,1,0,0001-01-01 00:00:00,RCT",
    "104,99,1,XX,19,5,,1,0,2026-03-04 10:00:00,x",
)
LOG = "ProcNum,PatNum,AptNum,ProcDate,ProcFee,Surf,ToothNum,ToothRange,ProcStatus,ProvNum,CodeNum,UnitQty"
TREATMENTS = (
    LOG,
    "1001,11,0,2025-01-02,85,,,,2,1,7,0",
    "1002,12,102,2025-03-03,120,MOD,3,,2,1,9,1",
    "1003,12,0,2025-03-03,120,,,\"1,32\",1,1,9,1",
    "1004,12,0,2025-03-04,120,,,,2,1,8,1",
    "1005,12,0,2025-03-05,120,,A,,3,0,9,1",
)  # fmt: skip


@pytest.fixture
def moved_in(bring, clinic, dana, chair):
    """Open Dental's tables, brought in their order; the names of its lists are known here."""
    make_procedure(code="cleaning_ultrasonic", name_zh="超声波洁牙", name_en="Scaling")
    make_procedure(code="CLEAN", name_zh="洁牙", name_en="Cleaning")
    batches = {name: bring("old_names", *table) for name, table in
               (("providers", PROVIDERS), ("rooms", ROOMS), ("codes", CODES))}  # fmt: skip
    batches["patients"] = bring("patients", *PATIENTS)
    batches["appointments"] = bring("appointments", *APPOINTMENTS)
    batches["treatments"] = bring("treatments", *TREATMENTS)
    batches["balances"] = bring("balances", *PATIENTS)
    return batches


def test_lists_of_open_dental(moved_in, clinic):
    assert [(one.kind, one.number, one.words) for one in OldName.objects.order_by("kind", "number")] == [
        ("chair", "5", ["OP1", "1号椅"]),
        ("dentist", "1", ["DOC1", "丹娜"]),
        ("dentist", "2", ["HYG", "Timer Old"]),
        ("procedure", "7", ["D1110", "prophylaxis - adult"]),
        ("procedure", "8", ["N4150", "Whatever"]),
        ("procedure", "9", ["CLEAN", "x"]),
    ]


def test_patients_of_open_dental(moved_in):
    john, ming = Patient.objects.order_by("external_id")
    assert (john.name, john.sex, john.born_on, john.phone, john.external_id, john.address) == (
        "John Smith", "male", date(1980, 2, 3), "+15033635432", "11", "Main St 1, Salem, OR, 97301",
    )  # fmt: skip
    assert (ming.name, ming.sex, ming.born_on, ming.phone, ming.file_number) == (
        "王小明", "female", None, "13812345678", "C12",
    )  # fmt: skip
    assert wrong(moved_in["patients"]) == [(4, "state")]


def test_appointments_of_open_dental(moved_in, dana, chair):
    past, coming = Appointment.objects.order_by("starts_at")
    assert (coming.patient.name, coming.dentist, coming.chair, coming.status, coming.external_id) == (
        "John Smith", dana, chair, "confirmed", "101",
    )  # fmt: skip
    assert (coming.ends_at - coming.starts_at).total_seconds() == 40 * 60
    assert (coming.busy, coming.need, coming.note) == ([[10, 30]], "Pro", "nervous")
    assert (past.status, past.need) == ("completed", "PerEx")
    assert [number for number, _field in wrong(moved_in["appointments"])] == [4, 4, 5]


def test_treatments_of_open_dental(moved_in, dana):
    done = TreatmentDone.objects.order_by("external_id")
    assert [(one.external_id, one.procedure.code, one.teeth, one.dentist, one.note) for one in done] == [
        ("1001", "cleaning_ultrasonic", [], dana, ""),
        ("1002", "CLEAN", [16], dana, "MOD"),
        ("1005", "CLEAN", [55], None, ""),
    ]
    assert wrong(moved_in["treatments"]) == [(4, "status"), (5, "procedure")]


def test_balances_of_open_dental(moved_in, clinic):
    john, ming = Patient.objects.order_by("external_id")
    assert (balance_of(clinic, john), balance_of(clinic, ming)) == (12050, -8000)


def test_second_run_of_open_dental_changes_nothing(moved_in, bring, clinic):
    counts = [model.objects.count() for model in (Patient, Appointment, TreatmentDone, LedgerEntry, OldName, Visit)]
    tables = (("old_names", PROVIDERS), ("old_names", CODES), ("patients", PATIENTS), ("appointments", APPOINTMENTS),
              ("treatments", TREATMENTS), ("balances", PATIENTS))  # fmt: skip

    again = [bring(kind, *table) for kind, table in tables]

    assert [(one.created_count, one.updated_count) for one in again] == [(0, 0)] * len(tables)
    assert counts == [
        model.objects.count() for model in (Patient, Appointment, TreatmentDone, LedgerEntry, OldName, Visit)
    ]


def test_all_of_open_dental_is_taken_back(moved_in, take_back, clinic):
    for name in ("balances", "treatments", "appointments", "patients", "codes", "rooms", "providers"):
        if name == "patients":
            continue  # their accounts keep the two entries that cancel each other out
        assert take_back(moved_in[name]).status == "reversed"

    left = [model.objects.count() for model in (Appointment, TreatmentDone, Visit, OldName)]
    assert left == [0, 0, 0, 0]
    assert [balance_of(clinic, one) for one in Patient.objects.all()] == [0, 0]


def test_changed_line_of_a_list_gets_its_old_words_back(bring, take_back, clinic):
    bring("old_names", *PROVIDERS)
    changed = bring("old_names", PROVIDERS[0], "1,NEW,0,新,人")
    assert (changed.updated_count, OldName.objects.get(number="1").words) == (1, ["NEW", "新人"])

    take_back(changed)

    assert OldName.objects.get(number="1").words == ["DOC1", "丹娜"]


def test_generic_list_and_what_is_wrong_in_it(bring, clinic):
    batch = bring("old_names", "列表,编号,名称,代码", "医生,3,丹娜,D1", "椅位,,x,", "什么,4,x,", "医生,3,别人,")

    assert (batch.created_count, wrong(batch)) == (1, [(3, "number"), (4, "list"), (5, "number")])


def test_layout_can_be_corrected_by_a_person(bring, mona, clinic, at):
    batch = bring("patients", *PATIENTS, confirm=False)
    assert batch.mapping["layout"] == "od"
    assert batch.mapping["columns"][:3] == ["external_id", "name", "name"]

    plain = choose_layout(by=mona, batch=batch, layout="", at=at)
    assert plain.mapping["layout"] == ""
    assert plain.mapping["columns"].count("name") <= 1

    back = choose_layout(by=mona, batch=batch, layout="od", at=at)
    columns = [*back.mapping["columns"]]
    columns[1] = ""
    only_first = map_columns(by=mona, batch=batch, columns=columns, at=at)
    assert only_first.mapping["columns"][1:3] == ["", "name"]


def test_column_that_a_person_corrected_is_remembered_for_that_layout(bring, mona, clinic, at):
    batch = bring("patients", *PATIENTS, confirm=False)
    columns = [*batch.mapping["columns"]]
    columns[batch.mapping["headings"].index("Preferred")] = "note"
    map_columns(by=mona, batch=batch, columns=columns, at=at)
    confirm_import(by=mona, batch=batch, at=at)

    again = bring("patients", *PATIENTS, confirm=False)

    assert again.mapping["columns"][again.mapping["headings"].index("Preferred")] == "note"


def test_every_kind_has_its_ready_layout():
    assert {kind.key: [one.key for one in kind.layouts] for kind in import_kinds} == {
        "old_names": ["odp", "odo", "odc"], "patients": ["od"], "appointments": ["od"], "treatments": ["od"],
        "balances": ["od"],
    }  # fmt: skip
