"""What stands between a request and a guarded page: signing in, unlocking, second factor, new password."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from incisor.kernel.htmx import redirect


def next_step(request: HttpRequest) -> HttpResponse | None:
    """Return a redirect to what must be done first, None when the request may pass."""
    here = request.get_full_path()
    if not request.user.is_authenticated:
        return redirect(request, f"{reverse('accounts:sign-in')}?next={here}")
    return None
