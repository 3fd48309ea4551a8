"""The HTML of the pages on which a person signs in to Bucket, consents, and signs out."""

from html import escape

from simulators import pages
from simulators.bucket.store import Person, Store

NOTICE = "<b>A stand-in, not Bucket.</b> These people do not exist; nothing leaves this machine."
WORDS = {
    "openid": "Know that it is you",
    "offline": "Stay connected while you are away",
    "profile": "Read your name",
    "email": "Read your e-mail address",
    "phone": "Read your phone number",
    "address": "Read your address",
    "dcd:public": "Read what is public at Bucket",
    "dcd:things": "See, add and delete your Things, and add Properties to them",
    "dcd:properties": "See, change and delete your Properties, and read and write their values",
    "dcd:types": "See the types of Properties, and add types",
    "dcd:consents": "See and change with whom you share",
    "dcd:persons": "See other people",
    "dcd:groups": "See your groups",
}


def page(title: str, body: str, *, wide: bool = False) -> str:
    """Return a complete page of the stand-in for Bucket."""
    return pages.page(title, body, notice=NOTICE, wide=wide)


def sign_in(store: Store, challenge: str, client_id: str, *, name_missing: bool = False) -> str:
    """Return the page on which a person says who they are. There are no passwords."""
    people = "".join(
        f'<label class="choice"><input type="radio" name="username" value="{escape(one.username)}"'
        f"{' checked' * (not number)}><span><b>{escape(one.name)}</b><small>{escape(one.email)}</small></span></label>"
        for number, one in enumerate(store.people.values())
    )
    missing = '<p role="alert">Choose a person, or type a name.</p>' * name_missing
    return page(
        "Sign in",
        f"<h1>Sign in to Bucket</h1><p><q>{escape(client_id)}</q> asks who you are. No password is needed here.</p>"
        f'{missing}<form method="post" action="/profile/sign-in">'
        f'<input type="hidden" name="login_challenge" value="{escape(challenge)}"><h2>You are</h2>{people}'
        '<h2>Or a new person</h2><label class="stacked">Name<input name="new_name" maxlength="80"'
        ' autocomplete="off"></label>'
        f"{_tick('remember', '1', 'Remember me on this browser for an hour', ticked=False)}"
        '<p class="buttons"><button class="main">Sign in</button></p></form>',
    )


def consent(person: Person, challenge: str, client_id: str, scopes: tuple[str, ...]) -> str:
    """Return the page on which a person chooses the scopes to grant."""
    boxes = "".join(_tick("scope", scope, WORDS[scope], code=scope) for scope in scopes)
    return page(
        "Allow access",
        f"<h1>Let <q>{escape(client_id)}</q> use your Bucket?</h1><p>You are signed in as"
        f" <b>{escape(person.name)}</b>. Untick what it may not do.</p>"
        '<form method="post" action="/profile/consent">'
        f'<input type="hidden" name="consent_challenge" value="{escape(challenge)}"><h2>It may</h2>{boxes}'
        f"<h2>Next time</h2>{_tick('remember', '1', 'Do not ask me again for an hour', ticked=False)}"
        '<p class="buttons"><button name="decision" value="allow" class="main">Allow access</button>'
        '<button name="decision" value="deny">Deny access</button></p></form>',
    )


def wrong_client(client_id: str, wrong: str) -> str:
    return page(
        "Not possible",
        f"<h1>This application cannot be connected</h1><p><q>{escape(client_id)}</q>: {escape(wrong)}.</p>",
    )


def too_late() -> str:
    return page(
        "Not possible",
        "<h1>Please start again</h1><p>This request is used up, or older than 15 minutes. Go back to the application"
        " and connect once more.</p>",
    )


def sign_out(person: Person | None) -> str:
    """Return the page on which a person signs out of Bucket in this browser."""
    if person is None:
        return signed_out()
    return page(
        "Sign out",
        f"<h1>Sign out of Bucket?</h1><p>This browser remembers <b>{escape(person.name)}</b>.</p>"
        '<form method="post" action="/oauth2/sessions/logout"><p class="buttons">'
        '<button class="main">Sign out</button></p></form>',
    )


def signed_out() -> str:
    return page(
        "Signed out",
        "<h1>You are signed out of Bucket</h1><p>Applications that you have connected stay connected.</p>",
    )


def _tick(name: str, value: str, words: str, *, code: str = "", ticked: bool = True) -> str:
    small = f" <code>{escape(code)}</code>" if code else ""
    return (
        f'<label class="choice"><input type="checkbox" name="{name}" value="{escape(value)}"{" checked" * ticked}>'
        f"<span>{escape(words)}{small}</span></label>"
    )
