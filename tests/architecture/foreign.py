"""One row of a clinic for every parameter that stands in an address, so that tests can ask for it from another clinic.

A new parameter must be entered in ROWS, ORGANISATION or VALUES: the tests of the addresses name those that are missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from incisor.accounts.models import Grant, SignIn, User
from incisor.clinics.models import Clinic, Closure
from incisor.patients.models import FamilyLink, ImportBatch
from incisor.reception.models import ScreenNotice, WaitTold
from incisor.scheduling.models import (
    AppointmentChange,
    Block,
    BlockRule,
    DailyLimit,
    Hold,
    Series,
    SeriesTemplate,
    Unplaced,
)
from incisor.scheduling.rules import Need, occupying
from incisor.staff.models import Leave, Shift
from tests.factories import enquiries
from tests.factories.accounts import make_role, make_user
from tests.factories.api import make_token
from tests.factories.billing import make_price, make_treatment
from tests.factories.clinics import make_chair, make_device, make_procedure
from tests.factories.patients import make_alert, make_patient
from tests.factories.reception import make_delay, make_help_call, make_left_open
from tests.factories.scheduling import make_appointment
from tests.factories.staff import make_roster, make_staff
from tests.factories.visits import make_note, make_visit


@dataclass
class World:
    """A clinic's day, made as far as it is asked for."""

    clinic: Clinic
    at: datetime

    @cached_property
    def user(self) -> User:
        return make_user(username=f"own-{self.clinic.code.lower()}", name="本店", roles=["manager"], clinic=self.clinic)

    @cached_property
    def chair(self) -> Any:
        return make_chair(clinic=self.clinic, name="9号椅")

    @cached_property
    def dentist(self) -> Any:
        staff = make_staff(clinic=self.clinic, chair=self.chair, number=f"F{self.clinic.code}", name="外人")
        make_roster(staff=staff, clinic=self.clinic)
        return staff

    @cached_property
    def patient(self) -> Any:
        from incisor.patients.models import PatientChange

        patient = make_patient(clinic=self.clinic, file_number=f"{self.clinic.code}000077")
        PatientChange.objects.create(patient=patient, field="occupation", version=2, by=self.user, at=self.at)
        return patient

    @cached_property
    def other_patient(self) -> Any:
        return make_patient(clinic=self.clinic, file_number=f"{self.clinic.code}000079", name="另一份")

    @cached_property
    def pair(self) -> Any:
        from incisor.patients.models import DuplicatePair

        one, other = sorted([self.patient.pk, self.other_patient.pk])
        return DuplicatePair.objects.create(
            clinic=self.clinic, one_id=one, other_id=other, score=90, reasons=["same_phone"], found_at=self.at
        )

    @cached_property
    def look(self) -> Any:
        from incisor.patients.models import FileLook

        return FileLook.objects.create(
            clinic=self.clinic, patient=self.patient, user=self.user, day=self.at.date(), kind="opened", at=self.at
        )

    @cached_property
    def data_request(self) -> Any:
        from incisor.patients.services import record_request

        return record_request(
            by=self.user, clinic=self.clinic, patient=self.patient, kind="copy", wish="", asked_by="",
            identity_seen="身份证", at=self.at,
        )  # fmt: skip

    @cached_property
    def merge(self) -> Any:
        from incisor.patients.services import merge_patients

        return merge_patients(
            by=self.user, clinic=self.clinic, kept=self.patient, lesser=self.other_patient, choices={},
            versions=(1, 1), at=self.at,
        )  # fmt: skip

    @cached_property
    def relative(self) -> Any:
        relative = make_patient(clinic=self.clinic, file_number=f"{self.clinic.code}000078", name="亲人")
        FamilyLink.objects.create(patient=self.patient, relative=relative, relation="parent")
        FamilyLink.objects.create(patient=relative, relative=self.patient, relation="child")
        return relative

    @cached_property
    def appointment(self) -> Any:
        return make_appointment(
            clinic=self.clinic,
            patient=self.patient,
            dentist=self.dentist,
            chair=self.chair,
            starts_at=self.at + timedelta(days=1),
        )

    @cached_property
    def offer(self) -> Any:
        from incisor.scheduling.models import FreedSlot, SlotOffer, WaitlistWish

        starts_at = self.at + timedelta(hours=3)
        place = {"clinic": self.clinic, "dentist": self.dentist, "starts_at": starts_at}
        slot = FreedSlot.objects.create(
            **place, chair=self.chair, ends_at=starts_at + timedelta(minutes=30), freed_by="moved", freed_at=self.at
        )
        wish = WaitlistWish.objects.create(
            clinic=self.clinic, patient=self.patient, minutes=30, first_on=self.at.date(), channel="call",
            created_by=self.user, created_at=self.at,
        )  # fmt: skip
        return SlotOffer.objects.create(
            **place, slot=slot, wish=wish, minutes=30, channel="call", state="open", offered_at=self.at,
            expires_at=self.at + timedelta(hours=1),
        )  # fmt: skip

    @cached_property
    def procedure(self) -> Any:
        return make_procedure(code=f"P{self.clinic.code}")

    @cached_property
    def visit(self) -> Any:
        visit = make_visit(
            clinic=self.clinic,
            patient=self.patient,
            at=self.at,
            status="to_pay",
            dentist=self.dentist,
            chair=self.chair,
        )
        make_note(visit=visit, by=self.user, at=self.at)
        return visit

    @cached_property
    def bill(self) -> Any:
        from incisor.billing.models import Bill

        return Bill.objects.create(
            clinic=self.clinic,
            patient=self.patient,
            visit=self.visit,
            business_date=self.at.date(),
            created_by=self.user,
            created_at=self.at,
        )

    @cached_property
    def payment(self) -> Any:
        from incisor.billing.models import Payment, Tender

        made = Payment.objects.create(
            clinic=self.clinic,
            patient=self.patient,
            bill=self.bill,
            receipt_number="R1",
            amount_minor=100,
            business_date=self.at.date(),
            taken_by=self.user,
            taken_at=self.at,
        )
        Tender.objects.create(payment=made, method="cash", amount_minor=100, given_minor=100)
        return made

    @cached_property
    def protocol(self) -> Any:
        from incisor.outreach.models import Protocol

        return Protocol.objects.create(clinic=self.clinic, key="own", name_zh="本店", name_en="Own", created_at=self.at)

    @cached_property
    def protocol_step(self) -> Any:
        from incisor.outreach.models import ProtocolStep

        return ProtocolStep.objects.create(
            protocol=self.protocol,
            treatment="cleaning",
            after_days=3,
            role="receptionist",
            purpose_zh="问候",
            purpose_en="Greeting",
        )

    @cached_property
    def task(self) -> Any:
        from incisor.outreach.models import FollowUpTask

        return FollowUpTask.objects.create(
            clinic=self.clinic,
            patient=self.patient,
            visit=self.visit,
            kind="protocol",
            key="own",
            due_on=self.at.date(),
            role="receptionist",
            created_at=self.at,
        )

    @cached_property
    def call(self) -> Any:
        from incisor.outreach.models import FollowUpCall

        return FollowUpCall.objects.create(
            task=self.task, clinic=self.clinic, patient=self.patient, outcome="no_answer", by=self.user, at=self.at
        )

    @cached_property
    def message(self) -> Any:
        from incisor.messaging.models import OutboxMessage

        return OutboxMessage.objects.create(
            clinic=self.clinic,
            patient=self.patient,
            key="own",
            template_key="reminder",
            channel="sms",
            not_before=self.at,
            expires_at=self.at + timedelta(days=1),
            created_at=self.at,
        )

    @cached_property
    def reminder_rule(self) -> Any:
        from incisor.outreach.models import ReminderRule

        return ReminderRule.objects.create(
            clinic=self.clinic,
            name_zh="本店",
            name_en="Own",
            moment="days_before",
            channels=["sms"],
            template_key="own",
            active_since=self.at,
        )

    @cached_property
    def notice(self) -> Any:
        from incisor.outreach.models import Notice

        return Notice.objects.create(
            clinic=self.clinic,
            rule=self.reminder_rule,
            appointment=self.appointment,
            for_start=self.appointment.starts_at,
            state="off",
            why="off",
            by=self.user,
            at=self.at,
        )

    @cached_property
    def template(self) -> Any:
        from incisor.messaging.models import MessageTemplate

        return MessageTemplate.objects.create(clinic=self.clinic, key="own", language="en", body="Hello")


def _design(world: World) -> Any:
    """A form with a published version and a draft, asked for, and filled in by the patient."""
    from incisor.forms.models import FormDesign, FormVersion
    from tests.factories.forms import make_design, small_content

    found = FormDesign.objects.filter(clinic=world.clinic, key="own").first()
    if found is None:
        found = make_design(clinic=world.clinic, by=world.user, at=world.at, key="own")
        FormVersion.objects.create(
            design=found,
            number=2,
            content=small_content(),
            saved_by=world.user,
            saved_at=world.at,
            title_zh="甲",
            title_en="A",
        )
    return found


def _form_version(world: World) -> Any:
    return _design(world).versions.get(state="draft")


def _form_rule(world: World) -> Any:
    from tests.factories.forms import make_rule

    return make_rule(design=_design(world), since=world.at.date())


def _filled(world: World) -> Any:
    from tests.factories.forms import make_filled

    return make_filled(patient=world.patient, design=_design(world), by=world.user, at=world.at)


def _handout(world: World) -> Any:
    from incisor.forms.models import Handout

    return Handout.objects.create(
        clinic=world.clinic,
        patient=world.patient,
        way="link",
        expires_at=world.at + timedelta(days=2),
        by=world.user,
        at=world.at,
    )


def _treatment_plan(world: World) -> Any:
    """A draft with something in it."""
    from incisor.visits.models import TreatmentPlan
    from tests.factories.plans import make_plan

    found = TreatmentPlan.objects.filter(clinic=world.clinic).first()
    if found is None:
        author = make_user(
            username=f"planner-{world.clinic.code.lower()}", name="牙医", roles=["dentist"], clinic=world.clinic
        )
        found = make_plan(patient=world.patient, by=author, at=world.at, items=[(world.procedure, [])])
    return found


def _overrule(world: World) -> Any:
    from incisor.visits.models import ConsentOverrule

    return ConsentOverrule.objects.create(
        clinic=world.clinic,
        visit=world.visit,
        procedure=world.procedure,
        reason="纸质已签",
        by=world.user,
        at=world.at,
    )


def _drug(world: World) -> Any:
    from incisor.visits.models import PrescribedDrug

    return PrescribedDrug.objects.create(
        visit=world.visit, name="布洛芬", dose="0.3 g", route="oral", frequency="bid", by=world.user, at=world.at
    )


def _attachment(world: World) -> Any:
    from incisor.visits.models import Attachment

    return Attachment.objects.create(
        clinic=world.clinic, visit=world.visit, kind="xray", content="pdf", original="0" * 32, size=1, sha256="0" * 64,
        by=world.user, at=world.at,
    )  # fmt: skip


def _health_check(world: World) -> Any:
    from incisor.visits.models import HealthCheck

    return HealthCheck.objects.create(
        clinic=world.clinic, patient=world.patient, way="desk", answers="{}", by=world.user, at=world.at
    )


def _plan_item(world: World) -> Any:
    from incisor.visits.models import PlanItem

    return PlanItem.objects.get(stage__option__plan=_treatment_plan(world))


def _line(world: World) -> Any:
    from incisor.billing.models import BillLine

    return BillLine.objects.create(bill=world.bill, text="洁牙", unit_minor=100)


def _change(world: World) -> Any:
    return AppointmentChange.objects.create(
        appointment=world.appointment,
        kind="status",
        from_status="confirmed",
        to_status="no_show",
        by=world.user,
        at=world.at,
    )


def _block(world: World) -> Any:
    return Block.objects.create(
        clinic=world.clinic,
        dentist=world.dentist,
        starts_at=world.at + timedelta(days=2),
        ends_at=world.at + timedelta(days=2, hours=1),
        reason="会议",
        created_by=world.user,
        created_at=world.at,
    )


def _hold(world: World) -> Any:
    starts_at = world.at + timedelta(days=2)
    return Hold.objects.create(
        clinic=world.clinic,
        dentist=world.dentist,
        chair=world.appointment.chair,
        purpose="form",
        expires_at=world.at + timedelta(minutes=5),
        created_by=world.user,
        created_at=world.at,
        **occupying(starts_at, Need(minutes=30)),
    )


def _daily_limit(world: World) -> Any:
    return DailyLimit.objects.create(clinic=world.clinic, name="种植", kinds=["specialty:implants"], most=2)


def _block_rule(world: World) -> Any:
    return BlockRule.objects.create(
        clinic=world.clinic,
        kind="lunch",
        weekdays=[0],
        starts=time(12),
        ends=time(13),
        valid_from=world.at.date(),
        reason="午休",
        created_by=world.user,
        created_at=world.at,
    )


def _late_word(world: World) -> Any:
    from incisor.reception.models import LateWord

    return LateWord.objects.create(
        clinic=world.clinic, appointment=world.appointment, minutes=20, by=world.user, at=world.at
    )


def _closure(world: World) -> Any:
    return Closure.objects.create(
        clinic=world.clinic, starts_at=world.at + timedelta(days=5), ends_at=world.at + timedelta(days=6), reason="装修"
    )


def _leave(world: World) -> Any:
    return Leave.objects.create(
        staff=world.dentist,
        kind="sick",
        starts_at=world.at + timedelta(days=9),
        ends_at=world.at + timedelta(days=10),
    )


def _batch(world: World) -> Any:
    return ImportBatch.objects.create(
        clinic=world.clinic,
        kind="patients",
        file_name="a.csv",
        content_hash="0" * 64,
        status="checked",
        mapping={"headings": ["姓名"], "columns": ["name"], "header": 0},
        created_by=world.user,
        created_at=world.at,
    )


def _sign_in(world: World) -> Any:
    return SignIn.objects.create(user=world.user, began_at=world.at, seen_at=world.at)


def _of_patient(model: str, world: World, **values: Any) -> Any:
    from incisor.patients import models

    return getattr(models, model).objects.create(clinic=world.clinic, patient=world.patient, **values)


def _of_clinic(model: str, world: World, **values: Any) -> Any:
    from incisor.patients import models

    return getattr(models, model).objects.create(clinic=world.clinic, **values)


# parameter → a row of that clinic; where two apps use the same word, the app stands before it
ROWS: dict[str, Callable[[World], Any]] = {
    "alert_id": lambda world: make_alert(patient=world.patient),
    "appointment_id": lambda world: world.appointment,
    "batch_id": _batch,
    "bill_id": lambda world: world.bill,
    "block_id": _block,
    "hold_id": _hold,
    "weekly_id": _block_rule,
    "limit_id": _daily_limit,
    "call_id": lambda world: world.call,
    "chair_id": lambda world: world.chair,
    "change_id": _change,
    "closure_id": _closure,
    "denial_id": lambda world: _of_patient(
        "HealthDenial", world, kind="allergy", said_at=world.at, recorded_by=world.user
    ),
    "device_id": lambda world: make_device(clinic=world.clinic)[0],
    "entry_id": lambda world: _of_patient("PointEntry", world, points=10, reason="生日", by=world.user, at=world.at),
    "reception:notice_id": lambda world: ScreenNotice.objects.create(
        clinic=world.clinic, text_zh="今天停水", starts_at=world.at, added_by=world.user, added_at=world.at
    ),
    "told_id": lambda world: WaitTold.objects.create(
        clinic=world.clinic, visit=world.visit, word="told", waited_minutes=20, by=world.user, at=world.at
    ),
    "drug_id": _drug,
    "attachment_id": _attachment,
    "check_id": _health_check,
    "leave_id": _leave,
    "delay_id": lambda world: make_delay(clinic=world.clinic, dentist=world.dentist, by=world.user, at=world.at),
    "help_id": lambda world: make_help_call(clinic=world.clinic, by=world.user, at=world.at),
    "left_open_id": lambda world: make_left_open(visit=world.visit, by=world.user, at=world.at),
    "level_id": lambda world: _of_clinic("MembershipLevel", world, name="金卡"),
    "design_id": _design,
    "plan_id": _treatment_plan,
    "option_id": lambda world: _plan_item(world).stage.option,
    "stage_id": lambda world: _plan_item(world).stage,
    "item_id": _plan_item,
    "overrule_id": _overrule,
    "filled_id": _filled,
    "handout_id": _handout,
    "line_id": _line,
    "answer_id": lambda world: enquiries.make_answer(clinic=world.clinic),
    "lead_id": lambda world: enquiries.make_lead(clinic=world.clinic, by=world.user),
    "note_id": lambda world: enquiries.make_note(clinic=world.clinic, by=world.user),
    "phone_call_id": lambda world: enquiries.make_call(clinic=world.clinic),
    "message_id": lambda world: world.message,
    "look_id": lambda world: world.look,
    "request_id": lambda world: world.data_request,
    "merge_id": lambda world: world.merge,
    "other_id": lambda world: world.other_patient,
    "pair_id": lambda world: world.pair,
    "patient_id": lambda world: world.patient,
    "payment_id": lambda world: world.payment,
    "photo_id": lambda world: _of_patient(
        "PatientPhoto", world, picture="0" * 32, thumbnail="1" * 32, taken_by=world.user, taken_at=world.at
    ),
    "price_id": lambda world: make_price(clinic=world.clinic, procedure=world.procedure),
    "protocol_id": lambda world: world.protocol,
    "outreach:step_id": lambda world: world.protocol_step,
    "reading_id": lambda world: _of_patient(
        "HealthReading",
        world,
        kind="glucose",
        value=61,
        measured_at=world.at,
        recorded_by=world.user,
        recorded_at=world.at,
    ),
    "series_id": lambda world: Series.objects.create(
        clinic=world.clinic, patient=world.patient, name_zh="疗程", created_by=world.user, created_at=world.at
    ),
    "series_template_id": lambda world: SeriesTemplate.objects.create(clinic=world.clinic, name_zh="疗程"),
    "offer_id": lambda world: world.offer,
    "slot_id": lambda world: world.offer.slot,
    "wish_id": lambda world: world.offer.wish,
    "relative_id": lambda world: world.relative,
    "notice_id": lambda world: world.notice,
    "rule_id": lambda world: world.reminder_rule,
    "restriction_id": lambda world: _of_patient(
        "Restriction", world, kind="prepay", reason="爽约", set_by=world.user, set_at=world.at
    ),
    "room_id": lambda world: world.chair.room,
    "shift_id": lambda world: Shift.objects.create(
        clinic=world.clinic, code="X", name="夜班", starts=time(17), ends=time(21)
    ),
    "sign_in_id": _sign_in,
    "staff_id": lambda world: world.dentist,
    "step_id": lambda world: world.visit.steps.first(),
    "tag_id": lambda world: _of_clinic("Tag", world, name="VIP"),
    "task_id": lambda world: world.task,
    "template_id": lambda world: world.template,
    "unplaced_id": lambda world: Unplaced.objects.create(
        clinic=world.clinic,
        patient=world.patient,
        origin="cut",
        dentist=world.dentist,
        minutes=30,
        since_at=world.at,
        created_by=world.user,
    ),
    "treatment_id": lambda world: make_treatment(visit=world.visit, procedure=world.procedure),
    "version_id": _form_version,
    "forms:rule_id": _form_rule,
    "visit_id": lambda world: world.visit,
    "word_id": _late_word,
}


def _token(world: World) -> Any:
    return make_token(clinic=world.clinic)


# What belongs to the organisation and not to one clinic: parameter → why, and a row
ORGANISATION: dict[str, tuple[str, Callable[[World], Any]]] = {
    "clinic_id": ("a clinic is opened and closed by whoever may do so everywhere", lambda world: world.clinic),
    "grant_id": ("roles are given by administrators of the organisation", lambda world: Grant.objects.first()),
    "holiday_id": ("public holidays are the same in all clinics of a country", lambda world: _holiday()),
    "procedure_id": ("the list of treatments is shared by all clinics", lambda world: world.procedure),
    "role_id": ("roles are the same in all clinics", lambda world: make_role("receptionist")),
    "token_id": ("keys of other programs are kept by administrators of the organisation", _token),
    "user_id": ("accounts are kept by administrators of the organisation", lambda world: world.user),
}


def _holiday() -> Any:
    from incisor.clinics.models import Holiday

    return Holiday.objects.get_or_create(
        day=date(2030, 1, 1), defaults={"kind": "holiday", "name_zh": "元旦", "name_en": "New Year"}
    )[0]


# Parameters that name no row: a value that the page knows
VALUES: dict[str, Any] = {
    "code": "1" * 41,
    "day": "2026-03-03",
    "field": "phone",
    "field_key": "name",
    "purpose": "a",
    "token": "AAAAAAAAAAAAAAAAAAAAAA",
    "given_id": "0198f000-0000-7000-8000-000000000000",
    "which": "0198f000-0000-7000-8000-000000000000",
    "key": "contact",
    "kind": "patients",
    "language": "en",
    "sheet": "cleaning",
    "rest": "clinic",
    "size": "shown",
    "section_key": "s1",
    "topic": "day",
    "version": 2,
    "year": 2026,
}

# What a POST must say besides the id, so that only the id can be what is not found
TYPED: dict[str, dict[str, Any]] = {
    "clinics:chair-state": {"state": "cleaning"},
    "forms:draft-step": {"what": "add_section", "seen": "0"},
    "staff:hours-drop": {"valid_from": "2026-06-01"},
}
