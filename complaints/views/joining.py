""" "Ikut melapor": one more citizen behind a report that is there already, with or without a contact."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from complaints import hurdle
from complaints.models import Report
from complaints.services import merging
from complaints.services.reporters import digest, plain_phone, reporter_for
from complaints.services.writing import Conflict
from complaints.views.public import JOINED, public_report, reply, told, web_channel

WAIT = gettext_lazy("Much came from this browser or number. Wait a quarter of an hour.")


class JoinForm(forms.Form):
    """How to tell this citizen what happens; both may be empty."""

    phone = forms.CharField(max_length=40, required=False, label=gettext_lazy("Telephone or WhatsApp"))
    email = forms.EmailField(max_length=254, required=False, label=pgettext_lazy("of a reporter", "E-mail"))

    def clean_phone(self) -> str:
        """In full, or nothing."""
        typed: str = self.cleaned_data["phone"]
        number = plain_phone(typed)
        if typed.strip() and not number:
            raise ValidationError(_("Write the number in full, for instance 0812 3456 7890."))
        return number


@require_POST
@never_cache
def join(request: HttpRequest, number: str) -> HttpResponse:
    """Counts this citizen once a browser and once a contact; the answer is the same whether he was known."""
    channel, report = web_channel(), public_report(number)
    form = JoinForm(request.POST)
    if not form.is_valid():
        field, problems = next(iter(form.errors.items()))
        return reply(request, report, problem=f"{form.fields[field].label}: {problems[0]}")
    joined = request.session.get(JOINED, [])
    if report.pk in joined:
        return reply(request, report, done=_thanks(report))
    phone, email = form.cleaned_data["phone"], form.cleaned_data["email"].lower()
    if not hurdle.passes(request, phone=phone):
        return _wants_work(request) or reply(request, report, problem=str(WAIT), status=429)
    try:
        with transaction.atomic():  # who is refused leaves no contact behind
            if merging.follows(report, digest("email", email)):
                return reply(request, report, done=_thanks(report))
            reporter = reporter_for(
                channel=channel, address=phone or email, phone=phone, email=email,
                language=get_language() or "id", wrote_at=timezone.now(), claimed=True,
            )  # fmt: skip
            merging.join(report=report, reporter=reporter)
    except Conflict as clash:
        return reply(request, report, problem=told(clash), status=409)
    except ValidationError as error:
        return reply(request, report, problem=told(error))
    hurdle.counted(request, phone)
    request.session[JOINED] = [*joined[-19:], report.pk]
    return reply(request, report, done=_thanks(report))


def _wants_work(request: HttpRequest) -> HttpResponse | None:
    """For the page's script: what its browser has to compute before this citizen is counted."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"proof": hurdle.asked(), "problem": str(WAIT)}, status=428)
    return None


def _thanks(report: Report) -> str:
    return _("You are counted among those who report %(number)s. There is no need to send it again.") % {
        "number": report.number
    }
