"""The site's folders, its public URL, its secrets, and which kind of process this is.

Hosts, origins, cookies, HSTS and the redirect to https are all derived from SITE_URL.
"""

import base64
import hashlib
import secrets
import sys
from pathlib import Path

from site_config import environment

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"

# True for commands that end by themselves, such as `migrate` and `rekey`; False for the worker and development server.
IS_COMMAND = Path(sys.argv[0]).name == "manage.py" and sys.argv[1:2] not in (["worker"], ["runserver"])
# A Heroku-style build runs collectstatic before any variable is set. It needs no secret key and gets a random one.
BUILDING = sys.argv[1:2] == ["collectstatic"]

DEBUG = environment.switch("DEBUG", default=False)
SITE_NAME = environment.text("SITE_NAME", "Saturday Live")
PORT = environment.whole_number("PORT", default=8000, least=1, most=65535)
SITE = environment.site("SITE_URL", f"http://localhost:{PORT}")
SITE_URL = SITE.url
ALLOWED_HOSTS = [SITE.host, *environment.hosts("EXTRA_HOSTS")]
CSRF_TRUSTED_ORIGINS = [SITE.url]
TRUSTED_PROXIES = environment.whole_number("TRUSTED_PROXIES", default=0, least=0, most=10)

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
