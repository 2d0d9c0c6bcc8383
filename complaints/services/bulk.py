"""Many reports at once: each in its own transaction with its own result, none silently left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.models import Agency
from commandcenter.city.viewers import Viewer
from complaints.models import Report
from complaints.services import assigning, claims, moving
from complaints.services.writing import Conflict, must

MOST = 100
Deed = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one report; ``problem`` is empty where it was done."""

    number: str
    problem: str = ""


def assign(*, numbers: Sequence[str], agency: Agency, viewer: Viewer, text: str = "") -> list[Result]:
    """Sends each to ``agency``."""
    return _each(
        numbers, viewer, "assign", lambda pk: assigning.assign(pk=pk, agency=agency, viewer=viewer, text=text)
    )


def move(
    *, numbers: Sequence[str], target: str, viewer: Viewer, text: str = "", body_named: str = ""
) -> list[Result]:
    """Moves each to ``target``, which for outcomes asks for the reason that each citizen reads."""
    return _each(
        numbers, viewer, f"move:{target[:20]}",
        lambda pk: moving.move(pk=pk, target=target, viewer=viewer, text=text, body_named=body_named),
    )  # fmt: skip


def claim(*, numbers: Sequence[str], viewer: Viewer) -> list[Result]:
    """Takes each for oneself."""
    return _each(numbers, viewer, "claim", lambda pk: claims.claim(pk=pk, viewer=viewer))


def _each(numbers: Sequence[str], viewer: Viewer, deed: str, do: Deed) -> list[Result]:
    must(viewer, "bulk_report")
    wanted = list(dict.fromkeys(number[:16].upper() for number in numbers))
    if not wanted:
        raise ValidationError({"numbers": _("Choose at least one report.")})
    if len(wanted) > MOST:
        raise ValidationError({"numbers": _("At most %(n)d reports at once.") % {"n": MOST}})
    known = dict(Report.objects.visible_to(viewer).filter(number__in=wanted).values_list("number", "pk"))
    found = [
        Result(number, _one(known[number], do) if number in known else _("No report has this number."))
        for number in wanted
    ]
    done = sum(1 for item in found if not item.problem)
    audit.record(
        viewer=viewer, action="report.bulk", detail={"deed": deed, "asked": len(found), "done": done}
    )
    return found


def _one(pk: int, do: Deed) -> str:
    try:
        do(pk)
    except ValidationError as error:
        return " ".join(error.messages)
    except Conflict as clash:
        return str(clash)
    except (PermissionDenied, Report.DoesNotExist):
        return _("You may not do this with this report.")
    return ""
