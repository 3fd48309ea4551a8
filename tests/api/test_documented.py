"""What OpenAPI says of a documented route: the shape and an example of its success, and the body of each error."""

from django.http import HttpResponse

from strava_live.api.answers import no_content
from strava_live.api.app import SiteAPI
from strava_live.api.caller import ApiRequest
from strava_live.api.documented import documented
from strava_live.protocol import WatchingShape

EXAMPLE = {"members": 3, "screens": 1, "says": "3 watching, 1 screen"}
api = SiteAPI(urls_namespace="documented")


@api.get("/watching", **documented(WatchingShape, example=EXAMPLE, errors=(404,)))
def read_watching(request: ApiRequest) -> HttpResponse:
    """Read how many watch."""
    return no_content()


@api.delete("/watching", **documented(None, example=None, status=204))
def stop_watching(request: ApiRequest) -> HttpResponse:
    """Stop."""
    return no_content()


def test_success_has_its_shape_and_an_example_and_errors_have_theirs() -> None:
    schema = api.get_openapi_schema(path_prefix="")
    answers = schema["paths"]["/watching"]["get"]["responses"]
    content = answers[200]["content"]["application/json"]

    assert content == {"schema": {"$ref": "#/components/schemas/WatchingShape"}, "example": EXAMPLE}
    assert set(answers) == {200, 401, 404, 429, 500, 503}
    error = answers[404]["content"]["application/json"]["schema"]
    assert error == {"$ref": "#/components/schemas/ErrorBody"}
    assert {"WatchingShape", "ErrorBody", "ErrorCode"} <= set(schema["components"]["schemas"])


def test_success_without_a_body_has_no_content() -> None:
    answers = api.get_openapi_schema(path_prefix="")["paths"]["/watching"]["delete"]["responses"]

    assert "content" not in answers[204]
    assert set(answers) == {204, 401, 429, 500, 503}
