"""The suggestion on top of the board: what the rules say, in words, with the button that does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from incisor.clinics.enums import ChairState
from incisor.patients.queries import shown_name
from incisor.reception.queries.board import Board, Row
from incisor.reception.queries.queue import waiting_entry
from incisor.reception.rules.next_action import (
    RULES,
    Act,
    Guest,
    Limits,
    Moment,
    Rule,
    Standing,
    Suggestion,
    next_action,
)
from incisor.reception.rules.waiting import minutes_between
from incisor.visits.enums import VisitStatus


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A button: what it says, where it goes with the id, what it sends. how: "post", "panel" or "page". key: a letter."""

    label: str
    url_name: str
    id: Any
    fields: dict[str, str] = field(default_factory=dict)
    how: str = "post"
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """What to do next: the words, the reason, the verb, and what could be done instead. icon and tone: how it looks."""

    act: Act
    text: str
    reason: str
    main: Verb
    others: tuple[Verb, ...] = ()
    icon: str = "arrow-right"
    tone: str = ""


def moment_of(board: Board) -> Moment:
    """Return what the rules need to know of the board."""
    rules = board.flow.rules
    return Moment(
        guests=[_guest(row, board) for row in board.waiting],
        busy=board.busy,
        on_duty=board.duty,
        cleaning=[
            Standing(key=now.chair.pk, minutes=now.minutes)
            for now in board.chairs
            if now.chair.state == ChairState.CLEANING and now.visit is None
        ],
        paying=[Standing(key=row.visit.pk, minutes=_paying(row, board)) for row in board.to_pay if row.visit],
        late=[Standing(key=row.appointment.pk, minutes=row.late) for row in board.expected if row.appointment],
        frees_in=board.outlook.frees_in,
        limits=Limits(
            prompt=rules.prompt_minutes,
            tell_again=rules.tell_again_minutes,
            recall_after=rules.recall_after_minutes,
            late=rules.late_minutes,
        ),
    )


def _guest(row: Row, board: Board) -> Guest:
    visit = row.visit
    assert visit is not None  # who waits has a visit
    called = visit.called_at if visit.status == VisitStatus.CALLED else None
    return Guest(
        entry=waiting_entry(visit, board.flow.rules),
        waited=row.waited,
        called=minutes_between(called, board.at) if called else None,
        calls=visit.calls,
        told=row.told_ago,
        parked=row.parked,
        chair=row.chair.pk if row.chair else None,
    )


def _paying(row: Row, board: Board) -> int:
    ended = row.visit.ended_at if row.visit else None
    return minutes_between(ended, board.at) if ended else 0


def suggested(board: Board, *, rules: Sequence[Rule] = RULES) -> Suggested | None:
    """Return the one thing to do next with its reason, None when nobody needs the desk. rules: those that count."""
    found = next_action(moment_of(board), rules)
    return WORDS[found.act](found, board) if found is not None else None


def _row(board: Board, key: Any) -> Row:
    return next(row for row in [*board.waiting, *board.to_pay] if row.visit and row.visit.pk == key)


def _who(row: Row) -> str:
    number = row.visit.queue_number if row.visit else ""
    return _("No. %(number)s %(patient)s") % {"number": number, "patient": shown_name(row.patient)}


def _minutes(count: int) -> str:
    return ngettext("%(n)s min", "%(n)s min", count) % {"n": count}


def _frees(minutes: int) -> str:
    if minutes < 1:
        return _("A chair is about to become free.")
    return _("A chair is free in about %(minutes)s.") % {"minutes": _minutes(minutes)}


def _more(row: Row) -> Verb:
    return Verb(
        label=_("More"), url_name="reception:visit", id=row.visit.pk if row.visit else None, how="panel", key="m"
    )


def _call_verb(row: Row) -> Verb:
    return Verb(label=pgettext("patient", "Call"), url_name="reception:call", id=row.visit.pk if row.visit else None)


def _call(found: Suggestion, board: Board) -> Suggested:
    row = _row(board, found.key)
    if found.rule == "emergency_waits":
        reason = _("Emergency, here for %(minutes)s: goes before everybody.") % {"minutes": _minutes(row.here)}
    else:
        who = row.dentist.name if row.dentist else _("A dentist")
        reason = _("%(dentist)s and %(chair)s are free; has waited %(minutes)s.") % {
            "dentist": who,
            "chair": row.chair.name if row.chair else "",
            "minutes": _minutes(found.minutes),
        }
    return Suggested(
        act=found.act,
        text=_("Call %(who)s") % {"who": _who(row)},
        reason=reason,
        main=_call_verb(row),
        others=(_more(row),),
        icon="speakerphone",
        tone="bad" if found.rule == "emergency_waits" else "",
    )


def _call_again(found: Suggestion, board: Board) -> Suggested:
    row = _row(board, found.key)
    again = Verb(label=_("Call again"), url_name="reception:call-again", id=found.key, key="a")
    missing = Verb(label=_("Not there"), url_name="reception:park", id=found.key, key="n")
    is_parking = found.act == Act.PARK
    reason = _("Called %(minutes)s ago and not come.") % {"minutes": _minutes(found.minutes)}
    if is_parking:
        reason = ngettext(
            "Called %(n)s time, the last %(minutes)s ago. Others are called meanwhile; nobody is lost.",
            "Called %(n)s times, the last %(minutes)s ago. Others are called meanwhile; nobody is lost.",
            found.count,
        ) % {"n": found.count, "minutes": _minutes(found.minutes)}
    text = _("%(who)s is not there") if is_parking else _("Call %(who)s again")
    return Suggested(
        act=found.act,
        text=text % {"who": _who(row)},
        reason=reason,
        main=missing if is_parking else again,
        others=(again, _more(row)) if is_parking else (missing, _more(row)),
        icon="user-question" if is_parking else "speakerphone",
        tone="warning",
    )


def _seat(found: Suggestion, board: Board) -> Suggested:
    row = _row(board, found.key)
    chair = row.chair.name if row.chair else ""
    seat = Verb(
        label=f"→ {chair}",
        url_name="reception:seat",
        id=found.key,
        fields={"chair": str(row.chair.pk if row.chair else "")},
    )
    return Suggested(
        act=found.act,
        text=_("Lead %(who)s to %(chair)s") % {"who": _who(row), "chair": chair},
        reason=_("Just called; the chair is free.")
        if found.minutes < 1
        else _("Called %(minutes)s ago; the chair is free.") % {"minutes": _minutes(found.minutes)},
        main=seat,
        others=(Verb(label=_("Not there"), url_name="reception:park", id=found.key, key="n"), _more(row)),
        icon="armchair",
    )


def _free_chair(found: Suggestion, board: Board) -> Suggested:
    now = next(one for one in board.chairs if one.chair.pk == found.key)
    return Suggested(
        act=found.act,
        text=_("Is %(chair)s clean?") % {"chair": now.chair.name},
        reason=ngettext(
            "Cleaned since %(minutes)s, and %(n)s patient waits for a chair.",
            "Cleaned since %(minutes)s, and %(n)s patients wait for a chair.",
            found.count,
        )
        % {"n": found.count, "minutes": _minutes(found.minutes)},
        main=Verb(label=_("Clean"), url_name="reception:chair-state", id=found.key, fields={"state": "free"}),
        icon="armchair",
        tone="warning",
    )


def _tell(found: Suggestion, board: Board) -> Suggested:
    row = _row(board, found.key)
    reason = _("Has waited %(minutes)s.") % {"minutes": _minutes(found.minutes)}
    if row.wait is not None:
        reason += " " + _("It will take about %(low)s to %(high)s min more.") % {
            "low": row.wait.low,
            "high": row.wait.high,
        }
    elif board.outlook.frees_in is not None:
        reason += " " + _frees(board.outlook.frees_in)
    others = [
        Verb(label=_("Offered"), url_name="reception:tell", id=found.key, fields={"word": "offered"}, key="o"),
        _more(row),
    ]
    if row.chair is not None:
        others.insert(1, _call_verb(row))
    return Suggested(
        act=found.act,
        text=_("Tell %(who)s: explain, apologise, offer something") % {"who": _who(row)},
        reason=reason,
        main=Verb(label=_("Told"), url_name="reception:tell", id=found.key, fields={"word": "told"}, key="t"),
        others=tuple(others),
        icon="message-2",
        tone="bad",
    )


def _check_out(found: Suggestion, board: Board) -> Suggested:
    row = _row(board, found.key)
    return Suggested(
        act=found.act,
        text=_("Check out %(who)s") % {"who": _who(row)},
        reason=_("Treated, and has waited at the desk for %(minutes)s.") % {"minutes": _minutes(found.minutes)},
        main=Verb(label=_("Check out"), url_name="billing:bill", id=found.key, how="page"),
        others=(_more(row),),
        icon="cash",
    )


def _no_show(found: Suggestion, board: Board) -> Suggested:
    row = next(one for one in board.expected if one.appointment and one.appointment.pk == found.key)
    return Suggested(
        act=found.act,
        text=_("Telephone %(patient)s") % {"patient": shown_name(row.patient)},
        reason=_("Expected %(minutes)s ago by %(dentist)s, and no word.")
        % {"minutes": _minutes(found.minutes), "dentist": row.dentist.name if row.dentist else ""},
        main=Verb(label=_("Number and steps"), url_name="scheduling:appointment", id=found.key, how="panel", key="m"),
        others=(Verb(label=_("Did not come"), url_name="reception:no-show", id=found.key, key="n"),),
        icon="phone",
        tone="warning",
    )


def _return(found: Suggestion, board: Board) -> Suggested:
    row = _row(board, found.key)
    return Suggested(
        act=found.act,
        text=_("Look for %(who)s") % {"who": _who(row)},
        reason=_("Was not there when called, %(minutes)s ago.") % {"minutes": _minutes(found.minutes)},
        main=Verb(label=_("Is back"), url_name="reception:return", id=found.key, key="b"),
        others=(Verb(label=_("Has left …"), url_name="reception:visit", id=found.key, how="panel", key="m"),),
        icon="user-question",
    )


WORDS: dict[Act, Callable[[Suggestion, Board], Suggested]] = {
    Act.CALL: _call,
    Act.CALL_AGAIN: _call_again,
    Act.PARK: _call_again,
    Act.SEAT: _seat,
    Act.FREE_CHAIR: _free_chair,
    Act.TELL: _tell,
    Act.CHECK_OUT: _check_out,
    Act.NO_SHOW: _no_show,
    Act.RETURN: _return,
}
