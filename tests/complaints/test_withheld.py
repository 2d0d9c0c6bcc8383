"""A duplicate no longer names the report it was merged into, once that is hidden, to who may not see it."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import translation

from commandcenter.city.viewers import Role, viewer_of_user
from complaints import withheld
from complaints.models import Report
from complaints.services import classifying, merging, talking
from tests.complaints.devices import open_in
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_category, make_channel, make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_user(Role.OPERATOR)


@pytest.fixture
def tied(desk):
    """A report, and the one that it is a duplicate of; notes name that one too."""
    make_channel("web")
    operator = viewer_of_user(desk)
    twin, main = make_report("Jalan rusak"), make_report("Jalan rusak")
    merging.merge(pk=twin.pk, into=main.pk, viewer=operator)
    loose = main.number.lower().replace("-", " ")
    talking.add_note(pk=twin.pk, viewer=operator, text=f"Lihat {loose}.", public=True)
    talking.add_note(pk=twin.pk, viewer=operator, text=f"Sama, {main.number}")
    return twin, main


def hide(main: Report, desk) -> None:
    classifying.set_secret(pk=main.pk, secret=True, text="Menyebut korban", viewer=viewer_of_user(desk))


def body(number: str) -> str:
    return number.split("-", 1)[1]


def names(text: str, main: Report) -> bool:
    plain = text.upper().replace("-", "").replace(" ", "")
    return body(main.number).replace("-", "") in plain


def doors(twin: Report, client: Client | None = None) -> list[str]:
    paths = (
        f"/lapor/{twin.number}/", f"/open311/v2/requests/{twin.number}.json?extensions=true",
        "/open311/v2/requests.xml?extensions=true", "/open311/v2/servicerequestupdates.json",
    )  # fmt: skip
    return [(client or Client()).get(path).content.decode() for path in paths]


@pytest.mark.parametrize("by_category", [False, True])
def test_everybodys_doors_stop_naming_it(tied, desk, by_category):
    twin, main = tied
    assert all(names(text, main) for text in doors(twin))
    if by_category:
        category = make_category(private=True)
        Report.objects.filter(pk=main.pk).update(category=category)
    else:
        hide(main, desk)
    page, one, many, updates = doors(twin)
    assert not any(names(text, main) for text in (page, one, many, updates))
    assert "Sama dengan laporan lain." in page
    assert len(json.loads(updates)) >= 2


def test_who_opened_it_by_its_pin_still_reads_which(tied, desk):
    twin, main = tied
    hide(main, desk)
    browser = Client()
    open_in(browser, main)
    assert names(doors(twin, browser)[0], main)


def test_the_desk_without_the_right_reads_of_another_report_and_may_part_them(tied, desk):
    twin, main = tied
    at = f"/reports/{twin.number}/"
    assert names(client_of(desk).get(at).content.decode(), main)
    hide(main, desk)
    page = client_of(desk).get(at).content.decode()
    assert not names(page, main) and "laporan lain" in page and f"{at}unmerge/" in page
    assert names(client_of(make_user(Role.ADMIN)).get(at).content.decode(), main)


def test_a_number_is_found_however_it_is_written():
    with translation.override("en"):
        for written in ("LAP-92CB-3SPE", "lap92cb3spe", "92CB-3SPE", "LAP 92CB 3SPE", "Lap–92cb–3spe"):
            assert withheld.without(f"see {written}.", ["LAP-92CB-3SPE"]) == "see another report."
        assert withheld.without("LAP-92CB-3SPF", ["LAP-92CB-3SPE"]) == "LAP-92CB-3SPF"
