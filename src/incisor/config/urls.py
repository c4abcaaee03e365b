"""Every app's pages. The root is today's board."""

from django.urls import include, path

urlpatterns = [
    path("", include("incisor.kernel.urls")),
    path("", include("incisor.accounts.urls")),
    path("", include("incisor.clinics.urls")),
    path("", include("incisor.staff.urls")),
    path("", include("incisor.patients.urls")),
    path("", include("incisor.messaging.urls")),
    path("", include("incisor.forms.urls")),
    path("", include("incisor.scheduling.urls")),
    path("", include("incisor.visits.urls")),
    path("", include("incisor.billing.urls")),
    path("", include("incisor.reception.urls")),
    path("", include("incisor.enquiries.urls")),
    path("", include("incisor.outreach.urls")),
    path("", include("incisor.portal.urls")),
    path("", include("incisor.api.urls")),
]
handler403 = "incisor.kernel.views.forbidden"
handler404 = "incisor.kernel.views.missing"
handler500 = "incisor.kernel.views.broken"
