"""What may stand in the calendar: statuses, times, ranking of proposals, filter codes. Plain values, no clock."""

from incisor.scheduling.rules.filters import DAY_LETTERS, LETTERS, PART_LETTERS, Filter, parse_filter
from incisor.scheduling.rules.placing import is_kept, settles
from incisor.scheduling.rules.ranking import Candidate, Judgement, Rank, best, judge
from incisor.scheduling.rules.statuses import MOVABLE, NEXT, may_change
from incisor.scheduling.rules.times import (
    HARD,
    MAX_MINUTES,
    Conflict,
    Need,
    Surroundings,
    Taken,
    Wish,
    chair_for,
    conflicts,
    free_starts,
    grid_starts,
    nearest_starts,
    need_of,
    suits,
)

__all__ = [
    "DAY_LETTERS",
    "HARD",
    "LETTERS",
    "MAX_MINUTES",
    "MOVABLE",
    "NEXT",
    "PART_LETTERS",
    "Candidate",
    "Conflict",
    "Filter",
    "Judgement",
    "Need",
    "Rank",
    "Surroundings",
    "Taken",
    "Wish",
    "best",
    "chair_for",
    "conflicts",
    "free_starts",
    "grid_starts",
    "is_kept",
    "judge",
    "may_change",
    "nearest_starts",
    "need_of",
    "parse_filter",
    "settles",
    "suits",
]
