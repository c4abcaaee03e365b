"""Follow-up tasks for tests."""

from datetime import date

from incisor.outreach.models import FollowUpTask, Protocol, ProtocolStep


def make_protocol(*, clinic, at, key="P3", is_active=True, steps=(("cleaning", {"after_days": 1}, "dentist"),)):
    protocol = Protocol.objects.create(
        clinic=clinic, key=key, name_zh="方案", name_en="Plan", is_active=is_active, created_at=at
    )
    for position, (treatment, after, role) in enumerate(steps):
        ProtocolStep.objects.create(
            protocol=protocol, position=position, treatment=treatment, role=role, purpose_zh="问恢复", purpose_en="Ask",
            ask_zh="还酸吗？", ask_en="Any soreness?", advise_zh="用牙线", advise_en="Floss", **after,
        )  # fmt: skip
    return protocol


def make_task(*, clinic, patient, due_on=date(2026, 3, 2), role="receptionist", key="", **over):
    key = key or f"test:{FollowUpTask.objects.count()}"
    values = {"kind": "protocol", "treatment": "cleaning", "created_at": patient.created_at}
    return FollowUpTask.objects.create(
        clinic=clinic, patient=patient, due_on=due_on, role=role, key=key, **{**values, **over}
    )
