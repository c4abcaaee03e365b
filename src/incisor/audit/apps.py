from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "incisor.audit"
    label = "audit"

    def ready(self) -> None:
        from incisor.audit import jobs, queries  # noqa: F401, PLC0415 -- app ready
        from incisor.kernel.checks import Check, checks  # noqa: PLC0415 -- app ready

        checks.add(Check(key="chain", label=_("Audit record"), order=60, run=queries.check_chain))
        checks.add(Check(key="clock", label=_("Clock"), order=70, run=queries.check_clock))
