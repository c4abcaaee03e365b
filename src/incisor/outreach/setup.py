"""What a clinic starts with: the shipped follow-up protocols, one of them active."""

import json
from datetime import datetime
from importlib import resources

from incisor.clinics.models import Clinic
from incisor.outreach.models import Protocol, ProtocolStep


def load_protocols(*, clinic: Clinic, at: datetime, active: str) -> int:
    """Write the shipped protocols that the clinic does not have, `active` in force; returns how many."""
    text = resources.files("incisor.outreach.data").joinpath("protocols.json").read_text(encoding="utf-8")
    have = set(Protocol.objects.filter(clinic=clinic).values_list("key", flat=True))
    fresh = [one for one in json.loads(text) if one["key"] not in have]
    for one in fresh:
        protocol = Protocol.objects.create(
            clinic=clinic, key=one["key"], name_zh=one["name_zh"], name_en=one["name_en"], version=one["version"],
            is_active=one["key"] == active and not have, created_at=at,
        )  # fmt: skip
        ProtocolStep.objects.bulk_create(
            ProtocolStep(
                protocol=protocol,
                position=position,
                treatment=step["treatment"],
                after_days=step["after"].get("days"),
                after_months=step["after"].get("months"),
                after_years=step["after"].get("years"),
                role=step["role"],
                contact=step.get("contact", "call"),
                procedures=step.get("procedures", []),
                repeat_months=_months(step.get("repeat_every")),
                **{
                    name: step[name]
                    for name in ("purpose_zh", "purpose_en", "ask_zh", "ask_en", "advise_zh", "advise_en")
                },
            )
            for position, step in enumerate(one["steps"])
        )
    return len(fresh)


def _months(length: dict[str, int] | None) -> int | None:
    return None if length is None else length.get("months", 0) + 12 * length.get("years", 0)
