"""Every setting, read from the environment. `.env.example` explains each variable."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

# FileAwareEnv: every variable NAME may instead be given as NAME_FILE, the path of a file to read.
env = environ.FileAwareEnv()
_env_file = os.environ.get("CONNECTOR_ENV_FILE", str(BASE_DIR / ".env"))
if _env_file and Path(_env_file).is_file():
    env.read_env(_env_file)

_YES, _NO = ("true", "on", "yes", "1"), ("false", "off", "no", "0")


def yes_or_no(name: str, *, default: bool) -> bool:
    """Read a switch, and refuse a misspelt one: DEBUG=ture must not quietly mean something."""
    word = env.str(name, default="yes" if default else "no").strip().lower()
    if word not in _YES + _NO:
        raise environ.ImproperlyConfigured(f"{name} is '{word}'. Please use true or false.")
    return word in _YES


# --- Where and who -------------------------------------------------------------------------------

DEBUG = yes_or_no("DEBUG", default=False)
# A trailing line break is what a NAME_FILE usually brings along.
SECRET_KEY = env.str("SECRET_KEY", default="").strip()
CONNECTOR_SECRET_KEYS: list[str] = [
    key.strip() for key in env.str("CONNECTOR_SECRET_KEYS", default="").split(",") if key.strip()
]
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
_loopback = ["127.0.0.1", "localhost", "[::1]"]

ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[_public.hostname or "", *_loopback])
CSRF_TRUSTED_ORIGINS: list[str] = [f"{_public.scheme}://{_public.netloc}"]

# The private networks an Odoo or SAP server may be reached in. Set by whoever runs the server,
# never on a screen, so that no form field can make us call an address inside the company.
CONNECTOR_ALLOWED_NETWORKS: list[str] = env.list(
    "CONNECTOR_ALLOWED_NETWORKS", default=["127.0.0.0/8", "::1/128"] if DEBUG else []
)

# --- Application ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "mlconnector",
    "unfold",  # before django.contrib.admin, whose templates it replaces
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "rest_framework",
    "django_q",
    "audit",
    "connections",
    "syncs",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mlconnector.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it needs the answer of the login view
]

ROOT_URLCONF = "mlconnector.urls"
WSGI_APPLICATION = "mlconnector.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database ------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
}
_database = DATABASES["default"]
_on_sqlite = _database["ENGINE"].endswith("sqlite3")

# A connection per request or task would cost more than the work itself.
_database["CONN_MAX_AGE"] = 600
if _on_sqlite:
    if _database["NAME"] != ":memory:":
        _database["NAME"] = str(BASE_DIR / _database["NAME"])
    # IMMEDIATE: a transaction that reads and then writes otherwise fails at once with "database is
    # locked", whatever the timeout. WAL: readers and the one writer do not wait for each other.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000; "
            "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728;"
        ),
    }
else:
    # Never OPTIONS["pool"]: a pool does not survive the fork into worker processes.
    _database["CONN_HEALTH_CHECKS"] = True

# In the database, because the web process must see what the worker processes wrote.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
    }
}

# --- Background work -----------------------------------------------------------------------------

# Why each value is what it is: docs/decisions/0002-background-tasks.md
_workers = env.int("WORKERS", default=2 if _on_sqlite else 4)
Q_CLUSTER: dict[str, Any] = {
    "name": "mlconnector",
    "label": "Background tasks",
    "orm": "default",
    "broker_class": "syncs.queue.Queue",
    "cache": "default",
    "workers": _workers,
    "queue_limit": _workers,
    "bulk": 1,
    "timeout": 1800,
    "retry": 6000,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": 0,
    "catch_up": False,
    "recycle": 200,
    "poll": 0.5,
    "error_reporter": {},
}

# `manage.py worker` restarts the task runner when no task was run for so many seconds, and ends it
# the hard way when it has not stopped so many seconds after it was asked to.
WORKER_HEARTBEAT_TIMEOUT = env.float("WORKER_HEARTBEAT_TIMEOUT", default=180)
WORKER_STOP_TIMEOUT = env.float("WORKER_STOP_TIMEOUT", default=600)

# --- Webhooks ------------------------------------------------------------------------------------

# Bring a subscription back that the other system switched off, instead of only telling.
WEBHOOK_MENDS_ITSELF = yes_or_no("WEBHOOK_MENDS_ITSELF", default=True)
# Events signed with the key before the last change are taken for so long.
WEBHOOK_KEY_OVERLAP_HOURS = env.float("WEBHOOK_KEY_OVERLAP_HOURS", default=1)
# Warn when nothing was told for so long although something changed there.
WEBHOOK_SILENCE_HOURS = env.float("WEBHOOK_SILENCE_HOURS", default=48)

# --- People --------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Both together: by address alone, one typing error behind a proxy would lock out the whole office;
# by name alone, anybody could lock out the administrator.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

# --- Security ------------------------------------------------------------------------------------

# connections/secrets.py brings its own keys. This only keeps django-cryptography from deriving one
# of its own from SECRET_KEY while it is imported.
CRYPTOGRAPHY_KEY = "not used"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SECURE_SSL_REDIRECT = yes_or_no("SECURE_SSL_REDIRECT", default=not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # load balancers ask over plain HTTP
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = yes_or_no("SECURE_HSTS_ALL", default=False)
# What else is served under the company's domain is not ours to decide about.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if yes_or_no("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Language, time, files -----------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
FORMAT_MODULE_PATH = ["mlconnector.formats"]

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    # A filter named here sees every line before it is written: the place to blank out secrets.
    "filters": {},
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": []}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # django-q2 brings a handler of its own and would print every line twice. At INFO it also tells
    # of every tick.
    "loggers": {
        "django-q": {
            "handlers": ["console"],
            "level": env.str("TASK_LOG_LEVEL", default="WARNING"),
            "propagate": False,
        }
    },
}

# --- Admin ---------------------------------------------------------------------------------------

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "ml-connector",
    "SITE_HEADER": "ml-connector",
    "SITE_SYMBOL": "sync_alt",
    "SHOW_HISTORY": False,  # the audit log has it, and all of it
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": ["mlconnector.navigation.stylesheet"],
    "SIDEBAR": {"navigation": "mlconnector.navigation.sidebar"},
    "DASHBOARD_CALLBACK": "mlconnector.dashboard.home",
}
