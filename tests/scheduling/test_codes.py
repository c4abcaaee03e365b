"""The code of a confirmation: what is scanned is what was shown, and nothing else."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incisor.scheduling.rules import appointment_of_code, code_of

UUIDS = st.integers(min_value=0, max_value=(1 << 128) - 1).map(lambda number: uuid.UUID(int=number))


@given(UUIDS)
def test_code_leads_back(key):
    code = code_of(key)

    assert len(code) == 41
    assert code.isdigit()
    assert appointment_of_code(f" {code}\n") == key


@given(UUIDS, st.integers(min_value=0, max_value=40), st.integers(min_value=1, max_value=9))
def test_one_digit_read_wrongly_is_noticed(key, place, more):
    code = code_of(key)
    wrong = code[:place] + str((int(code[place]) + more) % 10) + code[place + 1 :]

    assert appointment_of_code(wrong) is None


@pytest.mark.parametrize("text", ["", "1", "13800001111", "9" * 41, "x" * 41, code_of(uuid.UUID(int=1)) + "0"])
def test_anything_else_is_no_code(text):
    assert appointment_of_code(text) is None


def test_number_beyond_a_uuid_is_no_code():
    body = str(1 << 128).rjust(39, "0")
    code = f"{body}{98 - int(body) * 100 % 97:02d}"

    assert len(code) == 41
    assert appointment_of_code(code) is None
