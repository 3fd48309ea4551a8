"""Connecting Bucket, against the stand-in over real HTTP: consent, refusals, connecting again, and failures."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers import registry
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.bucket_process import EVERYTHING, BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket.models import BucketConnection, BucketRevocation
from strava_live.bucket.revocations import revoke_bucket_due
from tests.accounts.silent_server import silent_for
from tests.bucket.consenting import answer_to_coming_back, begin, come_back, follow, without
from tests.web.reading import messages_in, said

pytestmark = pytest.mark.django_db(transaction=True)


def test_consent_connects_the_signed_in_person(
    as_athlete: Client, athlete: User, bucket: BucketStandIn, username: str
) -> None:
    assert answer_to_coming_back(as_athlete, bucket, username) == "Bucket is connected."

    connection = BucketConnection.objects.get()
    (grant,) = bucket.grants(username)
    assert (connection.user, connection.person_id) == (athlete, f"dcd:persons:{username}")
    assert connection.granted == set(grant["scopes"]) == set(EVERYTHING)
    assert connection.name.startswith("Ines ")
    assert connection.expires_at > timezone.now()
    assert connection.access_token
    assert connection.refresh_token
    assert (SocialAccount.objects.count(), SocialToken.objects.count()) == (0, 0)


def test_request_for_consent_has_pkce_a_long_state_and_openid_first(as_athlete: Client, bucket: BucketStandIn) -> None:
    asked = parse_qs(urlsplit(begin(as_athlete)).query)

    assert asked["scope"] == ["openid offline profile email dcd:things dcd:properties"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 8
    assert asked["redirect_uri"] == ["http://testserver/bucket/callback/"]
    assert asked["response_type"] == ["code"]


def test_application_with_a_secret(
    as_athlete: Client, bucket: BucketStandIn, username: str, settings: Settings
) -> None:
    settings.BUCKET_CLIENT_ID, settings.BUCKET_CLIENT_SECRET = bucket.confidential_id, bucket.confidential_secret

    assert answer_to_coming_back(as_athlete, bucket, username) == "Bucket is connected."


def test_wrong_secret_is_the_fault_of_the_site(
    as_athlete: Client, bucket: BucketStandIn, username: str, settings: Settings
) -> None:
    settings.BUCKET_CLIENT_ID, settings.BUCKET_CLIENT_SECRET = bucket.confidential_id, "wrong"

    assert "This site isn't set up right for Bucket" in answer_to_coming_back(as_athlete, bucket, username)
    assert not BucketConnection.objects.exists()


def test_bucket_cannot_sign_in_or_sign_up(client: Client, bucket: BucketStandIn, username: str) -> None:
    """There is no address for it, allauth does not know the provider, and a signed-out callback leads to signing in."""
    assert registry.get_class("bucket") is None
    for path in ("/accounts/bucket/login/", "/accounts/bucket/login/callback/?code=x&state=y"):
        assert client.post(path).status_code == client.get(path).status_code == 404

    for path in ("/bucket/connect/", "/bucket/connect/?process=login", "/bucket/disconnect/"):
        answer = client.post(path, {"process": "login"})
        assert answer.headers["Location"] == "/accounts/login/?next=/bucket/"

    answer = client.get("/bucket/callback/?code=x&state=y&process=login")
    assert answer.headers["Location"] == "/accounts/login/?next=/bucket/"
    assert messages_in(answer).startswith("Sign in first, then connect Bucket.")
    assert "Bucket" not in said(Client().get("/accounts/login/"))
    assert User.objects.count() == 0


def test_callback_after_signing_out_connects_nothing(as_athlete: Client, bucket: BucketStandIn, username: str) -> None:
    back = bucket.consent(begin(as_athlete), username)
    as_athlete.post("/accounts/logout/")

    answer = follow(as_athlete, back)

    assert answer.headers["Location"] == "/accounts/login/?next=/bucket/"
    assert not BucketConnection.objects.exists()
    assert bucket.grants(username) == []


@pytest.mark.parametrize("how", ["other browser", "other account", "other account in the same session", "twice"])
def test_state_is_for_one_person_in_one_session_once(
    as_athlete: Client, clubmate: User, bucket: BucketStandIn, username: str, how: str
) -> None:
    back = bucket.consent(begin(as_athlete), username)
    match how:
        case "other browser":
            browser = Client()
            browser.force_login(clubmate)
        case "other account":
            (browser := as_athlete).force_login(clubmate)
        case "other account in the same session":  # Django replaces the session, so this cannot happen by signing in
            browser, session = as_athlete, as_athlete.session
            session["_auth_user_id"], session["_auth_user_hash"] = str(clubmate.pk), clubmate.get_session_auth_hash()
            session.save()
        case "twice":
            follow(browser := as_athlete, back)
            BucketConnection.objects.all().delete()

    answer = follow(browser, back)

    assert "started in another browser or from another account" in messages_in(answer)
    assert not BucketConnection.objects.exists()


def test_state_of_signing_in_with_strava_is_not_accepted(as_athlete: Client, bucket: BucketStandIn) -> None:
    state = parse_qs(urlsplit(as_athlete.post("/accounts/strava/login/").headers["Location"]).query)["state"][0]

    assert "took too long" in messages_in(as_athlete.get(f"/bucket/callback/?code=x&state={state}"))


def test_denied_consent(as_athlete: Client, bucket: BucketStandIn, username: str) -> None:
    message = answer_to_coming_back(as_athlete, bucket, username, deny=True)

    assert message.startswith("You didn't allow access at Bucket, so nothing is connected.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("invalid_scope", "The person who runs this site has to sort it out"),
        ("server_error", "Bucket couldn't finish connecting"),
        ("<script>", "Bucket couldn't finish connecting"),
    ],
)
def test_errors_that_bucket_returns(as_athlete: Client, bucket: BucketStandIn, error: str, sentence: str) -> None:
    state = parse_qs(urlsplit(begin(as_athlete)).query)["state"][0]

    answer = as_athlete.get("/bucket/callback/", {"error": error, "error_description": "secret", "state": state})

    assert sentence in messages_in(answer)
    assert "secret" not in messages_in(answer)
    assert "script" not in messages_in(answer)


def test_callback_without_a_code(as_athlete: Client, bucket: BucketStandIn) -> None:
    state = parse_qs(urlsplit(begin(as_athlete)).query)["state"][0]

    assert "Bucket couldn't finish connecting" in messages_in(as_athlete.get(f"/bucket/callback/?state={state}"))


def test_code_that_was_used_before(as_athlete: Client, bucket: BucketStandIn, username: str) -> None:
    back = bucket.consent(begin(as_athlete), username)
    code = parse_qs(urlsplit(back).query)["code"][0]
    follow(as_athlete, back)
    state = parse_qs(urlsplit(begin(as_athlete)).query)["state"][0]

    answer = as_athlete.get("/bucket/callback/", {"code": code, "state": state})

    assert "it had expired or been used already" in messages_in(answer)


@pytest.mark.parametrize("scope", ["dcd:things", "dcd:properties", "openid"])
def test_grant_without_a_needed_scope_is_refused_and_revoked(
    as_athlete: Client, bucket: BucketStandIn, username: str, scope: str
) -> None:
    message = answer_to_coming_back(as_athlete, bucket, username, scopes=without(scope))

    words = {"dcd:things": "your Things", "dcd:properties": "their Properties", "openid": "your name"}
    assert message.startswith(
        f"Not connected: without access to {words[scope]}, we can't send anything to your Bucket."
    )
    assert not BucketConnection.objects.exists()
    assert len(bucket.grants(username)) == 1
    assert async_to_sync(revoke_bucket_due)() == 1
    assert bucket.grants(username) == []


def test_grant_without_offline_is_kept_and_says_when_it_ends(
    as_athlete: Client, bucket: BucketStandIn, username: str
) -> None:
    message = answer_to_coming_back(as_athlete, bucket, username, scopes=without("offline"))

    connection = BucketConnection.objects.get()
    assert message.startswith("Bucket is connected until ")
    assert not connection.refresh_token
    assert "the connection ends on" in said(as_athlete.get("/bucket/"))


def test_person_without_profile_is_named_by_their_id(as_athlete: Client, bucket: BucketStandIn, username: str) -> None:
    come_back(as_athlete, bucket, username, scopes=without("profile", "email"))

    assert BucketConnection.objects.get().name == username


def test_person_of_another_user_is_refused_and_the_grant_revoked(
    as_athlete: Client, athlete: User, clubmate: User, bucket: BucketStandIn, username: str
) -> None:
    come_back(as_athlete, bucket, username)
    other = Client()
    other.force_login(clubmate)

    assert "Another account on this site" in answer_to_coming_back(other, bucket, username)

    assert BucketConnection.objects.get().user == athlete
    assert async_to_sync(revoke_bucket_due)() == 1
    assert len(bucket.grants(username)) == 1


def test_another_person_is_refused_while_connected(as_athlete: Client, bucket: BucketStandIn, username: str) -> None:
    come_back(as_athlete, bucket, username)
    another = bucket.add_person("Tom Ashworth the second")

    message = answer_to_coming_back(as_athlete, bucket, another)

    assert "You're connected to the Bucket of Ines" in message
    assert BucketConnection.objects.get().person_id == f"dcd:persons:{username}"
    async_to_sync(revoke_bucket_due)()
    assert (len(bucket.grants(username)), len(bucket.grants(another))) == (1, 0)


def test_connecting_again_renews_tokens_keeps_what_was_sent_and_revokes_the_old_grant(
    as_athlete: Client, bucket: BucketStandIn, username: str
) -> None:
    come_back(as_athlete, bucket, username)
    before = BucketConnection.objects.get()
    BucketConnection.objects.update(trouble="reconnect_needed", thing_id="dcd:things:1", follows=True, sent_mark=7)
    assert "Connect again" in said(as_athlete.get("/bucket/"))

    come_back(as_athlete, bucket, username)

    after = BucketConnection.objects.get()
    assert after.refresh_token.reveal() != before.refresh_token.reveal()
    assert (after.pk, after.trouble, after.thing_id) == (before.pk, "", "dcd:things:1")
    assert (after.follows, after.sent_mark) == (True, 7)
    assert async_to_sync(revoke_bucket_due)() == 1
    (left,) = bucket.grants(username)
    assert left["access_until"] == pytest.approx(after.expires_at.timestamp(), abs=5)


@pytest.mark.parametrize("endpoint", ["exchange", "userinfo"])
@pytest.mark.parametrize(
    ("fault", "status", "sentence"),
    [
        ("server_error", 500, "isn't answering"),
        ("html", 502, "isn't answering"),
        ("empty", 503, "isn't answering"),
        ("html", 200, "couldn't understand Bucket's answer"),
    ],
)
def test_bucket_is_down_when_the_person_comes_back(
    as_athlete: Client, bucket: BucketStandIn, username: str, endpoint: str, fault: str, status: int, sentence: str
) -> None:
    back = bucket.consent(begin(as_athlete), username)
    bucket.fault(fault, endpoint, status=status)

    message = messages_in(follow(as_athlete, back))

    assert sentence in message
    assert "Nothing has changed." in message
    assert not BucketConnection.objects.exists()
    bucket.clear_faults()
    async_to_sync(revoke_bucket_due)()
    assert bucket.grants(username) == []
    assert not BucketRevocation.objects.exists()


def test_bucket_that_is_silent_does_not_hold_up_the_page(
    as_athlete: Client, bucket: BucketStandIn, username: str, settings: Settings
) -> None:
    back = bucket.consent(begin(as_athlete), username)
    settings.BUCKET_PAGE_TIMEOUTS = settings.BUCKET_TIMEOUTS.__class__(read=0.2, total=0.3)
    with silent_for(60) as address:
        settings.BUCKET_OAUTH_URL = f"{address}/oauth2"

        assert "Bucket isn't answering right now" in messages_in(follow(as_athlete, back))


def test_account_that_is_deleted_meanwhile(
    as_athlete: Client, athlete: User, bucket: BucketStandIn, username: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account goes while the code is exchanged, so the grant is revoked."""
    from strava_live.bucket import connections

    store = connections.store_grant

    def delete_then_store(user_id: int, *grant: object) -> BucketConnection:
        User.objects.filter(pk=user_id).delete()
        return store(user_id, *grant)  # type: ignore[arg-type]

    monkeypatch.setattr(connections, "store_grant", delete_then_store)

    assert "Your account here has been deleted" in messages_in(come_back(as_athlete, bucket, username))
    async_to_sync(revoke_bucket_due)()
    assert bucket.grants(username) == []


def test_site_without_an_id_does_not_offer_bucket(as_athlete: Client) -> None:
    for answer in (
        as_athlete.post("/bucket/connect/"),
        as_athlete.get("/bucket/callback/"),
        as_athlete.get("/bucket/"),
    ):
        assert answer.status_code == 404
        assert "Bucket isn't set up here" in said(answer)
