"""What browsers enforce for the site: https, cookies, the content security policy, permissions.

If SITE_URL is http, there is no redirect to https and no Secure flag, even in production.
"""

from csp.constants import NONE, SELF

from site_config import environment
from site_config.settings.bucket import BUCKET_CLIENT_ID, BUCKET_OAUTH_URL
from site_config.settings.site import SITE
from site_config.settings.strava import STRAVA_OAUTH_URL

SECURE_SSL_REDIRECT = SITE.secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SITE.secure else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SITE.secure else 0
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # no HSTS for subdomains: they may be other sites
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SITE.secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # with Strict, the redirect from Strava would have no session
SESSION_COOKIE_AGE = 60 * 24 * 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_FAILURE_VIEW = "strava_live.web.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
CONSENT_PAGES = [STRAVA_OAUTH_URL, *([BUCKET_OAUTH_URL] if BUCKET_CLIENT_ID else [])]
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "fullscreen": ["self"],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "screen-wake-lock": ["self"],
    "usb": [],
}
# Load from and submit to this site only, but for data: images and the redirects to Strava and Bucket. No inline script
# or style.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        # Browsers apply this to redirects of a form too. The sign-in form redirects to Strava, "Connect" to Bucket.
        "form-action": [SELF, *map(environment.origin, CONSENT_PAGES)],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    }
}
