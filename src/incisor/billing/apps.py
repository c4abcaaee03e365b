from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "incisor.billing"
    label = "billing"

    def ready(self) -> None:
        """Listen to what happens below; stand in the navigation, in the search and on the patient's page."""
        from incisor.accounts.enums import Permission  # noqa: PLC0415 -- app ready
        from incisor.billing import reactions  # noqa: F401, PLC0415 -- app ready
        from incisor.billing.queries.figures import paid_in_words  # noqa: PLC0415 -- app ready
        from incisor.billing.queries.prices import prices_on  # noqa: PLC0415 -- app ready
        from incisor.billing.services.import_balances import IMPORTED_BALANCES  # noqa: PLC0415 -- app ready
        from incisor.kernel.hooks import Link, Panel, commands, navigation  # noqa: PLC0415 -- app ready
        from incisor.patients.hooks import Figure, import_kinds, patient_figures, patient_panels  # noqa: PLC0415 -- app ready
        from incisor.scheduling.hooks import deposit_till  # noqa: PLC0415 -- app ready
        from incisor.visits.hooks import PriceSource, price_of  # noqa: PLC0415 -- app ready

        import_kinds.add(IMPORTED_BALANCES)
        deposit_till.add(
            Link(
                key="billing",
                label=_("Take a deposit"),
                order=10,
                permission=Permission.MONEY_TAKE,
                url_name="billing:deposit",
                icon="cash",
            )
        )
        price_of.add(PriceSource(key="price-list", label=_("Price list"), order=10, find=prices_on))

        money = _("Money")
        for key, label, order, permission, icon, words in (
            ("to-pay", _("Check out"), 310, Permission.MONEY_SEE, "cash", _("check out debts owed cashier")),
            (
                "payments",
                _("Payments"),
                320,
                Permission.MONEY_SEE,
                "receipt",
                _("payments of the day receipts takings"),
            ),
            ("prices", _("Price list"), 330, Permission.MONEY_SEE, "list-details", _("prices fees tariff")),
        ):
            link = Link(
                key=f"billing-{key}",
                label=label,
                order=order,
                permission=permission,
                url_name=f"billing:{key}",
                icon=icon,
                group=money,
                words=words,
            )
            navigation.add(link)
            commands.add(link)
        patient_panels.add(
            Panel(
                key="money",
                label=money,
                order=60,
                permission=Permission.MONEY_SEE,
                url_name="billing:patient-money",
                icon="cash",
            )
        )
        patient_figures.add(
            Figure(key="paid", label=_("Paid in all"), order=20, permission=Permission.MONEY_SEE, find=paid_in_words)
        )
