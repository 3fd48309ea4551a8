"""Django's settings. Every value that differs between a laptop and a server comes from an environment variable.

README.md and docs/deploy.md list the variables and their defaults. An invalid value stops the process (environment.py).
"""

import base64
import hashlib
import secrets
import sys
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels
from django.urls import reverse_lazy

from site_config import environment
from site_config.logs import logging_config
from strava_live.http.retry import Retry
from strava_live.http.transport import Timeouts

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# True for commands that end by themselves, such as `migrate` and `rekey`; False for the worker and development server.
IS_COMMAND = Path(sys.argv[0]).name == "manage.py" and sys.argv[1:2] not in (["worker"], ["runserver"])
# A Heroku-style build runs collectstatic before any variable is set. It needs no secret key and gets a random one.
BUILDING = sys.argv[1:2] == ["collectstatic"]

# --- The site's URL. Hosts, origins, cookies, HSTS and the redirect to https are all derived from SITE_URL.
DEBUG = environment.switch("DEBUG", default=False)
SITE_NAME = environment.text("SITE_NAME", "Saturday Live")
PORT = environment.whole_number("PORT", default=8000, least=1, most=65535)
SITE = environment.site("SITE_URL", f"http://localhost:{PORT}")
SITE_URL = SITE.url
ALLOWED_HOSTS = [SITE.host, *environment.hosts("EXTRA_HOSTS")]
CSRF_TRUSTED_ORIGINS = [SITE.url]
TRUSTED_PROXIES = environment.whole_number("TRUSTED_PROXIES", default=0, least=0, most=10)

# --- Secrets
SECRET_KEY = environment.secret(
    "SECRET_KEY",
    required=not (DEBUG or BUILDING),
    instead="it must be a random text of at least 30 characters; it is required unless DEBUG=1.",
    least=30,
)
if not SECRET_KEY:
    SECRET_KEY = "only-for-development-" + "x" * 40 if DEBUG else secrets.token_urlsafe(50)
FIELD_KEYS = environment.fernet_keys("FIELD_KEYS", required=not (DEBUG or BUILDING))
if not FIELD_KEYS:
    FIELD_KEYS = [base64.urlsafe_b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()]

# --- Transport: if SITE_URL is http, there is no redirect to https and no Secure flag, even in production.
SECURE_SSL_REDIRECT = SITE.secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SITE.secure else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SITE.secure else 0
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # HSTS for subdomains: the club may have other sites there
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SITE.secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # with Strict, the redirect from Strava would have no session
SESSION_COOKIE_AGE = 60 * 24 * 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_FAILURE_VIEW = "strava_live.web.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "fullscreen": ["self"],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "screen-wake-lock": ["self"],
    "usb": [],
}

# --- Apps. daphne must be first: it installs the Twisted reactor, and its runserver serves sockets (strava_live.apps).
INSTALLED_APPS = [
    "daphne",
    "strava_live.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.strava",
    "strava_live",
]
MIDDLEWARE = [
    "strava_live.web.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "strava_live.web.middleware.CompressionMiddleware",  # after WhiteNoise, which serves compressed files
    "strava_live.web.middleware.MethodsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "strava_live.web.middleware.NoStoreMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "strava_live.web.limits.LimitMiddleware",
    "strava_live.web.middleware.TimeZoneMiddleware",
    "strava_live.web.middleware.UnreadableSecretMiddleware",
    "strava_live.web.writing.WriteQueueMiddleware",
]
ROOT_URLCONF = "site_config.urls"
ASGI_APPLICATION = "site_config.asgi.application"
# Ten times the longest post in any encoding. Daphne's default of 1 MiB takes 40 ms to read, while other sockets wait.
DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE = DAPHNE_WEBSOCKET_MAX_FRAME_SIZE = 128 * 1024
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
                "strava_live.web.context.site",
            ],
            "builtins": ["strava_live.web.template_tags"],
        },
    }
]

# --- Database. Django's persistent connections leak under ASGI, so psycopg's pool is used and CONN_MAX_AGE stays 0.
DATABASE = environment.database("DATABASE_URL", default=VAR_DIR / "db.sqlite3")
if DATABASE["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(exist_ok=True)
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "timeout": 20,
    }
else:
    DATABASE["CONN_MAX_AGE"] = 0
    DATABASE["CONN_HEALTH_CHECKS"] = True
    OPTIONS = DATABASE.setdefault("OPTIONS", {})
    # At most seven writes wait for a lock at once: three of members, two of signed-out visitors, two of the process
    # itself (strava_live/write_queue.py, strava_live/database.py). So one connection is always free for pages.
    OPTIONS["pool"] = {"min_size": 1, "max_size": 8, "timeout": 15, "max_lifetime": 1800}
    if not IS_COMMAND:  # a migration may take as long as it needs
        TIMEOUTS = "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
        # If an option is given twice, Postgres uses the last one.
        OPTIONS["options"] = f"{TIMEOUTS} {OPTIONS.get('options', '')}".strip()
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis; without it the site is one process. Hosted Redis has self-signed certificates, so they are not verified.
REDIS_URL = environment.redis("REDIS_URL")
REDIS_OPTIONS: dict[str, Any] = {"ssl_cert_reqs": "none"} if REDIS_URL.startswith("rediss://") else {}
WORK_IN_WEB = environment.switch("WORK_IN_WEB", default=not REDIS_URL)
if REDIS_URL:
    # The pub/sub layer, because channels-redis' core layer loses bursts of messages and, with redis-py 8, closes idle
    # sockets. The timeouts limit how long publishing waits for Redis.
    LAYER_TIMEOUTS = {"socket_timeout": 2.0, "socket_connect_timeout": 2.0}
    # Pub/sub ignores the database number in REDIS_URL. The prefix keeps apart sites that share a Redis server.
    LAYER_PREFIX = f"strava_live.{urlsplit(REDIS_URL).path.strip('/') or 0}."
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "site_config.layer.ResilientLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL, **LAYER_TIMEOUTS, **REDIS_OPTIONS}], "prefix": LAYER_PREFIX},
        }
    }
    CACHES = {
        "default": {"BACKEND": "site_config.cache.FallbackRedisCache", "LOCATION": REDIS_URL, "OPTIONS": REDIS_OPTIONS}
    }
else:
    # All sockets share one channel per process, so it needs a large capacity, and its groups must never expire.
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            "CONFIG": {"capacity": 10_000, "group_expiry": 10 * 365 * 24 * 3600},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "site_config.cache.MemoryCache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }

# --- Static files, with hashed names also in ES module imports, served by WhiteNoise.
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "site_config.staticfiles.HashedModulesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# --- Accounts and sign-in: allauth with our templates.
AUTH_USER_MODEL = "strava_live.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "strava_live.accounts.verified_email.VerifiedEmailBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "strava_live.accounts.signup.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "strava_live.accounts.password_forms.ChangePasswordForm",
    "login": "strava_live.accounts.signup.LoginForm",
    "reset_password": "strava_live.accounts.verified_email.ResetPasswordForm",
    "reset_password_from_key": "strava_live.accounts.password_forms.ResetPasswordKeyForm",
    "set_password": "strava_live.accounts.password_forms.SetPasswordForm",
    "signup": "strava_live.accounts.signup.SignupForm",
}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_LOGIN_METHODS = {"username"}  # allauth's email method accepts unconfirmed addresses; our backend does not
ACCOUNT_PREVENT_ENUMERATION = "strict"  # sign-up does not reveal whether an address has an account
ACCOUNT_RATE_LIMITS = {  # for wrong passwords; accounts/wrong_passwords.py explains how they work together
    "login_failed": "10/m/ip,100/h/ip,5/5m/key,15/h/key",  # the key is account and address
    "login_failed_account": "50/h/key",
    "login_failed_device": "5/5m/key,15/h/key",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_USER_DISPLAY = "strava_live.accounts.models.shown_name"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE.scheme
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_ALLOW_UNVERIFIED_EMAIL = True  # without EMAIL_URL no address can be verified
MFA_ADAPTER = "strava_live.accounts.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "strava_live.accounts.second_factor.AuthenticateForm",
    "reauthenticate": "strava_live.accounts.second_factor.ReauthenticateForm",
}

# --- Clubs: who may start a club, `staff` or `anyone` who is signed in.
CLUB_CREATION = environment.choice("CLUB_CREATION", "staff", "anyone")

# --- Email. Without it, the password reset page says whom to ask for a link (manage.py reset_link).
EMAIL = environment.email("EMAIL_URL")
EMAIL_CONFIGURED = bool(EMAIL)
EMAIL_BACKEND = EMAIL.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = EMAIL.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = EMAIL.get("EMAIL_FILE_PATH", "")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.email_address("DEFAULT_FROM_EMAIL") or f"nobody@{SITE.host}"
CONTACT_EMAIL = parseaddr(environment.email_address("DEFAULT_FROM_EMAIL"))[1]
ACCOUNT_EMAIL_VERIFICATION = "optional" if EMAIL_CONFIGURED else "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}: "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False

# --- Strava. The API has its own URL, because Strava moves it to another host in 2027.
STRAVA_CLIENT_ID = environment.text("STRAVA_CLIENT_ID")
STRAVA_CLIENT_SECRET = environment.secret(
    "STRAVA_CLIENT_SECRET",
    required=bool(STRAVA_CLIENT_ID),
    instead="it is the secret that Strava shows beside the client id, and STRAVA_CLIENT_ID is set.",
)
STRAVA_OAUTH_URL = environment.address("STRAVA_OAUTH_URL", "https://www.strava.com/oauth")
STRAVA_API_URL = environment.address("STRAVA_API_URL", "https://www.strava.com/api/v3")
STRAVA_RESERVE = environment.share("STRAVA_RESERVE", default=0.15, most=0.5)
STRAVA_CONFIGURED = bool(STRAVA_CLIENT_ID)
SOCIALACCOUNT_ADAPTER = "strava_live.accounts.strava_signin.adapter.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False  # StravaConnection stores them encrypted
SOCIALACCOUNT_AUTO_SIGNUP = True  # the first sign-in with Strava creates the account without a form
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS = {
    "strava": {
        "provider_class": "strava_live.accounts.strava_signin.provider.StravaProvider",
        "APPS": [{"client_id": STRAVA_CLIENT_ID, "secret": STRAVA_CLIENT_SECRET}] if STRAVA_CONFIGURED else [],
    }
}

# --- Content security policy: load from and submit to this site only, no inline script or style.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        # Browsers apply this to redirects of a form too, and the sign-in form redirects to Strava.
        "form-action": [SELF, environment.origin(STRAVA_OAUTH_URL)],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    }
}

# --- Language, time zone, logs
LANGUAGE_CODE = "en-gb"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MESSAGE_TAGS = {message_levels.ERROR: "error"}
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(debug=DEBUG)

# --- Time limits, pauses and sizes, most of which tests shorten
STRAVA_TIMEOUTS, STRAVA_RETRY = Timeouts(), Retry()
STRAVA_PAGE_TIMEOUTS = Timeouts(connect=5, read=15, pool=5, total=20)  # while a browser waits
STRAVA_WINDOW_S = 900.0
SYNC_RUNS_A_PROCESS = 20  # how many imports from Strava (runs) a process reads at once; others wait, reason `busy`
SYNC_LEASE_S = 20.0  # after this long, another process takes over a run whose process was killed
SYNC_LOOK_EVERY_S, SYNC_IDLE_LOOK_EVERY_S = 0.5, 10.0  # how often their rows are read; the second if there are none
SYNC_FIRST_PAUSE_S, SYNC_LONGEST_PAUSE_S = 4.0, 900.0  # between tries while Strava is down
SOCKET_RECHECK_S = 180.0  # how often a socket's permissions are read again
SOCKET_LOOK_AGAIN_S = 5.0  # how often the socket of My Strava reads the table, for changes whose announcement was lost
SOCKET_REDIAL_S = 12 * 3600.0, 23 * 3600.0  # a socket is closed at a random age in between; daphne's limit is a day
SOCKET_UNSENT_MOST = 3 * 2**20  # bytes buffered for a client that does not read; 500 of the longest posts are 2.5 MB
REQUEST_BODY_MOST = 3 * 2**20  # bytes; more than Django's limit for forms, which answers with a page of the site
REQUEST_ARRIVES_WITHIN_S = 30.0  # from the first byte of a request to its last; then the connection is closed
REFUSED_LINGERS_S = 5.0  # how long a client may keep sending a refused request before its connection is closed
HUB_LOOK_S = 2.0  # how often the hub reads the table, for entries whose announcement was lost
HUB_HOLE_PATIENCE_S = 0.1  # how long the hub waits for an announcement that a later one has overtaken
HUB_ECHO_WITHIN_S = 1.0  # if a hub's ping to itself over Redis takes longer, the hub rechecks all permissions
HUB_STALE_SNAPSHOT_PAUSES_S = 0.05, 0.1, 0.2, 0.4, 0.8  # before a snapshot that is older than the feed is read again
HUB_PULSE_S, HUB_PRESENCE_S = 2.0, 5.0  # watcher counts: how often changes are sent, and how often they are sent anyway
STOP_DRAIN_S, STOP_WITHIN_S = 7.0, 9.5  # after SIGTERM: time for running requests, and for the whole web process
WORK_INTERVAL_S = 5.0  # how often the worker looks for work
WRITE_PATIENCE_S = 5.0  # how long a write waits for other writes of its club or athlete before it fails as temporary
# The first pause after Strava did not answer a revocation. It is longer than a call can take, and doubles up to a day.
REVOCATION_RETRY_S = 90.0
REVOCATION_KEPT_S = 600.0  # how long a revoked token's row stays; longer than a sign-in takes after Strava's grant
STRAVA_REVOKE_TIMEOUTS = Timeouts(connect=2, read=4, pool=2, total=5)  # while a browser waits; the worker tries again

# --- Errors are reported to Sentry if SENTRY_DSN is set, without personal data.
SENTRY_DSN = environment.sentry("SENTRY_DSN")
if SENTRY_DSN:
    import sentry_sdk

    from site_config.logs import without_secrets

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False, include_local_variables=False, before_send=without_secrets)
