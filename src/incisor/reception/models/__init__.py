"""What the desk keeps of its own, by topic."""

from incisor.reception.models.chairside import DelayTold, DentistDelay, HelpCall
from incisor.reception.models.door import (
    ArrivalCheck,
    CareAcknowledgement,
    KioskTry,
    LateWord,
    TriageQuestion,
    TriageRule,
)
from incisor.reception.models.flow import FlowRules
from incisor.reception.models.leaving import AftercareGiven, AftercareText, LeftOpen, Survey
from incisor.reception.models.screen import ScreenNotice
from incisor.reception.models.waits import TypicalLength, WaitTold

__all__ = [
    "AftercareGiven",
    "AftercareText",
    "ArrivalCheck",
    "CareAcknowledgement",
    "DelayTold",
    "DentistDelay",
    "FlowRules",
    "HelpCall",
    "KioskTry",
    "LateWord",
    "LeftOpen",
    "ScreenNotice",
    "Survey",
    "TriageQuestion",
    "TriageRule",
    "TypicalLength",
    "WaitTold",
]
