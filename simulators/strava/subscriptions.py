"""Strava's endpoints under /push_subscriptions, for subscribing to events."""

from collections.abc import Mapping
from typing import Any

from simulators.http import Request, Response, Router, json_response
from simulators.strava import answers, gate
from simulators.strava.site import Site
from simulators.strava.webhooks import NotSubscribedError, Subscription, Webhooks


class Subscriptions:
    """The endpoints for the application's only subscription."""

    def __init__(self, site: Site, webhooks: Webhooks) -> None:
        self._site, self._webhooks = site, webhooks

    def routes(self, router: Router, prefix: str) -> None:
        calls = (("GET", "", self._list), ("POST", "", self._create), ("DELETE", "/{id}", self._delete))
        for method, rest, handler in calls:
            call = gate.open_to_all(self._site, "push_subscriptions", handler)
            router.add(method, f"{prefix}/push_subscriptions{rest}", call)

    async def _list(self, request: Request) -> Response:
        refused = self._check(request.query)
        known = self._webhooks.subscription
        return refused or json_response([self._as_json(known)] if known else [])

    async def _create(self, request: Request) -> Response:
        fields = {**request.query, **{name: given[0] for name, given in request.form().items()}}
        refused = self._check(fields)
        if refused:
            return refused
        try:
            made = await self._webhooks.subscribe(fields.get("callback_url", ""), fields.get("verify_token", ""))
        except NotSubscribedError as error:
            return answers.bad_request("PushSubscription", error.field, error.code)
        return json_response(self._as_json(made), status=201)

    async def _delete(self, request: Request) -> Response:
        fields = {**request.query, **{name: given[0] for name, given in request.form().items()}}
        known = self._webhooks.subscription
        refused = self._check(fields)
        if refused:
            return refused
        if known is None or request.params["id"] != str(known.id):
            return answers.not_found("PushSubscription")
        self._webhooks.subscription = None
        return Response(status=204)

    def _as_json(self, subscription: Subscription) -> dict[str, Any]:
        return {
            "id": subscription.id,
            "resource_state": 2,
            "application_id": 1,
            "callback_url": subscription.callback_url,
            "created_at": subscription.created_at,
            "updated_at": subscription.created_at,
        }

    def _check(self, fields: Mapping[str, str]) -> Response | None:
        settings = self._site.settings
        if (fields.get("client_id"), fields.get("client_secret")) == (settings.client_id, settings.client_secret):
            return None
        return answers.bad_request("Application", "client_id", "invalid")
