"""What the desk keeps of its own, by topic."""

from incisor.reception.models.door import (
    ArrivalCheck,
    CareAcknowledgement,
    KioskTry,
    LateWord,
    TriageQuestion,
    TriageRule,
)
from incisor.reception.models.flow import FlowRules, WaitTold
from incisor.reception.models.screen import ScreenNotice

__all__ = [
    "ArrivalCheck",
    "CareAcknowledgement",
    "FlowRules",
    "KioskTry",
    "LateWord",
    "ScreenNotice",
    "TriageQuestion",
    "TriageRule",
    "WaitTold",
]
