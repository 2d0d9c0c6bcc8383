"""What can be known of the production set-up without a container engine."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cctv.capture.address import AddressRefused, Policy, check_url
from commandcenter import env, settings

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {
    name: spec
    for name, spec in COMPOSE["services"].items()
    if spec.get("image", "").startswith("commandcenter")
}
# Read by the compose file itself or by the proxy, not by Django.
OF_COMPOSE = {"CC_DOMAIN", "CC_TLS", "CC_TLS_EMAIL", "CC_RELEASE", "CC_PHONES_AT"}
OF_COMPOSE |= {"CC_INSIDE_NET", "CC_CAMERAS_NET", "CC_STREET_NET"}


def run(*command: str, **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CC_NO_BOOTSTRAP": "1", **extra}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_the_compose_file_fits_the_public_schema():
    done = run(
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_roles_of_the_house_are_all_there():
    workers = {"default", "files", "grab", "hold", "beat"}
    large = {name for name, spec in COMPOSE["services"].items() if spec.get("profiles") == ["ingest"]}
    assert large == {"ingest", "intake", "stream"}
    assert {"postgres", "redis", "migrate", "web", "proxy"} | workers | large == set(COMPOSE["services"])


def test_every_variable_of_the_compose_file_is_one_we_read():
    known = set(env.DECLARED)
    for spec in OURS.values():
        for name in spec["environment"]:
            assert name.removesuffix("_FILE") in known, name
    text = (ROOT / "docker-compose.yml").read_text() + (ROOT / "commandcenter/deploy/Caddyfile").read_text()
    interpolated = set(re.findall(r"\$\{?(CC_[A-Z_]+)", text)) | set(re.findall(r"\{\$(CC_[A-Z_]+)", text))
    example = (ROOT / ".env.example").read_text()
    for name in interpolated - OF_COMPOSE:
        assert f"\n{name}=" in example, name


def test_no_camera_address_may_name_a_container_or_its_gateway():
    """Every container network has a fixed range, and the camera guard of the workers refuses it whole."""
    ranges = [network["ipam"]["config"][0]["subnet"] for network in COMPOSE["networks"].values()]
    assert len(set(ranges)) == len(COMPOSE["networks"])
    for service in ("web", "grab", "hold"):
        refused = OURS[service]["environment"]["CC_CAMERA_REFUSE_HOSTS"]
        assert set(ranges) <= set(refused.split(","))
        defaults = re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", refused)
        policy = Policy(refuse_hosts=frozenset(defaults.split(",")))
        for gateway in ("172.31.251.1", "172.31.252.1", "172.31.253.1"):
            with pytest.raises(AddressRefused, match="service"):
                check_url(f"http://{gateway}/", policy)


@pytest.mark.parametrize("service", sorted(OURS))
def test_each_command_is_one_that_runs(service):
    """The program of each container starts far enough to print its own help."""
    command = OURS[service].get("command") or shlex.split("python manage.py version")
    assert command[0] == "python"
    head = command[1:3] if command[1] == "-m" else [command[1], command[2]]
    tail = [part for part in command if part in {"worker", "beat"}]
    inner = ["-A", "commandcenter", *tail] if tail else []
    done = run(sys.executable, *head, *inner, "--help", CC_TESTING="1")
    assert done.returncode == 0, done.stderr
    for flag in (part for part in command[3:] if part.startswith("--")):
        assert flag.split("=")[0] in done.stdout, f"{service}: {flag}"


def test_the_workers_read_the_queues_that_tasks_go_to():
    read = set()
    for spec in OURS.values():
        command = spec.get("command", [])
        if "-Q" in command:
            read |= set(command[command.index("-Q") + 1].split(","))
    from commandcenter.celery import app

    app.finalize()
    used = {entry["options"]["queue"] for entry in app.conf.beat_schedule.values()}
    assert used | {"default", "files", "fetch", "grab", "hold"} <= read


def test_who_talks_to_providers_has_a_way_out():
    """Answers, mailboxes and the files of messages leave by these workers; `inside` leads nowhere."""
    assert COMPOSE["networks"]["inside"]["internal"] is True
    outward = {name for name, network in COMPOSE["networks"].items() if not network.get("internal")}
    for queue in ("default", "intake", "slow", "fetch"):
        readers = {
            name
            for name, spec in OURS.items()
            if "-Q" in spec.get("command", [])
            and queue in spec["command"][spec["command"].index("-Q") + 1].split(",")
        }
        assert readers and all(outward & set(OURS[name]["networks"]) for name in readers), queue


def test_up_starts_the_same_programs_as_compose():
    from commandcenter.runtime import programs

    local = {program.name: program.command for program in programs.workers(Path("/data"), stream=True)}
    for name, command in local.items():
        queues = command[command.index("-Q") + 1] if "-Q" in command else ""
        other = OURS[name]["command"]
        assert queues == (other[other.index("-Q") + 1] if "-Q" in other else "")
    image = (ROOT / "Dockerfile").read_text()
    assert all(f"{name}={value}" in image for name, value in programs.FEW_ARENAS.items())


def test_the_dockerfile_passes_hadolint():
    tool = Path(sys.executable).with_name("hadolint")
    done = run(str(tool), "--ignore", "DL3013", "Dockerfile")
    assert done.returncode == 0, done.stdout + done.stderr


def test_check_deploy_is_clean_with_the_settings_of_production():
    production = {
        "CC_TESTING": "0", "CC_DEBUG": "0", "CC_HTTPS": "1", "CC_SECRET_KEY": "s" * 30 + "ecret" * 8 + "aZ9",
        "CC_FIELD_KEY": "f" * 30 + "ield" * 8 + "bY8", "CC_ALLOWED_HOSTS": "pusat.example.go.id",
        "CC_TRUSTED_ORIGINS": "https://pusat.example.go.id", "CC_CAMERA_ALLOW_HOSTS": "", "CC_LOG": "json",
    }  # fmt: skip
    command = (sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    done = run(*command, **production)
    assert done.returncode == 0, done.stderr
    allowed = run(*command, **{**production, "CC_CAMERA_ALLOW_HOSTS": "127.0.0.1:18554"})
    assert allowed.returncode != 0
    assert "commandcenter.E001" in allowed.stderr
    shared = run(*command, **{**production, "CC_FIELD_KEY": production["CC_SECRET_KEY"]})
    assert "commandcenter.E002" in shared.stderr


def test_secrets_may_come_from_files(tmp_path):
    (tmp_path / "key").write_text("from-a-file\n")
    script = "from commandcenter import settings; print(settings.SECRET_KEY)"
    done = run(sys.executable, "-c", script, CC_SECRET_KEY_FILE=str(tmp_path / "key"))
    assert done.stdout.strip() == "from-a-file"


NONSENSE = {
    "CC_PROXY_COUNT": "many",
    "CC_HTTPS": "maybe",
    "CC_ZONE": "Europe/Paris",
    "CC_CLAMAV": "localhost:3310",
    "CC_REPORT_VIDEO_MB": "14",
    "CC_DATABASE_URL": "mysql://x",
}


@pytest.mark.parametrize(("name", "value"), NONSENSE.items())
def test_nonsense_in_the_environment_is_loud_and_named(name, value):
    done = run(sys.executable, "-c", "import commandcenter.settings", **{name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


def test_media_and_static_files_do_not_mix():
    assert settings.MEDIA_ROOT != settings.STATIC_ROOT


def test_logs_can_be_json_and_hold_no_password():
    script = (
        "import django;django.setup();import logging;"
        "logging.getLogger('x').warning('open rtsp://a:hush@10.0.0.1/ %s', 'password=hush')"
    )
    done = run(sys.executable, "-c", script, CC_LOG="json", DJANGO_SETTINGS_MODULE="commandcenter.settings")
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("{")
    assert '"level": "WARNING"' in line
    assert "hush" not in line


def test_the_proxy_lets_through_what_the_most_generous_page_takes():
    """Files of citizens by their setting, everything else by one number; no page takes more."""
    text = (ROOT / "commandcenter/deploy/Caddyfile").read_text()
    files = text.split("@files path ")[1].split("\n")[0].split()
    assert f"@others not path {' '.join(files)}\n" in text
    proxied = env.DECLARED["CC_REPORT_VIDEO_MB"]
    assert f"max_size {{$CC_REPORT_VIDEO_MB:{proxied}}}999KB" in text
    rest = int(re.search(r"max_size (\d+)MB", text)[1]) * 1_000_000
    of_files = {prefix for prefix in settings.BODY_LIMITS if f"{prefix}*" in files}
    assert of_files == {path[:-1] for path in files}
    assert {settings.BODY_LIMITS[prefix] for prefix in of_files} == {int(f"{proxied}999") * 1000}
    others = [settings.BODY_LIMITS[prefix] for prefix in set(settings.BODY_LIMITS) - of_files]
    assert max(others) <= rest <= max(others) * 1.2
    for service in ("proxy", "web"):
        told = COMPOSE["services"][service]["environment"]["CC_REPORT_VIDEO_MB"]
        assert told == f"${{CC_REPORT_VIDEO_MB:-{proxied}}}"
