"""Every entry of the record has words."""

import ast

from incisor.config.audit_words import LABELS
from incisor.visits.enums import StepVerb
from tests.architecture.code import dotted, modules


def recorded():
    """Yield the keys with which something is recorded, as far as they stand in the code."""
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and dotted(node.func) in {"record", "audit.record"} and node.args:
                yield from (one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant))


def test_every_entry_has_words():
    keys = {key for key in recorded() if isinstance(key, str) and "." in key}
    keys -= {"visit."}  # of a step in place: its verb follows
    keys |= {f"visit.{verb.value}" for verb in StepVerb}

    assert len(keys) > 50
    assert sorted(keys - set(LABELS)) == []
