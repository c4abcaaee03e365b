"""What the desk keeps of its own, by topic."""

from incisor.reception.models.flow import FlowRules, WaitTold
from incisor.reception.models.screen import ScreenNotice

__all__ = ["FlowRules", "ScreenNotice", "WaitTold"]
