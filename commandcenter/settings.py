"""All settings, read from the environment only (see ``.env.example``)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from commandcenter import env
from commandcenter.env import EnvironmentError_

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", "") or BASE_DIR / ".data")
TESTING = env.flag("TESTING")
DEMO = env.flag("DEMO")

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY") or ("insecure-" + "k" * 50 if TESTING or DEBUG else "")
if not SECRET_KEY:
    raise EnvironmentError_("CC_SECRET_KEY is empty: set it to 50 or more random characters")
FIELD_KEY = env.text("FIELD_KEY") or SECRET_KEY
SALT_KEY = [FIELD_KEY]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("TRUSTED_ORIGINS")
HTTPS = env.flag("HTTPS")

INSTALLED_APPS = [
    "daphne",
    "commandcenter.city.admin_config.CityAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "commandcenter.runtime.static_files.HouseStaticFilesConfig",
    "django.contrib.postgres",
    "channels",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_htmx",
    "django_filters",
    "import_export",
    "commandcenter.runtime",
    "commandcenter.city",
    "commandcenter.wall",
    "commandcenter.feeds",
    "commandcenter.incidents",
    "markets",
    "cctv",
    "complaints",
    "fieldstaff",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "commandcenter.city.middleware.NoNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # The language is the person's own choice, not the browser's: this replaces Django's locale middleware.
    "commandcenter.city.middleware.CityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "commandcenter.city.framing.OwnFrame",
]

ROOT_URLCONF = "commandcenter.urls"
# Each app that has pages; the root module knows them as strings only.
URL_MODULES = [
    "commandcenter.city.urls",
    "commandcenter.wall.urls",
    "commandcenter.incidents.urls",
    "markets.urls",
    "cctv.urls",
    "complaints.urls",
    "fieldstaff.urls",
]
# The process that serves the doors of phones and nothing else sets this for itself (ingest_wsgi.py).
INGEST_URL_MODULES = ["fieldstaff.phone_urls"]
if env.flag("INGEST_ONLY"):
    ROOT_URLCONF = "commandcenter.ingest_urls"
    _common = "django.middleware.common.CommonMiddleware"
    MIDDLEWARE = [MIDDLEWARE[0], "commandcenter.city.middleware.NoNul", _common]
# Each app's part of /api/v1/, by path prefix.
API_ROUTERS = {"/cameras": "cctv.api.router"}
# ASGI applications that skip the middleware stack, by path prefix.
RAW_HTTP = {
    "/pic/": "commandcenter.wall.jpeg_route.application",
    "/hooks/": "complaints.views.hooks.application",
    "/fieldstaff/t/": "fieldstaff.doors.fronts.by_asgi",
    "/fieldstaff/owntracks": "fieldstaff.doors.fronts.by_asgi",
}
# The same for the phones' own process; one that returns None leaves the request to Django.
RAW_WSGI = {
    "/fieldstaff/t/": "fieldstaff.doors.fronts.by_wsgi",
    "/fieldstaff/owntracks": "fieldstaff.doors.fronts.by_wsgi",
}
WEBSOCKETS = "commandcenter.wall.routing.websocket_urlpatterns"
ASGI_APPLICATION = "commandcenter.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "commandcenter.city.context.city",
            ],
        },
    },
]


DATABASE_POOL = env.number("DATABASE_POOL", 8, low=1, high=200)


def database(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for ``postgresql://user:password@host:port/name?host=/socket/dir``."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise EnvironmentError_("CC_DATABASE_URL: expected postgresql://…")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", "") or unquote(parts.hostname or "")
    options: dict[str, Any] = dict(query)
    if not TESTING:
        # Persistent connections run out of server slots under ASGI; a pool per process does not.
        options["pool"] = {"min_size": 0, "max_size": DATABASE_POOL, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        # A pooled connection that a restarted PostgreSQL cut is noticed before it is handed out.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"NAME": "test_" + unquote(parts.path.lstrip("/"))},
    }


DATABASES = {"default": database(env.text("DATABASE_URL", "postgresql://cc@localhost/cc"))}
# A new token or reset link is shown once as a message: it must not travel in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "city.User"

REDIS_URL = env.text("REDIS_URL", "redis://localhost:6379/0")
REDIS_PREFIX = env.text("REDIS_PREFIX", "cc")
CHANNEL_LAYERS = {
    "default": {
        # The core layer drops an idle socket every 5 s with redis-py 8 (django/channels_redis#422).
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": 30}],
            "prefix": f"{REDIS_PREFIX}:layer",
        },
    }
}
# Read by `up`, which starts the web servers; declared here with the rest.
WEB_PROCESSES = env.number("WEB_PROCESSES", 1, low=1, high=32)

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{REDIS_PREFIX}:cache",
    }
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{REDIS_PREFIX}:celery:", "visibility_timeout": 3600}
# One quick retry: a dead broker must not hold a web request (0.1 s, against 0.8 to 6 s by default).
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.1}
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "commandcenter" / "locale"]
TIME_ZONE = env.choice("ZONE", "Asia/Jakarta", ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"))
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_DIR", "") or DATA_DIR / "static")
NODE_MODULES = BASE_DIR / "node_modules"
VENDOR = {
    "vendor/leaflet": NODE_MODULES / "leaflet" / "dist",
    "vendor/uplot": NODE_MODULES / "uplot" / "dist",
    "vendor/font": NODE_MODULES / "@fontsource-variable" / "plus-jakarta-sans" / "files",
}
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static"]
STATICFILES_DIRS += [(prefix, folder) for prefix, folder in VENDOR.items() if folder.is_dir()]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "commandcenter.static_storage.HouseStaticStorage"},
}
if DEBUG or TESTING:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = Path(env.text("MEDIA_DIR", "") or DATA_DIR / "media")

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AXES_FAILURE_LIMIT = env.number("LOGIN_TRIES", 5, low=1, high=100)
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Its pages show what was typed into the name box, and people type passwords there.
AXES_ENABLE_ADMIN = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "commandcenter.city.views.login.locked_out"
AXES_CLIENT_IP_CALLABLE = "commandcenter.city.middleware.client_address"
PROXY_COUNT = env.number("PROXY_COUNT", 0, high=5)
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# A phone that is redirected has sent its token in the clear already: its door refuses and says so.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^fieldstaff/(t/|owntracks$|api/)"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25, high=65535)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_TLS")
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "pusat-kendali@localhost")

# Callables that make static files before they are collected (the icon sprite, the land outline).
STATIC_BUILDERS = ["commandcenter.wall.sprite.build_sprite", "commandcenter.wall.outline.build_outline"]

# Camera networks that capture may dial, and exact host:port pairs of the demo's simulator.
CAMERA_NETWORKS = env.words("CAMERA_NETWORKS", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16")
CAMERA_ALLOW_HOSTS = env.words("CAMERA_ALLOW_HOSTS")
# RTSP connections opened a second, by all workers together.
RTSP_OPENS_PER_SECOND = env.number("RTSP_OPENS_PER_SECOND", 20, low=1, high=1000)
# Our own services, which no camera address may name ("host" or "host:port").
CAMERA_REFUSE_HOSTS = env.words("CAMERA_REFUSE_HOSTS", "localhost")
# "host:port" pairs the channels may dial though they are not on the public internet: a partner's server
# inside the city's network, the providers' simulator.
CHANNEL_ALLOW_HOSTS = env.words("CHANNEL_ALLOW_HOSTS")
# Where citizens reach the city's pages ("https://lapor.example.go.id"), for links in messages.
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
# Days after closing until a reporter's contact is removed.
CONTACT_DAYS = env.number("CONTACT_DAYS", 365, low=1, high=3650)
# Working days without a reply after which a report that waits for its citizen is closed; 0: never.
CLOSE_SILENT_DAYS = env.number("CLOSE_SILENT_DAYS", 10, low=0, high=365)
# Reports of one browser or number in a quarter of an hour before it must prove some work; never by address.
PROOF_AFTER = env.number("PROOF_AFTER", 5, low=1, high=100_000)
# The local name of the citizens' app on a phone ("RABEG"); empty: "Lapor" and the city's name.
REPORT_APP = env.text("REPORT_APP")
# The letters before every report number: two to five capitals.
REPORT_PREFIX = env.text("REPORT_PREFIX", "LAP")
# Reports and updates that one partner's key may send in a minute (Open311).
PARTNER_PER_MINUTE = env.number("PARTNER_PER_MINUTE", 120, low=1, high=100_000)
# Messages that one officer's phone may send in a minute; counted by phone, never by address (carriers' NAT).
POSITIONS_PER_MINUTE = env.number("POSITIONS_PER_MINUTE", 120, low=1, high=100_000)
# How positions reach the database: written before the answer, or gathered in a Redis stream and written in
# bulk. The stream is used only while its server writes an append-only file.
POSITION_ROAD = env.choice("POSITION_ROAD", "direct", ("direct", "stream"))
# The server of that stream, apart from the one that carries pictures: its file grows by positions only.
STREAM_URL = env.text("STREAM_URL") or REDIS_URL
# Interfaces that refuse bad bytes themselves, in the format their callers asked for.
OWN_ERRORS = ("/open311/", "/fieldstaff/t/", "/fieldstaff/owntracks", "/fieldstaff/api/")
# Citizens' videos: megabytes of a file as it is sent, seconds. Photos are always taken up to 15 MB.
REPORT_VIDEO_MB = env.number("REPORT_VIDEO_MB", 50, low=15, high=1000)
REPORT_VIDEO_SECONDS = env.number("REPORT_VIDEO_SECONDS", 180, low=5, high=1800)
# Free space below which citizens' files are asked to come later: megabytes, per cent of the volume.
MEDIA_FREE_MB = env.number("MEDIA_FREE_MB", 2000, low=0, high=100_000_000)
MEDIA_FREE_PERCENT = env.number("MEDIA_FREE_PERCENT", 5, low=0, high=90)
# clamd, "unix:/run/clamav/clamd.ctl" or "tcp:host:3310"; empty: no virus scan.
CLAMAV = env.text("CLAMAV")
if CLAMAV and not CLAMAV.startswith("unix:/") and not (CLAMAV[:4] == "tcp:" and CLAMAV.count(":") == 2):
    raise EnvironmentError_(f"CC_CLAMAV={CLAMAV!r}: expected unix:/path or tcp:host:port")
# Bytes a request may bring, and by path prefix where a page takes files.
BODY_LIMIT = 1_000_000
# A file and the form around it; the Caddyfile writes the same number.
_FILE_LIMIT = (REPORT_VIDEO_MB * 1000 + 999) * 1000
BODY_LIMITS = {
    "/admin/": 8_000_000,
    "/setup/": 8_000_000,
    "/setup/boundaries/": 31_000_000,  # its form takes 30 MB
    "/people/": 8_000_000,
    "/hooks/": 4_000_000,
    "/fieldstaff/": 8_000_000,  # 256 KiB of it are read: a phone that hears 413 sends the same for ever
    "/lapor/berkas/": _FILE_LIMIT,
    "/open311/": 31_000_000,  # a report with its photos in one request
    "/reports/": _FILE_LIMIT,
}
MAP_TILES_URL = env.text("MAP_TILES_URL")
METRICS_TOKEN = env.text("METRICS_TOKEN")
# Minutes that a picture must stay frozen, dark, covered, blurred or moved before an alarm tells; 0: never.
PICTURE_FAULT_ALARM_MIN = env.number("PICTURE_FAULT_ALARM_MIN", 5, high=1440)
HISTORY_BYTES = env.number("HISTORY_MB", 20_000, low=1) * 1_000_000

SILENCED_SYSTEM_CHECKS = ["axes.W003"]
LOG_FORMAT = env.choice("LOG", "text", ("text", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "redact": {"()": "commandcenter.redaction.RedactingFilter"},
        "refused": {"()": "commandcenter.redaction.RefusedDoors"},
    },
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["redact"]}
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "django.request": {"filters": ["refused"]},
        "django.channels.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "urllib3": {"level": "ERROR"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    AXES_ENABLED = "axes" in env.words("TEST_WITH", "")

SITE_TITLE = _("Command centre")
PYTHON = sys.executable
