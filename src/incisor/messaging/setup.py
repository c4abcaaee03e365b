"""What a clinic starts with: the shipped message templates in Chinese and English."""

import json
from importlib import resources

from incisor.clinics.models import Clinic
from incisor.messaging.models import MessageTemplate


def load_templates(*, clinic: Clinic) -> int:
    """Write the shipped templates that the clinic does not have; returns how many."""
    text = resources.files("incisor.messaging.data").joinpath("templates.json").read_text(encoding="utf-8")
    have = set(MessageTemplate.objects.filter(clinic=clinic).values_list("key", "language"))
    fresh = [
        MessageTemplate(
            clinic=clinic, key=one["key"], language=language, subject=one[f"name_{suffix}"], body=one[f"body_{suffix}"]
        )
        for one in json.loads(text)
        for language, suffix in (("zh-hans", "zh"), ("en", "en"))
        if (one["key"], language) not in have
    ]
    MessageTemplate.objects.bulk_create(fresh)
    return len(fresh)
