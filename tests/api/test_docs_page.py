"""/api/docs: the API's page for people who write programs."""

import re

import pytest
from django.test import Client

from strava_live.api.docs_fields import command_of, inline, pretty, rich_text
from strava_live.api.openapi import finished_schema, operations_of

pytestmark = pytest.mark.once
PAGE = "/api/docs"


@pytest.fixture
def page(client: Client, db: None) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    return str(answer.content.decode())


def test_every_route_has_its_place(page: str) -> None:
    for path, method, operation in operations_of(finished_schema()):
        assert f'<h3 id="{operation["operationId"]}">' in page
        assert f"<code>{path}</code>" in page
        assert f">{method.upper()}</span>" in page


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    ids = re.findall(r' id="([^"]+)"', page)

    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_examples_call_this_site(page: str) -> None:
    assert "&quot;http://testserver/api/v1/clubs&quot;</code>" in page


def test_fields_of_a_body_stand_beside_its_request_alone(page: str) -> None:
    route = page.partition('<h3 id="start_sync">')[2].partition("</section>")[0]

    assert "<code>since</code>" in route
    assert "<code>until</code>" in route
    assert ">sync body<" not in page


def test_page_has_no_markup_of_descriptions_left(page: str) -> None:
    text = re.sub(r"<pre>.*?</pre>", "", page, flags=re.DOTALL)

    assert "`" not in text
    assert "](#" not in text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_page_can_only_be_read(client: Client, db: None, method: str) -> None:
    assert getattr(client, method)(PAGE).status_code == 405


def test_settings_and_the_foot_of_each_page_lead_to_it(as_athlete: Client) -> None:
    assert f'href="{PAGE}"' in as_athlete.get("/settings/").content.decode()
    assert f'href="{PAGE}"' in as_athlete.get("/privacy/").content.decode()


def test_text_becomes_html_and_nothing_in_it_is_taken_for_html() -> None:
    assert inline("A <b> `a<b>` of [entry](#shape-entry)") == (
        'A &lt;b&gt; <code>a&lt;b&gt;</code> of <a href="#shape-entry">entry</a>'
    )
    assert rich_text("One.\n\n- a\n- `b`\n\nTwo.") == "<p>One.</p><ul><li>a</li><li><code>b</code></li></ul><p>Two.</p>"


def test_command_of_a_write_has_a_key_and_a_body() -> None:
    operation = finished_schema()["paths"]["/api/v1/clubs/{slug}/posts"]["post"]

    assert command_of("post", "/api/v1/clubs/{slug}/posts", operation, "https://club.example.org") == (
        "curl -X POST \\\n"
        '  -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Idempotency-Key: $(uuidgen)" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        """  -d '{"text": "Coffee at the pavilion?"}' \\\n"""
        '  "https://club.example.org/api/v1/clubs/striders/posts"'
    )


def test_short_parts_of_an_example_are_on_one_line() -> None:
    long = "x" * 50

    assert pretty({"a": [1, 2], "b": {"c": long}}) == f'{{\n  "a": [1, 2],\n  "b": {{\n    "c": "{long}"\n  }}\n}}'
    assert pretty([]) == "[]"
