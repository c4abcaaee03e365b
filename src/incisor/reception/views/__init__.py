"""Pages of reception: today's board, the dentist's day, and every step of a patient."""

from incisor.reception.views.arrivals import (
    arrival,
    check_in,
    end_late_word,
    no_show,
    note_late,
    points,
    reopen_points,
    scan,
    see_points,
    send_link,
    take_gap,
    undo_no_show,
)
from incisor.reception.views.board import due, today
from incisor.reception.views.care_panel import care
from incisor.reception.views.flow import flow_settings, waits
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
from incisor.reception.views.triage_settings import (
    question_edit,
    questions_reset,
    sign_edit,
    sign_reset,
    triage_settings,
)
from incisor.reception.views.visit import correct, reorder, triage, visit_panel
from incisor.reception.views.waiting import call_again, park, redirect_patient, return_to_queue, tell, untell
from incisor.reception.views.walk_ins import guide, later, walk_in

__all__ = [
    "arrival",
    "call",
    "call_again",
    "call_back",
    "call_next",
    "care",
    "chair_state",
    "check_in",
    "close",
    "correct",
    "due",
    "end",
    "end_late_word",
    "flow_settings",
    "guide",
    "later",
    "leave",
    "no_show",
    "note_late",
    "notice_edit",
    "notice_new",
    "notice_remove",
    "notice_restore",
    "park",
    "points",
    "question_edit",
    "questions_reset",
    "redirect_patient",
    "reopen_points",
    "reorder",
    "return_to_queue",
    "scan",
    "screen",
    "screen_edit",
    "screen_now",
    "screen_preview",
    "screens",
    "seat",
    "see_points",
    "send_link",
    "sign_edit",
    "sign_reset",
    "take_gap",
    "tell",
    "today",
    "triage",
    "triage_settings",
    "undo",
    "undo_no_show",
    "untell",
    "visit_panel",
    "waits",
    "walk_in",
]
