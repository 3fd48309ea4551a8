"""Logs, and errors that are reported to Sentry, without personal data, if SENTRY_DSN is set."""

from site_config import environment
from site_config.logs import logging_config, without_secrets
from site_config.settings.site import DEBUG

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(debug=DEBUG)

SENTRY_DSN = environment.sentry("SENTRY_DSN")
if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False, include_local_variables=False, before_send=without_secrets)
