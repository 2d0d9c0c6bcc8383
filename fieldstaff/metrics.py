"""What of field officers needs a person, as numbers for Prometheus: no names, no places."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric

from commandcenter.health import register_metrics
from fieldstaff.models import DayDue, Outage, Reckoning


def collect() -> Iterable[Metric]:
    """Outages that wait for a word, days and months that could not be computed."""
    waiting = Outage.objects.filter(suggested=True, confirmed_at=None, dismissed_at=None)
    yield GaugeMetricFamily(
        "cc_fieldstaff_outages_suggested", "Outages of the intake that wait for a person.", waiting.count()
    )
    yield GaugeMetricFamily(
        "cc_fieldstaff_outages_going_on", "Confirmed or suggested outages without an end.",
        Outage.objects.filter(dismissed_at=None, span__upper_inf=True).count(),
    )  # fmt: skip
    yield GaugeMetricFamily(
        "cc_fieldstaff_days_due",
        "Officer-days that wait to be computed.",
        DayDue.objects.filter(trouble="").count(),
    )
    yield GaugeMetricFamily(
        "cc_fieldstaff_days_in_trouble", "Officer-days that could not be computed.",
        DayDue.objects.exclude(trouble="").count(),
    )  # fmt: skip
    yield GaugeMetricFamily(
        "cc_fieldstaff_pay_in_trouble", "Months of agencies whose last reckoning failed.",
        Reckoning.objects.exclude(trouble={}).count(),
    )  # fmt: skip


register_metrics("fieldstaff", collect)
