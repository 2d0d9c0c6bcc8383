"""Orders for tests: a supervisor, his worker, a desk, and an order between them."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from commandcenter.city.models import Agency
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import Viewer, viewer_of_user
from fieldstaff.models import Officer, Order
from fieldstaff.orders import family, moving, photos
from fieldstaff.orders.making import NewOrder, create
from fieldstaff.orders.writing import Said
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_officer, make_shift


def jpeg(colour: str = "olive", size: int = 64) -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Crew:
    """Five viewers: the desk, a supervisor with a worker, another worker of his, a stranger of the agency."""

    agency: Agency
    desk: Viewer
    boss: Officer
    worker: Officer
    second: Officer
    stranger: Officer
    viewers: dict[int, Viewer] = field(default_factory=dict)

    def viewer(self, officer: Officer) -> Viewer:
        """Who logs in as this officer."""
        return self.viewers[officer.pk]

    def order(self, **values: Any) -> Order:
        """A new order of the desk."""
        given = {"text": "Bersihkan saluran", "lat": -6.12, "lng": 106.15, **values}
        return create(NewOrder(agency=self.agency.pk, **given), viewer=self.desk)

    def offered(self, officer: Officer, **values: Any) -> Order:
        """An order that the desk offered to somebody."""
        return moving.offer(pk=self.order(**values).pk, officers=[officer.pk], viewer=self.desk)

    def worked(self, order: Order, officer: Officer) -> Order:
        """The holder accepts, sets out, arrives, takes a photo and is done."""
        viewer = self.viewer(officer)
        if order.state == "offered":
            moving.accept(pk=order.pk, viewer=viewer)
        moving.en_route(pk=order.pk, viewer=viewer)
        moving.on_scene(pk=order.pk, viewer=viewer)
        # No two works have the same picture.
        photos.add(pk=order.pk, viewer=viewer, chunks=[jpeg(f"#{order.pk % 0xFFFFFF:06x}")])
        return moving.done(pk=order.pk, viewer=viewer)


def make_crew() -> Crew:
    """Everybody on a shift that began two hours ago."""
    ensure_roles()
    agency = make_agency()
    people = {}
    for name in ("boss", "worker", "second", "stranger"):
        above = people["boss"] if name in {"worker", "second"} else None
        people[name] = make_officer(agency=agency, user=make_user(), supervisor=above)
        make_shift(people[name], datetime.now(UTC) - timedelta(hours=2), 8)
    crew = Crew(agency=agency, desk=viewer_of_user(make_user(Role.OPERATOR)), **people)
    crew.viewers = {officer.pk: viewer_of_user(officer.user) for officer in people.values()}
    return crew


def because(text: str = "salah alamat") -> Said:
    """A reason."""
    return Said(text=text)


__all__ = ["Crew", "because", "family", "jpeg", "make_crew"]
