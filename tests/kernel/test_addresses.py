"""The quick `url` tag writes what Django's own writes."""

import uuid

import pytest
from django.template import Context, Template
from django.template.engine import Engine
from django.urls import NoReverseMatch, reverse, set_script_prefix

THING = uuid.UUID(int=7)
DJANGOS = Engine(builtins=[])  # knows Django's own tag only


@pytest.mark.parametrize(
    "words",
    [
        "'patients:patient' one",
        "'scheduling:appointment-move' one",
        "'patients:patient' one_text",
        "'patients:patient' patient_id=one",
        "'patients:patients'",
        "name one",
        "'patients:patient' one as address",
    ],
)
@pytest.mark.parametrize("prefix", ["/", "/clinic/"])
def test_as_django_writes_it(words, prefix):
    set_script_prefix(prefix)
    try:
        source = f"[{{% url {words} %}}]{{{{ address }}}}"
        context = {"one": THING, "one_text": str(THING), "name": "patients:patient"}
        written = Template(source).render(Context(context))

        assert written == DJANGOS.from_string(source).render(Context(context))
        assert written.replace("[]", "").strip("[]").startswith(prefix)
    finally:
        set_script_prefix("/")


def test_an_unknown_name_is_still_refused():
    with pytest.raises(NoReverseMatch):
        Template("{% url 'patients:nobody' one %}").render(Context({"one": THING}))


def test_pages_have_the_quick_one():
    assert reverse("patients:patient", args=[THING]) == Template("{% url 'patients:patient' one %}").render(
        Context({"one": THING})
    )
    assert type(Template("{% url 'patients:patient' one %}").nodelist[0]).__name__ == "QuickURLNode"
