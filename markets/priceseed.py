"""The commodities and reference prices that ship, put into empty tables."""

from __future__ import annotations

from typing import Any

from markets.prices.basket import GOODS, REFERENCES


def ensure_commodities(**kwargs: Any) -> None:
    """Fills an empty list (``post_migrate`` receiver); a list that somebody keeps is left alone."""
    from django.db import DatabaseError, transaction

    from markets.models import Commodity, PriceCeiling

    try:
        with transaction.atomic():
            if Commodity.objects.exists():
                return
    except DatabaseError:  # the tables are not there yet: a migration to an earlier state
        return
    made = Commodity.objects.bulk_create(
        Commodity(
            code=good.code, name=good.name, group=good.group, unit=good.unit, unit_code=good.unit_code,
            low=good.low, high=good.high, order=10 * number,
        )
        for number, good in enumerate(GOODS, start=1)
    )  # fmt: skip
    by_code = {row.code: row for row in made}
    PriceCeiling.objects.bulk_create(
        PriceCeiling(
            commodity=by_code[one.good], kind=one.kind, rupiah=one.rupiah, decree=one.decree, first=one.first,
            checked=one.checked,
        )
        for one in REFERENCES
    )  # fmt: skip
