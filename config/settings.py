"""All settings, in one file, read from the environment.

Without any variable the embedded defaults hold (PostgreSQL, broker and artefact store under
``DATA``). ``IMPRIMATUR_MODE=production`` refuses to start on a default secret or on an embedded
part and names it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from config import embedded, sandbox
from config.logs import LOGGING  # noqa: F401  (as Django does this)
from config.look import UNFOLD  # noqa: F401  (django-unfold reads it from here)

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(env.str("DATA", default=str(BASE_DIR / "var"))).resolve()
MODE = env.str("IMPRIMATUR_MODE", default="development")
PRODUCTION = MODE == "production"

# What must come from outside in production. -----------------------------------------------------
_REQUIRED = ("SECRET_KEY", "DATABASE_URL", "BROKER_URL", "ARTIFACT_STORE", "ALLOWED_HOSTS")
if MODE not in ("development", "production"):
    raise ImproperlyConfigured(f"IMPRIMATUR_MODE is {MODE!r}: use development or production.")
if PRODUCTION and (missing := [name for name in _REQUIRED if not os.environ.get(name)]):
    raise ImproperlyConfigured(
        "Production mode will not start on embedded parts or default secrets. "
        f"Set {', '.join(missing)} in the environment."
    )
_EMBEDDED_BROKERS = ("filesystem:", "folder:", "memory:")
if PRODUCTION and os.environ["BROKER_URL"].startswith(_EMBEDDED_BROKERS):
    raise ImproperlyConfigured("BROKER_URL: production needs RabbitMQ (amqp://) or Redis.")
if PRODUCTION and "*" in os.environ["ALLOWED_HOSTS"].split(","):
    raise ImproperlyConfigured("ALLOWED_HOSTS: name the hosts; “*” lets anybody pose as us.")

SECRET_KEY = os.environ.get("SECRET_KEY") or embedded.secret_key(DATA)
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters: make a longer one.")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []

# Rooms ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lib",
    "jobs",
    "audit",
    "accounts",
    "registry",
    "governance",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lib.http.middleware.RequestIdentity",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lib.http.middleware.ContentPolicy",
    "lib.http.middleware.QueryGuard",
    "django.middleware.common.CommonMiddleware",
    "governance.api.quick.QuickVerdict",
    "registry.mlflow.door.ShortWay",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
            ],
        },
    }
]

# Database: the application works as a role that cannot rewrite history, migrations as the owner. --
APP_DB_ROLE = env.str("APP_DB_ROLE", default="imprimatur_app")
DATABASE_ROLE = env.str("DATABASE_ROLE", default="application")
EMBEDDED_DATABASE = not os.environ.get("DATABASE_URL")


def _database(role: str) -> dict[str, Any]:
    if EMBEDDED_DATABASE:
        url = embedded.database_url(DATA, "owner" if role == "owner" else "application")
    else:
        url = os.environ["DATABASE_URL"]
        if role == "owner":
            url = os.environ.get("OWNER_DATABASE_URL") or url
    settings: dict[str, Any] = {"OPTIONS": {}, **environ.Env.db_url_config(url)}
    settings |= {"ENGINE": "lib.postgres", "CONN_HEALTH_CHECKS": True}
    if size := env.int("DATABASE_POOL", default=0):
        settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": size, "timeout": 10}
    else:
        settings["CONN_MAX_AGE"] = 60
    return settings


DATABASES = {"default": _database(DATABASE_ROLE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},  # the default of 300 would forget failed sign-ins
    }
}

# Artefacts and keys -----------------------------------------------------------------------------
ARTIFACT_STORE = os.environ.get("ARTIFACT_STORE") or (DATA / "artifacts").as_uri()
ARTIFACT_MAX_BYTES = env.int("ARTIFACT_MAX_BYTES", default=5 * 1024**3)
COUNTS_KEYS = env.list("COUNTS_KEYS", default=[])  # whose counts are believed: public halves
GOVERN_NEW_MODELS = env.bool("GOVERN_NEW_MODELS", default=True)  # what new models are, unsaid
PROTECTED_ALIASES = env.list("PROTECTED_ALIASES", default=["champion"])  # of governed models
LOG_ORIGIN = env.str("LOG_ORIGIN", default="imprimatur.local/log")
LOG_KEY = Path(env.str("LOG_KEY", default=str(DATA / "keys" / "log.key")))
LOG_KNOWN = Path(env.str("LOG_KNOWN", default=str(DATA / "keys" / "checkpoint")))
LOG_WITNESSES = env.list("LOG_WITNESSES", default=[])  # vkeys of type 4, separated by commas
TLOG_PUBLIC = env.str("TLOG_PUBLIC", default="")
if TLOG_PUBLIC not in ("", "tiles", "entries"):
    raise ImproperlyConfigured(f"TLOG_PUBLIC is {TLOG_PUBLIC!r}: use tiles, entries, or nothing.")
TSA_URL = env.str("TSA_URL", default="")
TSA_CERTIFICATE = env.str("TSA_CERTIFICATE", default="")
TSA_EVERY_SECONDS = env.float("TSA_EVERY_SECONDS", default=3600.0)
if TSA_URL and not TSA_CERTIFICATE:
    raise ImproperlyConfigured("TSA_URL needs TSA_CERTIFICATE: stamps are checked when they come.")
WORK_DIR, SANDBOX = DATA / "work", sandbox.read(env)
EXPORT_DIR = Path(env.str("EXPORT_DIR", default=str(DATA / "exports")))  # web and workers share it
EXPORT_KEEP_HOURS = env.int("EXPORT_KEEP_HOURS", default=72)

# People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("NUM_PROXIES", default=0)
ACCOUNT_ADAPTER = "accounts.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = ACCOUNT_SESSION_REMEMBER = False
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="imprimatur@localhost")
WEBHOOK_PRIVATE_HOSTS = env.list("WEBHOOK_PRIVATE_HOSTS", default=[])  # host or host:port
MLFLOW_TRACKING_SOURCES = env.list("MLFLOW_TRACKING_SOURCES", default=[])
MLFLOW_SOURCE_FOLDERS = env.list("MLFLOW_SOURCE_FOLDERS", default=[])
SEAL_SECONDS = env.float("SEAL_SECONDS", default=1800.0)
SEAL_MAX_BYTES = env.int("SEAL_MAX_BYTES", default=20 * 1024**3)
RECORD_PULLS = env.bool("RECORD_PULLS", default=False)
SIGNATURE_WINDOW_SECONDS = env.int("SIGNATURE_WINDOW_SECONDS", default=600)

# REST -------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ServiceTokenAuthentication",
        "accounts.authentication.PersonAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["lib.http.permissions.DefaultDeny"],
    "DEFAULT_PARSER_CLASSES": ["lib.http.parser.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "lib.http.schema.ApiSchema",
    "DEFAULT_THROTTLE_RATES": {"sign_in": env.str("SIGN_IN_RATE", default="20/min")},
    "EXCEPTION_HANDLER": "lib.http.problems.exception_response",
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),  # how many to believe in X-Forwarded-For
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Imprimatur",
    "DESCRIPTION": "Registers models, asks for releases, answers verdicts, proves all of it.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "registry.mlflow.schema.add_door",
    ],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],  # the source says as much
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024**2

# Background work: the row is the queue, Celery is the wake-up -----------------------------------
CELERY_BROKER_URL = os.environ.get("BROKER_URL") or embedded.broker_url(DATA)
if not os.environ.get("BROKER_URL"):
    CELERY_BROKER_TRANSPORT_OPTIONS = embedded.broker_options(DATA)
elif CELERY_BROKER_URL.startswith(("redis:", "rediss:")):
    # A Redis that accepts and never answers would otherwise hold every request for ever.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 3.0, "socket_connect_timeout": 3.0}
JOBS_LEASE_SECONDS = env.float("JOBS_LEASE_SECONDS", default=30)  # then its worker is given up
JOBS_DISPATCH_SECONDS = env.float("JOBS_DISPATCH_SECONDS", default=5)  # how often it looks
CELERY_BROKER_CONNECTION_TIMEOUT = 3.0
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "imprimatur"
CELERY_TASK_DEFAULT_QUEUE_TYPE = env.str("CELERY_QUEUE_TYPE", default="classic")
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_POOL = "jobs.pool:TaskPool"
# A child that has grown is given up in time, the next one is forked warm (jobs.life).
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_DB_REUSE_MAX = 1_000  # tasks on one connection, which jobs.life looks at before each
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 1_000_000  # KiB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CHECK_SECONDS, JOB_SECONDS = env.int("CHECK_SECONDS", default=120), env.int("JOB_SECONDS", 7200)
REUSE_MEASUREMENTS = env.bool("REUSE_MEASUREMENTS", default=True)  # of the same version and data
CHECK_MEMORY = env.int("CHECK_MEMORY_MIB", default=2048) * 1024**2  # a policy may say otherwise
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "run" / "beat")

# Pages ------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA / "static")))
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
LANGUAGE_CODE, TIME_ZONE, USE_TZ, USE_I18N = "en-gb", "UTC", True, False

# Security: styles may stand inline, for docs/decisions/0001 says why ------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
CSRF_FAILURE_VIEW = "config.problems.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
