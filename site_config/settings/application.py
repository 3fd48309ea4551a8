"""What the site is made of: apps, middleware, templates, static files, messages, language."""

from django.contrib.messages import constants as message_levels

from site_config.settings.site import BASE_DIR, DEBUG, VAR_DIR

# daphne must be first: it installs the Twisted reactor, and its runserver serves sockets (strava_live.apps).
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
    "strava_live.web.metrics.MetricsMiddleware",
    "strava_live.api.json_only.JsonOnlyMiddleware",  # before all others that may answer with a page
    "django.middleware.security.SecurityMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "strava_live.web.middleware.CompressionMiddleware",  # after WhiteNoise, which serves compressed files
    "strava_live.web.middleware.MethodsMiddleware",
    "strava_live.web.middleware.SiteSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "strava_live.api.caller.CallerMiddleware",  # before all others that use request.user
    "strava_live.web.middleware.NoStoreMiddleware",
    "strava_live.web.middleware.SignOutMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "strava_live.web.limits.LimitMiddleware",
    "strava_live.web.middleware.TimeZoneMiddleware",
    "strava_live.web.middleware.ErasedAccountMiddleware",
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

# Static files have hashed names, also in ES module imports, and are served by WhiteNoise.
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

LANGUAGE_CODE = "en-gb"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MESSAGE_TAGS = {message_levels.ERROR: "error"}
