"""A citizen writes: the form, the same form without a network, and the door of reports kept on a phone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from complaints import abuse, hurdle, numbers
from complaints.models import Category, Channel, ChannelKind, Report
from complaints.opened import keep_open, opened_by
from complaints.services import repeats
from complaints.services.filing import Filed, NewReport, file_report
from complaints.services.reporters import plain_phone, reporter_for
from complaints.views.public import DEVICE, promised, web_channel

DEVICE_AGE_S = 400 * 24 * 3600
Answer = TypeVar("Answer", bound=HttpResponse)
PROOF = "proof"
MAP = {"tiles": settings.MAP_TILES_URL}
TOO_MANY = gettext_lazy(
    "Many reports came from this browser or number within a quarter of an hour. Wait a little, or use a "
    "browser with JavaScript, which proves by itself that you are no machine. In an emergency call 112."
)


BY_MAIL = gettext_lazy(
    "With your e-mail you get written answers; with a number alone an officer can call you."
)


if TYPE_CHECKING:
    _Choices = ModelChoiceIterator[Category]
    _Choice = forms.ModelChoiceField[Category]
else:
    _Choices = ModelChoiceIterator
    _Choice = forms.ModelChoiceField


PANIC = "DRT-05"
"""The category of a button that is pressed, not chosen from a list; forms kept from earlier may name it."""


class ByParent(_Choices):
    """Choices in the city's order, under the names of their parents where they have one."""

    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        groups: dict[str, list[Any]] = {}
        for row in self.queryset.exclude(code=PANIC).select_related("parent"):
            if row.parent is None:
                groups[f"-{row.pk}"] = [self.choice(row)]
            else:
                groups.setdefault(row.parent.title, []).append(self.choice(row))
        for name, choices in groups.items():
            yield choices[0] if name.startswith("-") else (name, choices)


class CategoryField(_Choice):
    """A list that a thumb finds its way in."""

    iterator = ByParent


class CitizenForm(forms.Form):
    """What a citizen writes; only the text is needed."""

    text = forms.CharField(
        label=gettext_lazy("What is wrong?"), max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5, "data-missing": gettext_lazy("Write what is wrong.")}),
        error_messages={"required": gettext_lazy("Write what is wrong.")},
    )  # fmt: skip
    category = CategoryField(
        Category.objects.offered(), label=gettext_lazy("What is it about?"), required=False,
        empty_label=gettext_lazy("I do not know"),
    )  # fmt: skip
    address = forms.CharField(label=gettext_lazy("Where is it?"), max_length=300, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    lng = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=160, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone or WhatsApp"), max_length=40, required=False)
    email = forms.EmailField(label=pgettext_lazy("of a reporter", "E-mail"), required=False)
    anonymous = forms.BooleanField(
        label=gettext_lazy("Hide my name from the agency that handles it"), required=False
    )
    secret = forms.BooleanField(label=gettext_lazy("Keep the whole report secret"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if Channel.objects.in_use().filter(kind=ChannelKind.EMAIL).exists():
            self.fields["email"].help_text = BY_MAIL


@never_cache
def write(request: HttpRequest) -> HttpResponse:
    """The form; an answer is a page with number and PIN."""
    channel = web_channel()
    form = CitizenForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        filed = _file(request, channel, form)
        if filed is not None:
            return _receipt(request, filed)
    return _with_device(request, render(request, "complaints/public/write.html", {"form": form, **MAP}))


@require_GET
@never_cache
def offline(request: HttpRequest) -> HttpResponse:
    """The form as a phone keeps it: nothing of a session in it, and it says when it was made.

    ``?lang=`` chooses the language, because the phone asks for it without cookies.
    """
    web_channel()
    known = {code for code, _name in settings.LANGUAGES}
    wish = request.GET.get("lang", "")
    with translation.override(wish if wish in known else get_language()):
        context = {"form": CitizenForm(), "made": timezone.now(), **MAP}
        return render(request, "complaints/public/offline.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
def send(request: HttpRequest) -> JsonResponse:
    """The door of reports kept on a phone: GET gives what a POST needs, POST answers with number and PIN.

    A POST is the form's; 201 for a new report, 200 for one that had arrived before (same ``key``), with the
    same number and PIN. 400 names every field that is wrong; 428 asks for a proof of work (`proof`).
    """
    channel = web_channel()
    if request.method == "GET":
        answer = JsonResponse({"csrf": get_token(request)})
        _with_device(request, answer)
        return answer
    form = CitizenForm(_without_old_category(request))
    if not form.data.get("key"):
        form.add_error("key", gettext_lazy("The form is too old; load it again."))
    filed = _file(request, channel, form, _wanted(request)) if form.is_valid() else None
    if filed is None and form.has_error(NON_FIELD_ERRORS, PROOF):
        return JsonResponse({"errors": form.errors, "proof": hurdle.asked()}, status=428)
    if filed is None:
        return JsonResponse({"errors": form.errors}, status=400)
    report = filed.report
    _remember(request, filed)
    link = "" if report.secret else f"/lapor/{report.number}/"
    said = {"number": report.number, "pin": filed.pin, "link": link, "again": not filed.created}
    said["answer_by"] = promised(report)
    return JsonResponse(said, status=201 if filed.created else 200)


def _wanted(request: HttpRequest) -> frozenset[uuid.UUID]:
    """The files that the sender did not take away again."""
    found = set()
    for mark in request.POST.get("files", "")[:2000].split(","):
        try:
            found.add(uuid.UUID(mark))
        except ValueError:
            continue
    return frozenset(found)


def _without_old_category(request: HttpRequest) -> Any:
    """A kept form may name a category that is no longer offered: then it is "I do not know"."""
    data = request.POST.copy()
    pk = data.get("category", "")
    known = Category.objects.offered().filter(pk=int(pk) if len(pk) < 10 and pk.isdecimal() else 0)
    if pk and not known.exists():
        data["category"] = ""
    return data


def _file(
    request: HttpRequest, channel: Channel, form: CitizenForm, wanted: frozenset[uuid.UUID] | None = None
) -> Filed | None:
    """Files what a valid form holds; None with the form's errors filled where it is refused."""
    data = form.cleaned_data
    phone, urgent = plain_phone(data["phone"]), hurdle.is_urgent(data["category"])
    if not hurdle.known(data["key"]) and not hurdle.passes(request, phone=phone, urgent=urgent):
        form.add_error(None, ValidationError(TOO_MANY, code=PROOF))
        return None
    many = (str(abuse.Sign.MANY_REPORTS),) if urgent and hurdle.raised(request, phone) else ()
    try:
        filed = file_report(_new_report(channel, data, wanted, many, opened_by(request)))
        if filed.created:
            hurdle.counted(request, phone)
        return filed
    except ValidationError as error:
        for field, problems in error.message_dict.items():
            form.add_error(field if field in form.fields else None, problems)
    return None


def _new_report(
    channel: Channel,
    data: dict[str, Any],
    wanted: frozenset[uuid.UUID] | None,
    many: tuple[str, ...],
    own: list[int],
) -> NewReport:
    mark = numbers.mark_of_key(data["key"]) if data["key"] else uuid.uuid4()
    reporter = None
    if data["name"] or data["phone"] or data["email"]:
        # No address: whoever types a number has not proved that it is his, and is nobody known (0106).
        reporter = reporter_for(
            channel=channel, name=data["name"], phone=data["phone"], email=data["email"],
            language=get_language() or "id", wrote_at=timezone.now(),
        )  # fmt: skip
    signs = abuse.check(data["text"], earlier=repeats.earlier(reporter, own))
    return NewReport(
        channel=channel, text=data["text"], uuid=mark, category=data["category"],
        address=data["address"], lat=data["lat"], lng=data["lng"], reporter=reporter,
        anonymous=data["anonymous"], secret=data["secret"], draft=data["key"], wanted=wanted,
        senders_key=data["key"] is not None,
        flags=many + tuple(str(flag.sign) for flag in signs),
    )  # fmt: skip


def _receipt(request: HttpRequest, filed: Filed) -> HttpResponse:
    """Whoever has the PIN may rate and reopen."""
    _remember(request, filed)
    report: Report = filed.report
    context = {
        "report": report,
        "pin": filed.pin,
        "link": f"/lapor/{report.number}/",
        "again": not filed.created,
        "promised": promised(report),
    }
    return render(request, "complaints/public/receipt.html", context)


def _remember(request: HttpRequest, filed: Filed) -> None:
    """This browser has shown the PIN by being given it."""
    if filed.pin and filed.report.pk not in opened_by(request):
        keep_open(request, filed.report)


def _with_device(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A random mark of this browser: limits count by it, never by an address that a whole quarter shares."""
    return answer if hurdle.mark_of(request) else keep_device(answer, hurdle.new_mark())


def keep_device(answer: Answer, mark: str) -> Answer:
    """Lets the browser keep its mark."""
    answer.set_cookie(
        DEVICE, mark, max_age=DEVICE_AGE_S, httponly=True, samesite="Lax", secure=settings.HTTPS
    )
    return answer
