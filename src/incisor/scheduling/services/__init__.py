"""Every change of the calendar. Whatever takes up time passes the one gate (`gate.secure`)."""

from incisor.scheduling.services.blocks import BlockMissing, add_block, remove_block
from incisor.scheduling.services.booking import book_appointment, book_new_patient, book_together
from incisor.scheduling.services.changing import (
    NothingToUndo,
    NotMovable,
    WrongStatus,
    cancel_appointment,
    change_status,
    edit_appointment,
    move_appointment,
    undo_change,
    undo_changes,
)
from incisor.scheduling.services.confirming import (
    NotExpected,
    change_confirmation_rules,
    note_answer,
    note_deposit,
    take_back_answer,
)
from incisor.scheduling.services.exchanging import NotSwappable, copy_appointment, swap_appointments
from incisor.scheduling.services.filling import (
    NobodyToAsk,
    OfferEnded,
    accept_offer,
    cancel_with_offer,
    offer_slot,
    pass_on_offers,
    refuse_offer,
    take_back_offer,
)
from incisor.scheduling.services.gate import NobodyFree, SlotTaken
from incisor.scheduling.services.holding import hold_slot, release_hold
from incisor.scheduling.services.looking import NoSuchLook, choose_look
from incisor.scheduling.services.placing import (
    AlreadySettled,
    give_up_unplaced,
    note_contact,
    place_unplaced,
    take_up_unplaced,
    unplace_appointment,
)
from incisor.scheduling.services.printing import show_phones
from incisor.scheduling.services.waitlist import (
    WaitsAlready,
    change_waitlist_rules,
    leave_waitlist,
    put_on_waitlist,
    return_to_waitlist,
)

__all__ = [
    "AlreadySettled",
    "BlockMissing",
    "NoSuchLook",
    "NobodyFree",
    "NobodyToAsk",
    "NotExpected",
    "NotMovable",
    "NotSwappable",
    "NothingToUndo",
    "OfferEnded",
    "SlotTaken",
    "WaitsAlready",
    "WrongStatus",
    "accept_offer",
    "add_block",
    "book_appointment",
    "book_new_patient",
    "book_together",
    "cancel_appointment",
    "cancel_with_offer",
    "change_confirmation_rules",
    "change_status",
    "change_waitlist_rules",
    "choose_look",
    "copy_appointment",
    "edit_appointment",
    "give_up_unplaced",
    "hold_slot",
    "leave_waitlist",
    "move_appointment",
    "note_answer",
    "note_contact",
    "note_deposit",
    "offer_slot",
    "pass_on_offers",
    "place_unplaced",
    "put_on_waitlist",
    "refuse_offer",
    "release_hold",
    "remove_block",
    "return_to_waitlist",
    "show_phones",
    "swap_appointments",
    "take_back_answer",
    "take_back_offer",
    "take_up_unplaced",
    "undo_change",
    "undo_changes",
    "unplace_appointment",
]
