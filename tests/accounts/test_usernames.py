"""Usernames that look like an existing one are refused. Names in any one alphabet are accepted."""

from functools import partial

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.accounts.usernames import looks_taken, mixes_alphabets, normalize, skeletons
from tests.passwords import PASSWORD
from tests.together import together
from tests.web.reading import said

LOOKS_TAKEN = "This username looks like one that's taken. Please choose another."
ONE_ALPHABET = "Use letters from one alphabet only."
UNICODE_SAYS = "Enter a valid username."


def sign_up(username: str, client: Client | None = None) -> str:
    """Sign up. Return "" for a new account, otherwise the error at the username."""
    form = {"username": username, "password1": PASSWORD, "password2": PASSWORD}
    answer = (client or Client()).post("/accounts/signup/", form)
    if answer.status_code == 302:
        return ""
    return str(answer.context["form"].errors["username"][0])


def create_old_account(username: str) -> None:
    """Create an account whose username is not normalized, as sign-up did earlier."""
    user = User(username=username)
    user.set_password(PASSWORD)
    user.save()


@pytest.mark.parametrize(
    ("username", "sentence"),
    [
        ("carol", "A user with that username already exists."),
        ("CAROL", "A user with that username already exists."),
        ("ｃａｒｏｌ", "A user with that username already exists."),
        ("𝐜𝐚𝐫𝐨𝐥", "A user with that username already exists."),
        ("\u0441arol", ONE_ALPHABET),
        ("car\u043el", ONE_ALPHABET),
        ("car\u03bfl", ONE_ALPHABET),
        ("car0l", LOOKS_TAKEN),
        ("caro1", LOOKS_TAKEN),
        ("caroI", LOOKS_TAKEN),
        ("CARO\u0049", LOOKS_TAKEN),
        ("c\u0251rol", LOOKS_TAKEN),
        ("car\u1d0fl", LOOKS_TAKEN),
        ("car\u200bol", UNICODE_SAYS),
        ("car\u00adol", UNICODE_SAYS),
        ("car\u3164ol", ONE_ALPHABET),
        ("\u202ecarol", UNICODE_SAYS),
        ("carol\u0661", ONE_ALPHABET),
    ],
)
def test_username_that_looks_like_an_existing_one(captain: User, username: str, sentence: str) -> None:
    assert sign_up(username).startswith(sentence)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("taken", "username"),
    [
        ("cop", "\u0441\u043e\u0440"),  # all Cyrillic
        ("\u0441\u043e\u0440", "cop"),
        ("MATT", "\u041c\u0410\u0422\u0422"),
        ("kato", "\u03ba\u03b1\u03c4\u03bf"),  # all Greek
        ("NIKH", "\u039d\u0399\u039a\u0397"),
        ("\u03bd\u03b9\u03ba\u03bf\u03c2", "\u039d\u0399\u039a\u039f\u03a3"),  # SQLite compares capitals of ASCII alone
        ("\u0436\u0430\u043d\u043d\u0430", "\u0416\u0410\u041d\u041d\u0410"),
        ("alva", "AIva"),
        ("lan", "Ian"),
        ("ｄａｖｅ", "dave"),  # from before names were normalized
    ],
)
def test_usernames_of_different_alphabets_are_compared_by_shape(db: None, taken: str, username: str) -> None:
    create_old_account(taken)

    assert sign_up(username) in {LOOKS_TAKEN, "A user with that username already exists."}


@pytest.mark.parametrize(
    "username",
    [
        "Zoë",
        "josé",
        "Jose\u0301",  # an accent of its own, as some keyboards send it
        "Łukasz",
        "Straße",
        "иван",
        "Ольга_2",
        "Ελένη",
        "李小龙",
        "さくら",
        "カタカナ",
        "山田はなこ",
        "김철수",
        "דניאל",
        "محمد",
        "carol.dunn",
        "carol2",
        "carole",
        "o'neil".replace("'", "ʼ"),
        "runner@example.org",
    ],
)
def test_ordinary_usernames_are_accepted(captain: User, username: str) -> None:
    client = Client()

    assert sign_up(username, client) == ""
    assert User.objects.filter(username=normalize(username)).exists()
    client.post("/accounts/logout/")
    signed_in = client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    assert signed_in.status_code == 302


def test_old_accounts_can_still_sign_in(db: None) -> None:
    for username in ("carol", "\u0441arol", "ｃａｒｏｌ"):
        create_old_account(username)

    for username in ("carol", "\u0441arol", "ｃａｒｏｌ"):
        client = Client()
        client.post("/accounts/login/", {"login": username, "password": PASSWORD})

        assert f"<strong>{username}</strong>" in said(client.get("/settings/"))


def test_username_that_is_too_long_once_normalized(db: None) -> None:
    assert "150" in sign_up("\ufb03" * 100)  # one sign, three letters


@pytest.mark.parametrize(
    ("name", "mixed"),
    [("carol", False), ("c\u0430rol", True), ("山田はなこカナ", False), ("李carol", True), ("иван2", False)],
)
def test_mixes_alphabets(name: str, mixed: bool) -> None:
    assert mixes_alphabets(name) is mixed


def test_ordinary_names_have_different_skeletons() -> None:
    names = ["alva", "bruno", "carol", "stefan", "olive", "josé", "jose", "runner1", "runner11", "anna", "иван", "李"]

    found = [skeletons(name) for name in names]

    assert [one for n, one in enumerate(found) if any(one & other for other in found[:n])] == []


@pytest.mark.django_db
def test_looks_taken_needs_one_query(django_assert_num_queries: pytest.FixtureRequest) -> None:
    User.objects.bulk_create([User(username=f"athlete{n}") for n in range(1000)])

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert not looks_taken("carol")


@pytest.mark.django_db(transaction=True)
def test_concurrent_sign_ups_that_look_alike_create_one_account() -> None:
    names = ["сор", "cop", "COP", "ｃｏｐ", "c0p", "СОР"]
    said_of: list[str] = []

    def take(name: str) -> None:
        said_of.append(sign_up(name))

    together(*[partial(take, name) for name in names])

    assert User.objects.count() == 1
    assert sorted(map(bool, said_of)) == [False, *[True] * (len(names) - 1)]
