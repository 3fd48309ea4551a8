"""Logs, figures for monitoring, and errors that are reported to Sentry, without personal data, if SENTRY_DSN is set."""

from site_config import environment
from site_config.logs import LOGGED_ERRORS, logging_config, without_secrets
from site_config.settings.site import DEBUG

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(debug=DEBUG)

METRICS_TOKEN = environment.token("METRICS_TOKEN", least=16)
METRICS_ERRORS = LOGGED_ERRORS
# The commit that is running, as hosts name it.
METRICS_COMMIT = (
    environment.text("HEROKU_BUILD_COMMIT") or environment.text("HEROKU_SLUG_COMMIT") or environment.text("GIT_COMMIT")
)

SENTRY_DSN = environment.sentry("SENTRY_DSN")
if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False, include_local_variables=False, before_send=without_secrets)
