"""Settings: everything that differs between installations comes from the environment or the data folder.

INCISOR_HOME     data folder: database, keys, attachments, backups (default: the user's data folder)
DATABASE_URL     postgresql://user:password@host:port/name?schema=desk (default: SQLite in the data folder)
INCISOR_KEYS     keys file (default: keys.json in the data folder)
INCISOR_BACKUPS  folder for backups, best on another disk (default: backups in the data folder)
INCISOR_ORGANISATION  which organisation of a PostgreSQL database: its schema (default: the one in DATABASE_URL, else desk)
INCISOR_POOL     PostgreSQL connections of one server process, 0 for no pool (default: 8)
INCISOR_HOSTS    names under which the server may be called, comma separated (default: every name of this computer)
INCISOR_HTTPS    "1" when the browser reaches the server by HTTPS (own certificate or proxy)
INCISOR_PROXIES  addresses of proxies whose X-Forwarded-For is believed, comma separated (default: none)
INCISOR_PUBLIC_ADDRESS  how patients reach this server from outside, https://… (default: none; a clinic can name its own)
INCISOR_SECRET   signing key (default: made once and kept in the data folder)
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import platformdirs
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent
INCISOR_HOME = Path(os.environ.get("INCISOR_HOME") or platformdirs.user_data_dir("incisor", appauthor=False)).absolute()
INCISOR_KEYS = Path(os.environ.get("INCISOR_KEYS") or INCISOR_HOME / "keys.json")
INCISOR_ATTACHMENTS = INCISOR_HOME / "attachments"
INCISOR_BACKUPS = Path(os.environ.get("INCISOR_BACKUPS") or INCISOR_HOME / "backups")
INCISOR_OUTBOX = INCISOR_HOME / "outbox"
INCISOR_PUBLIC_ADDRESS = os.environ.get("INCISOR_PUBLIC_ADDRESS", "").rstrip("/")
INCISOR_VERSION = __import__("incisor").__version__


def _secret() -> str:
    given = os.environ.get("INCISOR_SECRET")
    if given:
        return given
    path = INCISOR_HOME / "secret"
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        pass
    fresh = secrets.token_urlsafe(48)
    try:
        INCISOR_HOME.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write(fresh)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        pass  # the folder cannot be written: `incisor doctor` and `serve` say so in one sentence
    return fresh


def _database() -> dict[str, object]:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "incisor.kernel.db.sqlite",
            "NAME": str(INCISOR_HOME / "incisor.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: a confirmed booking survives a power cut
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;",
            },
        }
    parts = urlsplit(url)
    # kept statements are named one by one (kernel.db.prepared), never by how often they were sent
    options: dict[str, object] = {"prepare_threshold": 1_000_000_000}
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    query.pop("schema", None)
    host = query.pop("host", None) or unquote(parts.hostname or "")
    options.update(query)
    pool = int(os.environ.get("INCISOR_POOL", "8"))
    if pool:
        # reconnect_timeout: the pool's pauses between tries double; short, so that nobody waits once the server is back
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 6, "reconnect_timeout": 3}
    return {
        "ENGINE": "incisor.kernel.db.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool else None,
        "CONN_HEALTH_CHECKS": True,  # after a restart of the database the next request works
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": options,
    }


def _organisation() -> str:
    query = parse_qs(urlsplit(os.environ.get("DATABASE_URL", "")).query)
    return os.environ.get("INCISOR_ORGANISATION") or query.get("schema", ["desk"])[-1]


INCISOR_ORGANISATION = _organisation()
INCISOR_PROXIES = frozenset(filter(None, os.environ.get("INCISOR_PROXIES", "").split(",")))
SECRET_KEY = _secret()
DEBUG = False
IS_HTTPS = os.environ.get("INCISOR_HTTPS") == "1"
ALLOWED_HOSTS = [name for name in os.environ.get("INCISOR_HOSTS", "*").split(",") if name]
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in ALLOWED_HOSTS if name != "*"] if IS_HTTPS else []
if IS_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"  # never used: every key is a UUID (an architecture test proves it)

INSTALLED_APPS = [
    "incisor.config",
    "incisor.kernel",
    "incisor.audit",
    "incisor.accounts",
    "incisor.clinics",
    "incisor.staff",
    "incisor.patients",
    "incisor.messaging",
    "incisor.forms",
    "incisor.scheduling",
    "incisor.visits",
    "incisor.billing",
    "incisor.reception",
    "incisor.enquiries",
    "incisor.outreach",
    "incisor.portal",
    "incisor.api",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "incisor.kernel.apps.DjangoFormsConfig",
    "template_partials",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "incisor.kernel.middleware.organisation_middleware",
    "incisor.clinics.middleware.changes_middleware",
    "incisor.reception.middleware.screens_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "incisor.accounts.middleware.session_middleware",
    "incisor.kernel.middleware.language_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "incisor.clinics.middleware.clinic_middleware",
    "incisor.kernel.middleware.request_key_middleware",
    "incisor.kernel.middleware.refusal_middleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "incisor.config.urls"
WSGI_APPLICATION = "incisor.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "kernel" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "incisor.clinics.context.shell",
            ],
            "builtins": ["incisor.kernel.templatetags.addresses"],
        },
    }
]
FORM_RENDERER = "incisor.kernel.forms.FormRenderer"

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "accounts:sign-in"
SESSION_ENGINE = "incisor.kernel.sessions"
SESSION_COOKIE_AGE = 14 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "incisor.kernel.views.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Which function sends the messages of a channel (messaging.enums.Channel); "*" for all others.
INCISOR_ADAPTERS = {"*": "incisor.messaging.adapters.file.send"}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "incisor.config.formats"

STATIC_URL = "/static/"
STATIC_ROOT = INCISOR_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "incisor.kernel.assets.HashedStorage"},
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = INCISOR_ATTACHMENTS
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
