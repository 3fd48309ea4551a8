"""Webhook subscriptions: the handshake, events, attempts, and events that are doubled, lost or out of order."""

import json
import time
from typing import Any

from simulators.process import StandIn
from tests.patience import PATIENCE_S
from tests.simulators.application import CLIENT, Application, error, subscribe
from tests.simulators.callback import Callback, until


def test_subscription_is_created_after_the_handshake(application: Application, callback: Callback) -> None:
    made = subscribe(application, callback.url)
    assert made.status_code == 201
    assert set(made.json()) == {"id", "resource_state", "application_id", "callback_url", "created_at", "updated_at"}
    assert (callback.asked["hub.mode"], callback.asked["hub.verify_token"]) == ("subscribe", "verify")
    address = f"{application.strava.api_url}/push_subscriptions"
    assert [one["id"] for one in application.http.get(address, params=CLIENT).json()] == [made.json()["id"]]
    again = subscribe(application, callback.url)
    assert error(again) == (400, "Bad Request", "PushSubscription", "", "already exists")
    assert application.http.delete(f"{address}/{made.json()['id']}", params=CLIENT).status_code == 204
    assert application.http.get(address, params=CLIENT).json() == []
    assert application.http.delete(f"{address}/{made.json()['id']}", params=CLIENT).status_code == 404


def test_subscription_requires_client_credentials(application: Application) -> None:
    answer = application.http.get(f"{application.strava.api_url}/push_subscriptions", params={"client_id": "x"})
    assert error(answer) == (400, "Bad Request", "Application", "client_id", "invalid")


def test_failed_handshake_names_the_reason(application: Application, callback: Callback) -> None:
    callback.challenge_status = 403
    answer = subscribe(application, callback.url)
    assert error(answer)[2:] == ("PushSubscription", "callback url", "GET to callback URL does not return 200")
    callback.challenge_status, callback.echo = 200, False
    assert error(subscribe(application, callback.url))[4] == "not verifiable"
    assert error(subscribe(application, "http://127.0.0.1:9/unknown"))[4] == "not verifiable"
    assert error(subscribe(application, "http://localhost/" + "x" * 250))[4] == "not verifiable"


def test_handshake_times_out_after_two_seconds(application: Application, callback: Callback) -> None:
    callback.wait_s = 10 * PATIENCE_S
    began = time.monotonic()
    assert error(subscribe(application, callback.url))[4] == "not verifiable"
    assert time.monotonic() - began > 1.9


def test_finished_parkrun_sends_an_event(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    parkrun = strava.finish_parkrun(athlete_id)
    until(lambda: subscribed.events)
    [event] = subscribed.events
    assert event["object_id"] == parkrun["id"]
    assert event["subscription_id"] == strava.webhooks()["subscription"]["id"]
    assert abs(event["event_time"] - time.time()) < 30
    shown = {name: event[name] for name in ("object_type", "aspect_type", "owner_id", "updates")}
    assert shown == {"object_type": "activity", "aspect_type": "create", "owner_id": athlete_id, "updates": {}}


def test_changes_of_title_and_type_send_events_but_a_crop_does_not(
    subscribed: Callback, strava: StandIn, athlete_id: int
) -> None:
    activity_id = strava.activities(athlete_id)[0]["id"]
    strava.change_activity(activity_id, distance=4900, elapsed_time=1500)
    strava.change_activity(activity_id, name="Renamed", sport_type="TrailRun")
    until(lambda: subscribed.events)
    [event] = subscribed.events
    assert (event["aspect_type"], event["updates"]) == ("update", {"title": "Renamed", "type": "TrailRun"})


def test_hiding_sends_delete_and_showing_sends_create_without_read_all(
    subscribed: Callback, strava: StandIn, athlete_id: int
) -> None:
    activity_id = strava.activities(athlete_id)[0]["id"]
    for visibility in ("only_me", "everyone", "followers_only"):
        strava.change_activity(activity_id, visibility=visibility)
    until(lambda: len(subscribed.events) >= 2)
    assert sorted(event["aspect_type"] for event in subscribed.events) == ["create", "delete"]


def test_hiding_sends_update_with_read_all(subscribed: Callback, strava: StandIn) -> None:
    athlete_id = strava.add_athlete(activities=1)
    strava.grant(athlete_id, "read,activity:read_all")
    strava.change_activity(strava.activities(athlete_id)[0]["id"], visibility="only_me")
    until(lambda: subscribed.events)
    assert subscribed.events[0]["updates"] == {"private": "true"}


def test_deleting_sends_an_event_for_connected_athletes_only(
    subscribed: Callback, strava: StandIn, athlete_id: int
) -> None:
    stranger = strava.add_athlete(activities=1)
    strava.finish_parkrun(stranger)
    activity_id = strava.activities(athlete_id)[0]["id"]
    strava.delete_activity(activity_id)
    until(lambda: subscribed.events)
    assert [(event["object_id"], event["aspect_type"]) for event in subscribed.events] == [(activity_id, "delete")]


def test_revoking_sends_an_event(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    strava.revoke(athlete_id)
    until(lambda: subscribed.events)
    [event] = subscribed.events
    assert (event["object_type"], event["object_id"], event["updates"]) == (
        "athlete",
        athlete_id,
        {"authorized": "false"},
    )


def last_delivery(strava: StandIn) -> dict[str, Any]:
    delivery: dict[str, Any] = strava.webhooks()["deliveries"][-1]
    return delivery


def test_delivery_is_retried(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    subscribed.answers = [500, 302]
    strava.finish_parkrun(athlete_id)
    until(lambda: last_delivery(strava)["state"] == "delivered")
    assert last_delivery(strava)["attempts"] == [500, 302, 200]
    assert len({json.dumps(event) for event in subscribed.events}) == 1


def test_delivery_ends_after_three_attempts(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    subscribed.answers = [500] * 9
    strava.finish_parkrun(athlete_id)
    until(lambda: last_delivery(strava)["state"] == "given_up")
    time.sleep(0.15)
    assert len(subscribed.events) == 3


def test_events_can_be_sent_twice(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    strava.webhooks(copies=2)
    strava.finish_parkrun(athlete_id)
    until(lambda: len(subscribed.events) == 2)
    assert subscribed.events[0] == subscribed.events[1]


def test_held_events_can_be_released_in_reverse_order(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    strava.webhooks(mode="hold")
    activity_id = strava.finish_parkrun(athlete_id)["id"]
    strava.change_activity(activity_id, name="Later")
    strava.delete_activity(activity_id)
    assert strava.release_webhooks(in_reverse=True) == 3
    until(lambda: len(subscribed.events) == 3)
    assert [event["aspect_type"] for event in subscribed.events] == ["delete", "update", "create"]


def test_events_can_be_lost(subscribed: Callback, strava: StandIn, athlete_id: int) -> None:
    strava.webhooks(mode="lose")
    strava.finish_parkrun(athlete_id)
    assert last_delivery(strava)["state"] == "lost"
    assert strava.release_webhooks() == 0
    assert subscribed.events == []
