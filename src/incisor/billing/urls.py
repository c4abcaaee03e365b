"""Pages of billing."""

from django.urls import path

from incisor.billing.views import bills, deposits, payments, prices

app_name = "billing"
urlpatterns = [
    path("visits/<uuid:visit_id>/bill/", bills.bill, name="bill"),
    path("bills/<uuid:bill_id>/", bills.bill_by_id, name="bill-by-id"),
    path("bills/<uuid:bill_id>/items/", bills.item_add, name="item-add"),
    path("bills/<uuid:bill_id>/discount/", bills.bill_discount, name="bill-discount"),
    path("bills/<uuid:bill_id>/confirm/", bills.bill_confirm, name="bill-confirm"),
    path("bills/<uuid:bill_id>/pay/", bills.bill_pay, name="bill-pay"),
    path("bills/<uuid:bill_id>/leave-open/", bills.bill_leave_open, name="bill-leave-open"),
    path("bills/<uuid:bill_id>/reverse/", bills.bill_void, name="bill-void"),
    path("bills/<uuid:bill_id>/next-visit/", bills.bill_next_visit, name="bill-next-visit"),
    path("bill-lines/<uuid:line_id>/change/", bills.line_change, name="line-change"),
    path("bill-lines/<uuid:line_id>/remove/", bills.line_remove, name="line-remove"),
    path("bill-lines/<uuid:line_id>/restore/", bills.line_restore, name="line-restore"),
    path("bill-lines/<uuid:line_id>/discount/", bills.line_discount, name="line-discount"),
    path("appointments/<uuid:appointment_id>/deposit/", deposits.deposit, name="deposit"),
    path("bills/<uuid:bill_id>/use-held/", bills.bill_use_held, name="bill-use-held"),
    path("to-pay/", payments.to_pay, name="to-pay"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<uuid:payment_id>/reverse/", payments.payment_reverse, name="payment-reverse"),
    path("payments/<uuid:payment_id>/receipt.pdf", payments.receipt, name="receipt"),
    path("patients/<uuid:patient_id>/money/", payments.patient_money, name="patient-money"),
    path("prices/", prices.prices, name="prices"),
    path("prices/<uuid:procedure_id>/", prices.price, name="price"),
    path("price-versions/<uuid:price_id>/withdraw/", prices.price_withdraw, name="price-withdraw"),
]
