"""The examples of the REST API's answers about an athlete and about events."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from strava_live.protocol import ItemShape, RunShape, api_examples_athlete
from strava_live.protocol import api_athlete as shapes
from strava_live.protocol.api_athlete import ResultBody, ResultChangeBody, SyncBody

EXAMPLES = [
    (api_examples_athlete.ME, shapes.MeShape),
    (api_examples_athlete.ITEMS_PAGE, shapes.ItemsPage),
    (api_examples_athlete.DISMISSED, ItemShape),
    (api_examples_athlete.RESULT, shapes.ResultShape),
    (api_examples_athlete.TYPED_RESULT, shapes.ResultShape),
    (api_examples_athlete.RESULTS_PAGE, shapes.ResultsPage),
    (api_examples_athlete.WAITING_RUN, RunShape),
    (api_examples_athlete.CANCELLED_RUN, RunShape),
    (api_examples_athlete.RUNS_PAGE, shapes.RunsPage),
    (api_examples_athlete.EVENTS_PAGE, shapes.EventsPage),
]
PAGES = (shapes.ItemsPage, shapes.ResultsPage, shapes.RunsPage, shapes.EventsPage)


@pytest.mark.parametrize(("example", "shape"), EXAMPLES)
def test_every_example_has_its_shape(example: Any, shape: Any) -> None:
    TypeAdapter[Any](shape).validate_python(example, strict=True, extra="forbid")


@pytest.mark.parametrize("model", [shapes.MeShape, *PAGES, SyncBody, ResultBody, ResultChangeBody])
def test_every_field_is_described(model: Any) -> None:
    schema = TypeAdapter[Any](model).json_schema()
    for shape in (schema, *schema.get("$defs", {}).values()):
        assert all("description" in field for field in shape.get("properties", {}).values()), shape


def test_field_that_may_be_left_out_of_a_change_has_no_default() -> None:
    fields = ResultChangeBody.model_json_schema()["properties"]

    assert not any("default" in field for field in fields.values())
