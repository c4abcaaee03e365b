"""Pages of reception: today's board, the dentist's day, and every step of a patient."""

from incisor.reception.views.arrivals import check_in, no_show, undo_no_show, walk_in
from incisor.reception.views.board import chairside, today
from incisor.reception.views.screen_page import screen, screen_now, screen_preview
from incisor.reception.views.screen_settings import (
    notice_edit,
    notice_new,
    notice_remove,
    notice_restore,
    screen_edit,
    screens,
)
from incisor.reception.views.steps import call, call_back, call_next, chair_state, close, end, leave, seat, undo
from incisor.reception.views.visit import correct, reorder, triage, visit_panel

__all__ = [
    "call",
    "call_back",
    "call_next",
    "chair_state",
    "chairside",
    "check_in",
    "close",
    "correct",
    "end",
    "leave",
    "no_show",
    "notice_edit",
    "notice_new",
    "notice_remove",
    "notice_restore",
    "reorder",
    "screen",
    "screen_edit",
    "screen_now",
    "screen_preview",
    "screens",
    "seat",
    "today",
    "triage",
    "undo",
    "undo_no_show",
    "visit_panel",
    "walk_in",
]
