"""What the door adds to the rows of the board: who said to come later, what nobody has seen to, warnings before operations."""

from datetime import datetime

from incisor.clinics.models import Clinic
from incisor.reception.queries.arrivals import late_words
from incisor.reception.queries.board import Board, Row
from incisor.reception.queries.care import care_of_visits
from incisor.reception.queries.points import open_points
from incisor.reception.rules.points import is_pressing


def mark_rows(clinic: Clinic, board: Board, at: datetime) -> Board:
    """Mark the rows of a board and return it: late words, points and warnings, a fixed number of queries."""
    if board.expected:
        told = late_words(clinic, [row.appointment.pk for row in board.expected if row.appointment])
        for row in board.expected:
            if row.appointment is not None and row.appointment.pk in told:
                _mark_told(row, told[row.appointment.pk], board.limit)
    here = [row for row in (*board.waiting, *board.in_chair) if row.visit is not None]
    if here:
        visits = [row.visit for row in here if row.visit is not None]
        points = open_points(visit.pk for visit in visits)
        care = care_of_visits(clinic, visits, at)
        for row, visit in zip(here, visits, strict=True):
            row.point_count = sum(1 for _key, level in points.get(visit.pk, ()) if is_pressing(level))
            row.care = care.get(visit.pk)
    return board


def _mark_told(row: Row, minutes: int, limit: int) -> None:
    """Who said to come later is late only after that."""
    row.told = minutes
    row.late = max(0, row.late - minutes)
    row.tone = "bad" if row.late > limit else "warning" if row.late else ""
