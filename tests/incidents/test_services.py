"""The verbs of alarms: said twice they do no harm, and the database refuses what they must not write."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from commandcenter.incidents import services, signals
from commandcenter.incidents.models import Alarm, State
from tests.factories.city import make_user

WORDS = {"source": "cctv.camera:1", "kind": "camera_offline", "severity": "warning", "title": "Putus"}


def actions() -> list[str]:
    """What the audit trail says of this test's alarms; other processes of other tests wrote of theirs."""
    ours = [str(pk) for pk in Alarm.objects.values_list("pk", flat=True)]
    rows = AuditEntry.objects.filter(subject_type="incidents.alarm", subject_id__in=ours)
    return list(rows.order_by("id").values_list("action", flat=True))


@pytest.fixture
def desk():
    return viewer_of_user(make_user(Role.OPERATOR))


@pytest.fixture
def heard():
    """Names of the signals that left after commit."""
    found = []
    kept = []
    for name in ("alarm_opened", "alarm_acknowledged", "alarm_cleared"):

        def listen(sender, name=name, **kwargs):
            found.append((name, kwargs["alarm_id"]))

        kept.append(listen)
        getattr(signals, name).connect(listen)
    yield found
    for name, listen in zip(("alarm_opened", "alarm_acknowledged", "alarm_cleared"), kept, strict=True):
        getattr(signals, name).disconnect(listen)


def test_repeats_count_up_and_do_not_multiply():
    first = services.raise_alarm(**WORDS)
    later = timezone.now() + timedelta(minutes=2)
    again = services.raise_alarm(**{**WORDS, "text": "habis waktu"}, at=later)
    assert first.pk == again.pk
    assert (again.count, again.text, again.rev) == (2, "habis waktu", 2)
    assert again.last_at == later
    assert again.opened_at == first.opened_at
    services.raise_alarm(**{**WORDS, "kind": "other"})
    services.raise_alarm(**{**WORDS, "source": "cctv.camera:2"})
    assert Alarm.objects.count() == 3
    assert actions() == ["alarm.opened"] * 3


def test_severity_rises_and_never_sinks():
    services.raise_alarm(**WORDS)
    assert services.raise_alarm(**{**WORDS, "severity": "critical"}).severity == "critical"
    assert services.raise_alarm(**{**WORDS, "severity": "info"}).severity == "critical"
    assert actions() == ["alarm.opened", "alarm.worse"]


def test_worse_than_what_was_acknowledged_needs_a_new_look(desk, heard, django_capture_on_commit_callbacks):
    alarm = services.raise_alarm(**WORDS)
    assert services.acknowledge(viewer=desk, alarm=alarm)
    same = services.raise_alarm(**WORDS)
    assert same.state == State.ACKNOWLEDGED
    with django_capture_on_commit_callbacks(execute=True):
        worse = services.raise_alarm(**{**WORDS, "severity": "panic"})
    assert (worse.state, worse.acknowledged_at, worse.acknowledged_by) == (State.OPEN, None, None)
    assert heard == [("alarm_opened", alarm.pk)]


def test_a_second_acknowledgement_changes_nothing(desk):
    alarm = services.raise_alarm(**WORDS)
    other = viewer_of_user(make_user(Role.OPERATOR))
    assert services.acknowledge(viewer=desk, alarm=alarm)
    assert not services.acknowledge(viewer=other, alarm=alarm)
    alarm.refresh_from_db()
    assert alarm.acknowledged_by_id == desk.pk
    assert actions() == ["alarm.opened", "alarm.acknowledged"]


def test_a_cleared_alarm_stays_cleared_and_the_next_one_is_new(desk):
    alarm = services.raise_alarm(**WORDS)
    assert services.clear(viewer=desk, alarm=alarm)
    assert not services.clear(viewer=desk, alarm=alarm)
    assert not services.acknowledge(viewer=desk, alarm=alarm)
    assert not services.clear_source(source=WORDS["source"], kind=WORDS["kind"])
    again = services.raise_alarm(**WORDS)
    assert again.pk != alarm.pk
    assert services.clear_source(source=WORDS["source"], kind=WORDS["kind"])
    assert list(Alarm.objects.values_list("state", flat=True)) == ["cleared", "cleared"]


def test_the_cause_of_a_real_alarm_does_not_end_a_drill():
    drill = services.raise_alarm(**WORDS, drill=True)
    real = services.raise_alarm(**WORDS)
    assert drill.pk != real.pk
    services.clear_source(source=WORDS["source"], kind=WORDS["kind"])
    drill.refresh_from_db()
    real.refresh_from_db()
    assert (drill.state, real.state) == ("open", "cleared")


def test_one_drill_at_a_time_by_whoever_may(desk):
    drill = services.start_drill(viewer=desk, severity="critical", title="  Uji   sirene ")
    assert (drill.title, drill.drill, drill.is_simulated) == ("Uji sirene", True, False)
    with pytest.raises(ValidationError):
        services.start_drill(viewer=desk, severity="info", title="Lagi")
    services.clear(viewer=desk, alarm=drill)
    services.start_drill(viewer=desk, severity="info", title="Lagi")
    with pytest.raises(ValidationError):
        services.start_drill(viewer=desk, severity="info", title="   ")
    for role in (Role.MAYOR, Role.HEAD, Role.PARTNER):
        with pytest.raises(PermissionDenied):
            services.start_drill(viewer=viewer_of_user(make_user(role)), severity="info", title="x")
    assert "alarm.drill_started" in actions()


def test_looking_is_not_handling():
    alarm = services.raise_alarm(**WORDS)
    for role in (Role.MAYOR, Role.PARTNER):
        viewer = viewer_of_user(make_user(role))
        for verb in (services.acknowledge, services.clear):
            with pytest.raises(PermissionDenied):
                verb(viewer=viewer, alarm=alarm)
    alarm.refresh_from_db()
    assert alarm.state == "open"


def test_an_unknown_severity_is_refused_and_writes_nothing():
    with pytest.raises(ValidationError):
        services.raise_alarm(**{**WORDS, "severity": "doom"})
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"severity": "doom"}, "alarm_words_known"),
        ({"state": "gone"}, "alarm_words_known"),
        ({"state": "cleared"}, "alarm_cleared_has_time"),
        ({"cleared_at": timezone.now()}, "alarm_cleared_has_time"),
        ({"origin": "dream"}, "incidents_alarm_origin"),
        ({}, "alarm_one_open"),
    ],
)
def test_the_database_itself_refuses(values, name):
    services.raise_alarm(**WORDS)
    row = {"source": "s", "kind": "k", "title": "t"} if values else WORDS
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Alarm.objects.create(**{**row, **values})


@pytest.mark.django_db(transaction=True)
def test_many_at_once_open_one_alarm_and_one_person_acknowledges_it():
    viewers = [viewer_of_user(make_user(Role.OPERATOR)) for _ in range(2)]
    start = threading.Barrier(6)
    done: list[object] = []

    def raise_it() -> None:
        try:
            start.wait(10)
            done.append(services.raise_alarm(**WORDS).pk)
        except Exception as error:
            done.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=raise_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    alarm = Alarm.objects.get()
    assert done == [alarm.pk] * 6
    assert alarm.count == 6
    seen: list[bool] = []
    both = threading.Barrier(2)

    def see_it(viewer: object) -> None:
        try:
            both.wait(10)
            seen.append(services.acknowledge(viewer=viewer, alarm=Alarm.objects.get(pk=alarm.pk)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=see_it, args=(viewer,)) for viewer in viewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(seen) == [False, True]
    assert actions().count("alarm.acknowledged") == 1
    assert connection.is_usable()
