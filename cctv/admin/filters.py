"""Filters that answer questions: which cameras need somebody now?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cctv.models.choices import Phase, Status
from commandcenter.city.sharing import PARTNERS

TRIAL_SOON = timedelta(days=30)


class QuestionFilter(admin.SimpleListFilter):
    """A filter whose answers are queries, in the order of ``questions``."""

    questions: dict[str, tuple[Any, Any]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The questions' words."""
        return [(key, words) for key, (words, _condition) in self.questions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows that answer the chosen question."""
        found = self.questions.get(self.value() or "")
        if found is None:
            return queryset
        condition = found[1]() if callable(found[1]) else found[1]
        return queryset.filter(condition)


class NeedsFilter(QuestionFilter):
    """What is wrong now."""

    title = _("needs attention")
    parameter_name = "needs"
    questions = {
        "down": (
            _("Gives no picture"),
            Q(status__in=[Status.OFFLINE, Status.AUTH_FAILED], enabled=True),
        ),
        "password": (_("Wrong password"), Q(status=Status.AUTH_FAILED)),
        "never": (_("Never gave a picture"), Q(last_good_at__isnull=True, enabled=True)),
        "picture": (_("Picture fault"), ~Q(picture_faults=[])),
    }


class NoticeFilter(QuestionFilter):
    """The posted notice of UU PDP art. 17."""

    title = _("notice")
    parameter_name = "notice"
    questions = {
        "missing": (_("Not posted"), Q(notice_posted=False)),
        "blocked": (
            _("Not posted, sharing blocked"),
            Q(notice_posted=False, sharing__in=sorted(PARTNERS)),
        ),
        "posted": (_("Posted"), Q(notice_posted=True)),
        "purpose": (_("No purpose written"), Q(purpose="") | Q(lawful_basis="")),
    }


def _ending() -> Q:
    return Q(phase=Phase.TRIAL, trial_until__lte=timezone.localdate() + TRIAL_SOON)


def _over() -> Q:
    return Q(phase=Phase.TRIAL, trial_until__lt=timezone.localdate())


class TrialFilter(QuestionFilter):
    """Trials that ask for a decision."""

    title = _("trial")
    parameter_name = "trial"
    questions = {
        "ending": (_("Ends within 30 days"), _ending),
        "over": (_("Over, not decided"), _over),
        "all": (_("On trial"), Q(phase=Phase.TRIAL)),
    }


class AddressFilter(QuestionFilter):
    """What an address list tells."""

    title = _("addresses")
    parameter_name = "addresses"
    questions = {
        "no-sub": (_("No sub stream"), Q(sub_url="") & Q(main_url__istartswith="rtsp")),
        "h265": (_("H.265"), Q(codec_hint__in=["h265", "hevc"]) | Q(probe__codec__in=["h265", "hevc"])),
        "no-login": (_("No login stored"), Q(password__isnull=True)),
    }
