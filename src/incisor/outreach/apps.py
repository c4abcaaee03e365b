from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incisor.accounts.enums import Permission
from incisor.kernel.hooks import DueWork, Link, Panel, due_work, navigation


class OutreachConfig(AppConfig):
    name = "incisor.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Stand in the navigation, on the patient's page and in the search; react to what happens below."""
        from incisor.outreach import jobs, queries, reactions  # noqa: F401, PLC0415 -- app ready
        from incisor.outreach.queries.due import follow_ups_due  # noqa: PLC0415 -- same
        from incisor.outreach.queries.tab_counts import open_task_count  # noqa: PLC0415 -- same
        from incisor.patients.hooks import Ranking, patient_panels, search_ranking  # noqa: PLC0415 -- same

        navigation.add(
            Link(
                key="follow-ups",
                label=_("Follow-up"),
                order=40,
                permission=Permission.FOLLOW_UP_SEE,
                url_name="outreach:follow-ups",
                icon="phone",
                group=_("Desk"),
                words=_("calls recall after treatment"),
            )
        )
        navigation.add(
            Link(
                key="reminders",
                label=_("Reminders"),
                order=58,
                permission=Permission.MESSAGE_SEE,
                url_name="outreach:planned",
                icon="bell",
                group=_("Desk"),
                words=_("what will be sent tomorrow rules confirmation"),
            )
        )
        patient_panels.add(
            Panel(
                key="contacts",
                label=_("Contacts"),
                order=60,
                permission=Permission.FOLLOW_UP_SEE,
                url_name="outreach:contacts",
                icon="phone",
                count=open_task_count,
            )
        )
        due_work.add(
            DueWork(
                key="follow-ups",
                label=_("Follow-up calls"),
                order=30,
                permission=Permission.FOLLOW_UP_CALL,
                find=follow_ups_due,
                url_name="outreach:follow-ups",
                icon="phone-outgoing",
            )
        )
        called = _("called lately")
        search_ranking.add(
            Ranking(
                key="called",
                label=_("Called lately"),
                order=60,
                permission=Permission.FOLLOW_UP_SEE,
                rank=lambda clinic, ids, at: {
                    pk: (score, str(called)) for pk, score in queries.ranking(clinic, ids, at).items()
                },
            )
        )
