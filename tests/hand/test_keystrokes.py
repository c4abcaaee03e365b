"""The arithmetic agrees with its authors, and with the ways on which the goals rest."""

import pytest

from tests.hand.keystrokes import effort_of


def test_the_authors_own_example_comes_out_as_printed():
    """Two editors of Card, Moran & Newell: 4 M and 15 K; 2 M, 8 K (one of them the mouse button), 2 H, 1 P."""
    assert effort_of("M M M M T15").klm_s == 8.4
    assert effort_of("H C H M K:replace T5 M K:Esc").klm_s == 6.2


@pytest.mark.parametrize(
    ("way", "actions", "seconds"),
    [
        ("M T5:name M K:Enter", 2, 3.9),
        ("M T10:name M K:Enter T11:phone K:Enter", 4, 7.3),
        ("M T5:name M K2:Ctrl+Enter X3:nwe M K:1", 4, 7.15),
        ("M V D:card", 1, 5.0),
        ("M V C:Arrived", 1, 3.9),
        ("M K:F4", 1, 1.55),
        ("M V C:Check_out H T3:cash K:c K:Enter M K:1", 5, 6.85),
        ("M K:d M K:2", 2, 3.1),
        ("M T2 TAB T2", 2, 2.35),
    ],
)
def test_a_way_costs_its_operators(way, actions, seconds):
    effort = effort_of(way)

    assert (effort.actions, effort.klm_s) == (actions, seconds)


def test_an_unknown_token_is_refused():
    with pytest.raises(ValueError, match="Q7"):
        effort_of("M Q7")
