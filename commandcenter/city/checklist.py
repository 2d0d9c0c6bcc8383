"""What an empty city still needs: each app adds its first step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commandcenter.city.registry import Registry


@dataclass(frozen=True, slots=True)
class Step:
    """``done()`` asks the database; ``url`` is where the step is done (a path, or a callable giving one)."""

    key: str
    title: str | Promise
    done: Callable[[], bool]
    url: str | Callable[[], str]
    order: int = 100
    hint: str | Promise = ""

    @property
    def link(self) -> str:
        """The path behind the step."""
        return self.url if isinstance(self.url, str) else self.url()


steps: Registry[Step] = Registry("first-run step")
register = steps.register


def state() -> list[tuple[Step, bool]]:
    """Every step with whether it is done."""
    return [(step, step.done()) for step in steps.all()]


def register_own() -> None:
    """The city's own steps."""
    from commandcenter.city.models import Agency, Region

    def region_has(field: str) -> Callable[[], bool]:
        return lambda: bool(getattr(Region.current(), field))

    form = "/setup/region/"
    register(Step("city.area", _("Choose the area by its code"), region_has("area"), form, 10))
    register(Step("city.name", _("Name the government"), region_has("name"), form, 20))
    register(Step("city.logo", _("Upload the coat of arms"), region_has("logo"), form, 30))
    register(Step("city.motif", _("Choose motif and colours"), region_has("rev"), form, 40))
    register(Step("city.zone", _("Confirm the time zone"), region_has("rev"), form, 50))
    register(Step("city.agencies", _("Enter the agencies"), Agency.objects.exists, "/setup/agencies/", 60))
