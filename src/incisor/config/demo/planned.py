"""The demo's treatment plans: some await a decision, some are under way, one was declined, one is being written; a deposit."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from incisor.accounts.models import User
from incisor.billing.services import take_deposit
from incisor.clinics.models import Procedure
from incisor.config.demo.material import Dice
from incisor.config.demo.papers import scrawl
from incisor.config.demo.population import Person
from incisor.config.demo.team import ZONE, Place
from incisor.forms.rules import Given
from incisor.kernel import clock
from incisor.scheduling.enums import AppointmentStatus
from incisor.scheduling.models import Appointment
from incisor.visits import queries, services
from incisor.visits.models import TreatmentDone, TreatmentPlan

# stage name, days after the one before, (procedure, teeth)
Stage = tuple[str, int, list[tuple[str, list[int]]]]


@dataclass(frozen=True)
class Way:
    """One alternative of a plan."""

    title: str
    text: str
    stages: list[Stage]


IMPLANT = Way(
    "种植修复", "不磨邻牙，咀嚼力接近真牙，使用年限最长。要做一次小手术，愈合需3到6个月；糖尿病和吸烟会增加失败风险。",
    [
        ("术前检查", 0, [("cbct", []), ("implant_plan", [])]),
        ("一期手术", 7, [("implant_surgery", [36]), ("suture_removal", [])]),
        ("二期与取模", 110, [("implant_second_stage", [36]), ("implant_impression", [36])]),
        ("戴牙", 16, [("implant_crown", [36])]),
    ],
)  # fmt: skip
BRIDGE = Way(
    "固定桥", "约三周完成，不用手术。要磨两侧的好牙，邻牙以后龋坏的风险增加，一般使用8到12年。",
    [("备牙取模", 0, [("crown_preparation", [35, 37])]), ("戴桥", 14, [("bridge_cementing", [35, 36, 37])])],
)  # fmt: skip
DENTURE = Way(
    "活动义齿", "费用最低，可自行取戴。异物感较明显，咀嚼力较弱，需要定期调改。",
    [("取模", 0, [("denture_impression", [])]), ("初戴", 12, [("denture_partial", [])]), ("调改", 7, [("denture_adjust", [])])],
)  # fmt: skip
VENEER = Way(
    "瓷贴面", "颜色自然、不易着色，磨牙量少；不能咬硬物，约用10年。", [("贴面", 0, [("veneer", [11, 12, 21, 22])])]
)
COMPOSITE = Way(
    "树脂美学修复",
    "当天完成，磨牙最少；3到5年后可能变色，需要抛光或重做。",
    [("修复", 0, [("filling_front", [11, 12, 21, 22])])],
)
GUMS = Way(
    "牙周系统治疗", "先控制炎症，再定期维护；治疗期间请每天用牙线。",
    [
        ("检查", 0, [("periodontal_chart", [])]),
        ("刮治", 7, [("scaling_deep", [16, 17]), ("scaling_deep", [36, 37])]),
        ("维护", 90, [("periodontal_care", [])]),
    ],
)  # fmt: skip
MISSING, FRONT = "36缺失修复", "上前牙美观修复"


def make_plans(dice: Dice, people: list[Person], places: list[Place], *, at: datetime) -> None:
    """Write plans in every state through the services, and take one deposit."""
    procedures = {one.code: one for one in Procedure.objects.all()}
    for place in places:
        author = place.dentists[0].user
        adults = [
            person for person in people
            if person.place is place and person.row.last_seen_on and 30 <= (at.date() - person.born_on).days // 365 <= 75
        ]  # fmt: skip
        some = dice.random.sample(adults, min(6, len(adults)))
        writer = _Writer(dice, place, procedures, author)
        _awaiting(writer, some, at)
        _under_way(writer, at)
        _deposit(place, at)


@dataclass
class _Writer:
    dice: Dice
    place: Place
    procedures: dict[str, Procedure]
    author: User

    def write(self, patient: Any, title: str, problem: str, ways: list[Way], at: datetime) -> TreatmentPlan:
        """Return a draft with these alternatives."""
        made = services.make_plan(
            by=self.author, clinic=self.place.clinic, patient=patient, title=title, problem=problem,
            dentist=self.place.dentists[0].staff, at=at,
        )  # fmt: skip
        for number, way in enumerate(ways):
            if number:
                services.add_option(by=self.author, plan=made, at=at)
            option = queries.plan(self.place.clinic, made.pk).rows[number]  # type: ignore[attr-defined]  # prefetched
            services.change_option(
                by=self.author, option=option, title=way.title, explanation=way.text, is_recommended=not number, at=at
            )
            for place, (name, days, items) in enumerate(way.stages):
                stage = option.rows[0] if not place else services.add_stage(by=self.author, option=option, at=at)
                services.change_stage(by=self.author, stage=stage, title=name, after_days=days, at=at)
                for code, teeth in items:
                    procedure = self.procedures[code]
                    services.add_plan_item(by=self.author, stage=stage, procedure=procedure, teeth=teeth, at=at)
        return queries.plan(self.place.clinic, made.pk)

    def offer(self, plan: TreatmentPlan, at: datetime) -> TreatmentPlan:
        services.offer_plan(by=self.author, plan=plan, at=at)
        return queries.plan(self.place.clinic, plan.pk)

    def agree(self, plan: TreatmentPlan, at: datetime) -> None:
        """Let the patient sign the first alternative."""
        strokes = json.dumps(scrawl(self.dice), separators=(",", ":"))
        given = Given(field="patient", strokes=strokes, name=plan.patient.name)
        option = plan.rows[0]  # type: ignore[attr-defined]  # prefetched
        services.decide_plan(by=self.author, plan=plan, kind="accepted", option=option, signature=given, at=at)


def _awaiting(writer: _Writer, people: list[Person], at: datetime) -> None:
    """Two think about it, one of them to be asked today; one declined; one agreed lately; one is a draft."""
    for number, person in enumerate(people):
        began = at - timedelta(days=[8, 3, 12, 5, 1, 2][number], hours=2)
        patient = person.row
        if number in (0, 1):
            plan = writer.offer(
                writer.write(patient, MISSING, "左下第一磨牙缺失，对侧牙伸长。", [IMPLANT, BRIDGE, DENTURE], began),
                began,
            )
            if not number:
                services.decide_plan(
                    by=writer.place.desk[0], plan=plan, kind="later", words="要回家和老伴商量，觉得种植有点贵",
                    ask_again_on=clock.local(at, ZONE).date(), at=began + timedelta(hours=1),
                )  # fmt: skip
        elif number == 2:
            plan = writer.offer(writer.write(patient, FRONT, "上前牙着色、间隙。", [VENEER, COMPOSITE], began), began)
            services.decide_plan(
                by=writer.author, plan=plan, kind="declined", words="先不做了，明年再说", at=began + timedelta(days=2)
            )
        elif number == 3:
            writer.agree(
                writer.offer(writer.write(patient, "牙周炎", "牙龈出血，牙槽骨轻度吸收。", [GUMS], began), began), began
            )
        elif number == 4:
            writer.write(patient, MISSING, "左下磨牙缺失，待拍片。", [IMPLANT, DENTURE], began)


def _under_way(writer: _Writer, at: datetime) -> None:
    """Whoever had a root canal opened lately agreed to a plan on that day; what was done since is its progress."""
    since = clock.local(at, ZONE).date() - timedelta(days=45)
    rows = TreatmentDone.objects.filter(
        visit__clinic=writer.place.clinic, visit__status="done", procedure__code="root_canal_open",
        visit__business_date__gte=since, visit__business_date__lt=clock.local(at, ZONE).date(),
    )  # fmt: skip
    for row in rows.select_related("visit__patient").order_by("-visit__arrived_at")[:3]:
        teeth, began = list(row.teeth), row.visit.arrived_at
        way = Way(
            "根管治疗加全瓷冠", "保留患牙；根管治疗后牙体变脆，需要牙冠保护。",
            [
                ("根管治疗", 0, [(f"root_canal_{step}", teeth) for step in ("open", "shape", "fill")]),
                ("牙冠", 14, [("crown_preparation", teeth), ("crown_zirconia", teeth)]),
            ],
        )  # fmt: skip
        row.visit.patient.clinic = writer.place.clinic
        title = f"{'、'.join(map(str, teeth))}牙髓炎"
        writer.agree(
            writer.offer(writer.write(row.visit.patient, title, "夜间自发痛，叩痛明显。", [way], began), began), began
        )


def _deposit(place: Place, at: datetime) -> None:
    """Somebody has paid 500 yuan ahead for an operation."""
    rows = Appointment.objects.filter(
        clinic=place.clinic, status=AppointmentStatus.CONFIRMED, starts_at__gt=at + timedelta(days=1),
        items__procedure__code__in=["implant_surgery", "ortho_bonding", "crown_preparation", "extraction_wisdom"],
    )  # fmt: skip
    found = rows.select_related("clinic", "patient").order_by("starts_at").first()
    if found is not None:
        take_deposit(
            by=place.desk[0], appointment=found, amount_minor=50000, method="wechat",
            request_key=f"demo-{found.pk}", at=at - timedelta(hours=1),
        )  # fmt: skip
