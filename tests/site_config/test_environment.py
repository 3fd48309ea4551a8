"""Bad environment variables stop the start with one line. Good ones lead to the right settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from site_config.environment import without_password
from strava_live.push_client.vapid import is_private_key, new_private_key
from tests.site_config.forking_process import Ended, ForkingProcess

ROOT = Path(__file__).parent.parent.parent
KEY = Fernet.generate_key().decode()
PRODUCTION = {"SECRET_KEY": "k" * 60, "FIELD_KEYS": KEY, "SITE_URL": "https://club.example.org"}
SHOW = """
import json, sys
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def start(forking: ForkingProcess, *names: str, **environment: str) -> Ended:
    """Run a process that loads the settings and prints those in `names`."""
    bare = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "site_config.settings"}
    return forking.run(SHOW, "-c", *names, environment=bare | environment)


def settings_of(forking: ForkingProcess, *names: str, **environment: str) -> dict[str, object]:
    done = start(forking, *names, **environment)
    assert done.stderr == ""
    shown: dict[str, object] = json.loads(done.stdout)
    return shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_URL", "foo"),
        ("SITE_URL", "https://club.example.org/path"),
        ("SITE_URL", "ftp://club.example.org"),
        ("SITE_URL", "https://user@club.example.org"),
        ("SITE_URL", "https://club.example.org:port"),
        ("PORT", "http"),
        ("REDIS_URL", "http://x"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://u@h/d"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "postgres://user@host"),
        ("STRAVA_RESERVE", "2"),
        ("STRAVA_RESERVE", "-0.1"),
        ("STRAVA_RESERVE", "some"),
        ("RETENTION_FOUND_DAYS", "8"),
        ("RETENTION_FOUND_DAYS", "0"),
        ("RETENTION_EVENTS_DAYS", "0"),
        ("RETENTION_RUNS_DAYS", "ninety"),
        ("RETENTION_REVOKED_DAYS", "31"),
        ("STRAVA_API_URL", "strava"),
        ("DEBUG", "maybe"),
        ("WORK_IN_WEB", "2"),
        ("CLUB_CREATION", "everybody"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "¹"),
        ("EXTRA_HOSTS", "other.example.org:80"),
        ("EXTRA_HOSTS", "*"),
        ("EMAIL_URL", "foo"),
        ("DEFAULT_FROM_EMAIL", "nobody"),
        ("CONTACT_EMAIL", "nobody"),
        ("SENTRY_DSN", "foo"),
        ("SENTRY_DSN", "https://key@host/notanumber"),
        ("SITE_URL", "https://host:"),
        ("SITE_URL", "https://host:0"),
        ("STRAVA_OAUTH_URL", "https://h;script-src *"),
        ("STRAVA_API_URL", "https://host:bad"),
        ("STRAVA_API_URL", "https://host/api?x=1"),
        ("STRAVA_API_URL", "https://[host"),
        ("BUCKET_OAUTH_URL", "bucket"),
        ("BUCKET_USERINFO_URL", "ftp://host/userinfo"),
        ("BUCKET_API_URL", "https://host/api?authorization=x"),
        ("BUCKET_OAUTH_URL", "http://host/oauth2"),
        ("PUSH_EXTRA_HOSTS", "http://localhost:8003"),
        ("PUSH_EXTRA_HOSTS", "localhost:port"),
        ("BUCKET_USERINFO_URL", "http://127.0.0.1.host/userinfo"),
        ("BUCKET_API_URL", "http://localhost.host/bucket/api"),
        ("REDIS_URL", "redis://host:abc"),
        ("REDIS_URL", "redis://host/db"),
        ("REDIS_URL", "redis://[host"),
        ("EMAIL_URL", "smtp://"),
        ("PORT", "0"),
    ],
)
def test_bad_value_stops_the_start_with_one_line(forking: ForkingProcess, name: str, value: str) -> None:
    done = start(forking, "DEBUG", **PRODUCTION | {name: value})

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"{name}={without_password(value)} cannot be used: it must ")


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS"])
def test_missing_secret_in_production_stops_the_start_with_one_line(forking: ForkingProcess, name: str) -> None:
    done = start(forking, "DEBUG", **PRODUCTION | {name: ""})

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"{name} is not set: ")


@pytest.mark.parametrize(
    ("name", "value", "hidden"),
    [
        ("DATABASE_URL", "postgres://user:hunter2@host", "hunter2"),
        ("DATABASE_URL", "postgres://user:hunter2[x@host/name", "hunter2"),
        ("DATABASE_URL", "nonsense:hunter2@host", "hunter2"),
        ("EMAIL_URL", "smtp://user:hunter2@host:abc", "hunter2"),
        ("SECRET_KEY", "hunter2", "hunter2"),
        ("REDIS_URL", "http://:hunter2@x", "hunter2"),
        ("REDIS_URL", "http://:hunter1@hunter2@x", "hunter2"),
        ("FIELD_KEYS", "hunter2", "hunter2"),
        ("STRAVA_WEBHOOK_TOKEN", "hunter2", "hunter2"),
        ("STRAVA_WEBHOOK_TOKEN", "hunter2/hunter2-hunter2", "hunter2"),
        ("STRAVA_WEBHOOK_TOKEN", "hunter2-hunter2-é", "hunter2"),
        ("STRAVA_WEBHOOK_TOKEN", "hunter2" * 20, "hunter2"),
        ("METRICS_TOKEN", "hunter2", "hunter2"),
        ("VAPID_PRIVATE_KEY", "hunter2", "hunter2"),
        ("VAPID_PRIVATE_KEY", "hunter2" + "A" * 37, "hunter2"),
        ("METRICS_TOKEN", "hunter2 with many letters", "hunter2"),
    ],
)
def test_line_about_a_bad_value_shows_no_secret(forking: ForkingProcess, name: str, value: str, hidden: str) -> None:
    done = start(forking, "DEBUG", **PRODUCTION | {name: value})

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert hidden not in done.stderr


def test_strava_id_without_its_secret_stops_the_start(forking: ForkingProcess) -> None:
    done = start(forking, "DEBUG", **PRODUCTION | {"STRAVA_CLIENT_ID": "123"})

    assert done.returncode == 1
    assert done.stderr.startswith("STRAVA_CLIENT_SECRET is not set: ")


def test_line_about_a_bad_webhook_token_says_how_to_make_one(forking: ForkingProcess) -> None:
    done = start(forking, "DEBUG", **PRODUCTION | {"STRAVA_WEBHOOK_TOKEN": "short"})

    assert done.stderr.startswith(
        "STRAVA_WEBHOOK_TOKEN=(not shown) cannot be used: it must be 16 to 128 letters, digits, "
    )
    assert "python -c" in done.stderr


def test_webhook_token_of_heroku_and_of_our_own_command_are_accepted(forking: ForkingProcess) -> None:
    for token in ("0123456789abcdef" * 4, "AZaz09_-AZaz09_-AZaz09_-AZaz09_-"):
        assert settings_of(forking, "STRAVA_WEBHOOK_TOKEN", **PRODUCTION, STRAVA_WEBHOOK_TOKEN=token) == {
            "STRAVA_WEBHOOK_TOKEN": token
        }


def test_address_of_simulated_saturdays_needs_debug(forking: ForkingProcess) -> None:
    address = "http://localhost:8001/control/saturday"
    refused = start(forking, "DEBUG", **PRODUCTION | {"OCCASION_URL": address})

    assert refused.returncode == 1
    assert (
        refused.stderr == f"OCCASION_URL={address} cannot be used: it must only be set with DEBUG=1, for development.\n"
    )
    assert settings_of(forking, "OCCASION_URL", DEBUG="1", OCCASION_URL=address) == {"OCCASION_URL": address}
    assert settings_of(forking, "OCCASION_URL", **PRODUCTION) == {"OCCASION_URL": ""}


def test_debug_needs_no_other_variable(forking: ForkingProcess) -> None:
    assert settings_of(forking, "DEBUG", "SITE_URL", DEBUG="1", PORT="8123") == {
        "DEBUG": True,
        "SITE_URL": "http://localhost:8123",
    }


def test_https_site_url_sets_hosts_origins_cookies_and_redirect(forking: ForkingProcess) -> None:
    names = (
        "ALLOWED_HOSTS",
        "CSRF_TRUSTED_ORIGINS",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
    )

    assert settings_of(
        forking, *names, "SECURE_HSTS_SECONDS", **PRODUCTION, EXTRA_HOSTS="www.example.org, club.test"
    ) == {
        "ALLOWED_HOSTS": ["club.example.org", "www.example.org", "club.test"],
        "CSRF_TRUSTED_ORIGINS": ["https://club.example.org"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
    }


def test_http_site_url_in_production_sets_no_redirect_and_no_secure_cookies(forking: ForkingProcess) -> None:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER")

    assert settings_of(forking, *names, **PRODUCTION | {"SITE_URL": "http://club.lan"}) == {
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "SECURE_SSL_REDIRECT": False,
        "SECURE_PROXY_SSL_HEADER": None,
    }


@pytest.mark.parametrize(("value", "known_as"), [("", "staff"), ("staff", "staff"), ("anyone", "anyone")])
def test_operator_decides_who_may_create_clubs(forking: ForkingProcess, value: str, known_as: str) -> None:
    assert settings_of(forking, "CLUB_CREATION", **PRODUCTION, CLUB_CREATION=value) == {"CLUB_CREATION": known_as}


def test_redis_with_a_self_signed_certificate_is_accepted(forking: ForkingProcess) -> None:
    shown = settings_of(
        forking, "CHANNEL_LAYERS", "WORK_IN_WEB", **PRODUCTION | {"REDIS_URL": "rediss://:pw@host:6379"}
    )

    assert shown["WORK_IN_WEB"] is False
    assert '"ssl_cert_reqs": "none"' in json.dumps(shown["CHANNEL_LAYERS"])


def test_collectstatic_needs_no_variable() -> None:
    bare = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--dry-run", "--verbosity", "0"]

    assert subprocess.run(command, env=bare, cwd=ROOT).returncode == 0


@pytest.mark.parametrize(("name", "value"), [("RETENTION_FOUND_DAYS", "30"), ("RETENTION_REVOKED_DAYS", "60")])
def test_refusal_of_a_longer_retention_names_the_policy_of_strava(
    forking: ForkingProcess, name: str, value: str
) -> None:
    assert "Strava's API policy" in start(forking, name, **PRODUCTION, **{name: value}).stderr


@pytest.mark.parametrize(
    ("debug", "address"),
    [
        ("0", "http://localhost:8003/bucket/api"),
        ("0", "http://127.0.0.1:8003/bucket/api"),
        ("0", "http://[::1]:8003/bucket/api"),
        ("1", "http://bucket:8003/bucket/api"),
    ],
)
def test_bucket_without_https_is_on_this_machine_or_needs_debug(
    forking: ForkingProcess, debug: str, address: str
) -> None:
    changed = PRODUCTION | {"DEBUG": debug, "BUCKET_API_URL": address}
    assert settings_of(forking, "BUCKET_API_URL", **changed) == {"BUCKET_API_URL": address}


def test_bucket_is_offered_once_its_id_is_set(forking: ForkingProcess) -> None:
    names = ("BUCKET_CLIENT_ID", "BUCKET_API_URL", "CONTENT_SECURITY_POLICY")

    without = settings_of(forking, *names, **PRODUCTION)
    offered = settings_of(forking, *names, **PRODUCTION, BUCKET_CLIENT_ID="clients:saturday")

    assert (without["BUCKET_CLIENT_ID"], offered["BUCKET_CLIENT_ID"]) == ("", "clients:saturday")
    assert offered["BUCKET_API_URL"] == "https://dwd.tudelft.nl/bucket/api"
    assert "https://dwd.tudelft.nl" not in json.dumps(without["CONTENT_SECURITY_POLICY"])
    assert "https://dwd.tudelft.nl" in json.dumps(offered["CONTENT_SECURITY_POLICY"])


def test_browser_notifications_need_a_key_unless_debug_is_on(forking: ForkingProcess) -> None:
    """Without DEBUG, a key that is derived would change with SECRET_KEY and end every subscription."""
    names = ("VAPID_PRIVATE_KEY", "PUSH_EXTRA_HOSTS")

    assert settings_of(forking, *names, **PRODUCTION) == {"VAPID_PRIVATE_KEY": "", "PUSH_EXTRA_HOSTS": []}
    derived = settings_of(forking, *names, **PRODUCTION | {"DEBUG": "1"})["VAPID_PRIVATE_KEY"]
    assert is_private_key(derived)
    chosen = {"VAPID_PRIVATE_KEY": new_private_key(), "PUSH_EXTRA_HOSTS": "localhost:8003, push.example.org"}
    found = settings_of(forking, *names, **PRODUCTION, **chosen)
    assert found["VAPID_PRIVATE_KEY"] == chosen["VAPID_PRIVATE_KEY"] != derived
    assert found["PUSH_EXTRA_HOSTS"] == ["localhost:8003", "push.example.org"]
