"""The city's own suggestion model: taught by closed reports, kept only when no worse, shown as a figure."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from commandcenter.city.viewers import Role, viewer_of_user
from complaints.models import Category, CategoryChange, Report, Reporter, SuggestionModel
from complaints.sampletexts import sample_texts
from complaints.seed import by_code
from complaints.services import classifying, moving, training
from complaints.suggesting import likely, suggest
from tests.factories.city import client_of, make_user
from tests.factories.complaints import make_category, make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
CODES = ("PJU-01", "SPH-01", "DUK-01")


@pytest.fixture
def categories():
    rows = by_code()
    return {
        code: make_category(code, name=rows[code].name_id, keywords=list(rows[code].keywords))
        for code in CODES
    }


def closed(categories, count=450, *, seed=3, wrong=False, **values):
    """Closed reports with drawn texts, written straight into the table as an import would."""
    channel, now = make_channel(), timezone.now()
    people = Reporter.objects.bulk_create(Reporter(channel=channel) for _ in range(60))
    start = Report.objects.count()
    common = {"sent_at": now, "received_at": now, "status": "resolved", "status_at": now, "closed_at": now}
    rows = []
    for number, text in enumerate(sample_texts(count, seed=seed, codes=CODES, noise=0.5), start):
        code = CODES[(number * 7 + number // 3) % 3] if wrong else text.code
        person = people[number % len(people)]
        given = {**common, "channel": channel, "category": categories[code], "reporter": person, **values}
        rows.append(Report(number=f"LAP-T{number:07d}", text=text.text, **given))
    Report.objects.bulk_create(rows)


def run(*args):
    out = StringIO()
    call_command("train_categories", *args, stdout=out)
    return out.getvalue()


def test_the_command_trains_prints_its_figures_and_the_desk_asks_the_model_at_once(categories):
    closed(categories)
    assert suggest("tumpukan sampah bau").why.get("model") is None
    told = run("--min-reports", "20")
    row = SuggestionModel.objects.get(in_use=True)
    assert row.version in told and "rules F1" in told and "PJU-01" in told
    assert row.quality["both"]["macro_f1"] >= row.quality["rules"]["macro_f1"]
    guess = suggest("lampu jalan mati gelap")
    assert guess.category == categories["PJU-01"] and guess.why["model"] == row.version
    assert guess.confidence > 0.5 and guess.why["by"] in {"both", "model"}


def test_a_dry_run_changes_nothing_and_a_worse_model_is_refused(categories):
    closed(categories)
    assert "dry-run" in run("--dry-run", "--min-reports", "20") and not SuggestionModel.objects.exists()
    run("--min-reports", "20")
    good = SuggestionModel.objects.get()
    Report.objects.all().delete()
    closed(categories, seed=3, wrong=True)
    with pytest.raises(CommandError, match="worse"):
        run("--min-reports", "20")
    assert SuggestionModel.objects.get(in_use=True) == good


def test_an_override_becomes_the_label(categories):
    """The citizen said refuse, the rules said refuse, the operator decided otherwise."""
    operator = viewer_of_user(make_user(Role.OPERATOR))
    report = make_report("tumpukan sampah di jalan", category=categories["SPH-01"], reporter=make_reporter())
    classifying.set_category(pk=report.pk, category=categories["PJU-01"], viewer=operator)
    moving.move(pk=report.pk, target="resolved", viewer=operator, text="Selesai")
    assert [(s.text, s.code) for s in training.samples()] == [("tumpukan sampah di jalan", "PJU-01")]
    assert training.overrides() == 1
    newest = CategoryChange.objects.filter(report=report).last()
    assert (newest.suggested.code, newest.category.code) == ("SPH-01", "PJU-01")
    page = client_of(make_user(Role.OPERATOR)).get(f"/reports/{report.number}/").content.decode()
    assert "simpan sebagai pelajaran" in page and "%)" in page


@pytest.mark.parametrize(
    "values",
    [{"secret": True}, {"is_test": True}, {"origin": "simulated"}, {"status": "rejected"}, {"open": True}],
    ids=str,
)
def test_what_never_teaches(categories, values):
    report = make_report(category=categories["PJU-01"])
    change = {"status": "resolved", "closed_at": timezone.now(), **values}
    if change.pop("open", False):
        change = {}
    Report.objects.filter(pk=report.pk).update(**change)
    assert list(training.samples()) == []
    private = make_report(category=make_category(private=True))
    Report.objects.filter(pk=private.pk).update(status="resolved", closed_at=timezone.now(), secret=False)
    assert list(training.samples()) == []


def test_reports_of_nobody_known_are_one_persons_and_two_channels_of_one_person_too(categories):
    web, wa = make_channel(), make_channel("whatsapp")
    person = [make_reporter(c, phone="081200001111", address=f"a{c.pk}") for c in (web, wa)]
    for reporter in (None, None, *person):
        report = make_report(category=categories["PJU-01"], reporter=reporter)
        moving.move(pk=report.pk, target="resolved", viewer=None, text="Selesai")
    assert len({sample.who for sample in training.samples()}) == 2


def test_a_name_in_many_reports_of_one_person_is_no_word_of_the_model(categories):
    closed(categories)
    Report.objects.filter(reporter=Reporter.objects.first()).update(reporter=None)
    for row in Report.objects.filter(reporter__isnull=True):
        Report.objects.filter(pk=row.pk).update(text=row.text + " zubaidahcontoh")
    run("--min-reports", "20")
    assert b"zubaidah" not in bytes(SuggestionModel.objects.get().content)


@pytest.mark.parametrize("args", [["--min-reports", "3"], ["--simulated"], []], ids=str)
def test_the_command_refuses_in_words(args):
    with pytest.raises(CommandError, match=r"reports|dry-run"):
        run(*args)


def test_a_damaged_model_leaves_the_rules_at_work(categories):
    SuggestionModel.objects.create(version="abcabcabcabc", content=b'{"format": 1}', in_use=True)
    assert suggest("lampu jalan mati").category == categories["PJU-01"]


def test_a_category_that_is_not_offered_any_more_is_not_named(categories):
    closed(categories)
    run("--min-reports", "20")
    Category.objects.filter(code="SPH-01").update(active=False)
    assert {item.category.code for item in likely("sampah menumpuk bau lampu")} <= {"PJU-01", "DUK-01"}


def test_the_staff_form_shows_what_it_may_be_about(categories):
    operator = client_of(make_user(Role.OPERATOR))
    page = operator.post("/reports/suggest/", {"text": "lampu jalan mati"}).content.decode()
    assert categories["PJU-01"].name in page and "%" in page
    assert f'data-value="{categories["PJU-01"].pk}"' in page
    assert operator.post("/reports/suggest/", {"text": ""}).content.strip() == b""
    assert 'hx-post="/reports/suggest/"' in operator.get("/reports/new/").content.decode()
    assert client_of(make_user(Role.MAYOR)).post("/reports/suggest/", {"text": "x"}).status_code == 403
