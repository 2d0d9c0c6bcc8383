"""What leaves of pay: the period as CSV and XLSX, a payslip, an officer's own data. Each is audited."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from commandcenter.city import audit, sheets
from commandcenter.city.models import Agency
from commandcenter.city.permissions import page
from commandcenter.city.region import Region
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff import rights
from fieldstaff.ledger import Period
from fieldstaff.models import Officer
from fieldstaff.pay import months, own, shown, slip, table
from fieldstaff.views.pay import of_address, officer_of


def _content(request: HttpRequest, agency: int, month: str, kind: str) -> tuple[bytes, str]:
    viewer = viewer_of(request)
    found, period = of_address(viewer, agency, month)
    step, content = table.file_of(found.pk, period)
    _audit(viewer, found, period, kind, step.sha256 if step else "")
    mark = f"-v{step.version}" if step else "-belum-ditutup"
    return content, f"honor-{found.code}-{months.key(period)}{mark}.{kind}"


def _audit(viewer: Viewer, agency: Agency, period: Period, kind: str, digest: str) -> None:
    detail = {"format": kind, "agency": agency.code, "month": months.key(period), "sha256": digest}
    audit.record(viewer=viewer, action="export.pay", detail=detail)


@require_GET
@page(permission=rights.PAY)
def period_csv(request: HttpRequest, agency: int, month: str) -> HttpResponse:
    """The rows of a period; of a closed one the very bytes whose SHA-256 was written down."""
    content, name = _content(request, agency, month, "csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_GET
@page(permission=rights.PAY)
def period_sheet(request: HttpRequest, agency: int, month: str) -> HttpResponse:
    """The same rows as a book, numbers as numbers."""
    content, name = _content(request, agency, month, "xlsx")
    return sheets.attachment(table.xlsx_bytes(content), name)


@require_GET
@page()
def payslip(request: HttpRequest, officer: int, month: str) -> HttpResponse:
    """An officer's payslip as PDF: for himself and for those who may read his rupiah."""
    viewer = viewer_of(request)
    row, period = officer_of(viewer, officer, month)
    found = shown.month_of(row, period)
    if found.sheet is None:
        raise Http404
    if row.user_id != viewer.pk:
        audit.record(viewer=viewer, action="paysheet.viewed", subject=found.sheet, detail={"format": "pdf"})
    content = slip.paper(
        slip.Slip(found, row.agency.name, timezone.now(), row.is_simulated), Region.current()
    )
    name = f"slip-{row.code}-{months.key(period)}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_GET
@page()
def own_data(request: HttpRequest) -> HttpResponse:
    """All that is kept of the signed-in officer's own days and pay, as JSON to take along."""
    viewer = viewer_of(request)
    row = Officer.objects.filter(user=viewer.pk).first()
    if row is None:
        raise Http404
    audit.record(viewer=viewer, action="export.own-pay", subject=row)
    answer = JsonResponse(own.own_data(row), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="data-saya-{row.code}.json"'
    answer["Cache-Control"] = "no-store"
    return answer
