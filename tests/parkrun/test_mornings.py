"""Several activities of one day: which of them was the parkrun."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.mornings import RemovedParkrun, judge_all
from strava_live.parkrun.rules import judge
from tests.parkrun.cases import sentences
from tests.parkrun.recorded import Recorded, atlas, event, hidden, recorded, without_map

SATURDAY, NEW_YEAR = "2026-02-07", "2026-01-01"

PARKRUN = recorded("bushy", f"{SATURDAY}T09:02+00:00", strava_id=20, name="parkrun")
WARM_UP = recorded(
    "bushy", f"{SATURDAY}T08:38+00:00", strava_id=10, name="parkrun warm up", distance_m=2100.0, elapsed_s=800
)
COOL_DOWN = recorded(
    "bushy", f"{SATURDAY}T09:40+00:00", strava_id=30, name="Jog home from parkrun", distance_m=3050.0, elapsed_s=1100
)


def judgements(*activities: Recorded, events: Atlas | None = None) -> dict[int, str]:
    judged = judge_all(activities, events or atlas())
    return {strava_id: judgement.certainty.value for strava_id, judgement in judged.items()}


def reasons(*activities: Recorded, about: int) -> str:
    return "; ".join(sentences(judge_all(activities, atlas())[about]))


def second_watch(activity: Recorded, *, strava_id: int = 21) -> Recorded:
    return replace(
        activity,
        strava_id=strava_id,
        name="Morning Run",
        start=activity.start + timedelta(seconds=25),
        elapsed_s=activity.elapsed_s - 80,
        distance_m=activity.distance_m * 0.99,
    )


def test_warm_up_and_cool_down_are_not_parkruns() -> None:
    expected = {10: "no", 20: "sure", 30: "no"}

    for order in permutations((WARM_UP, PARKRUN, COOL_DOWN)):
        assert judgements(*order) == expected


def test_long_warm_up_and_titled_cool_down_are_not_parkruns() -> None:
    warm_up = replace(WARM_UP, name="parkrun", distance_m=5000.0, start=PARKRUN.start - timedelta(minutes=30))
    cool_down = replace(COOL_DOWN, name="Bushy parkrun", distance_m=5000.0)

    assert judgements(warm_up, PARKRUN, cool_down) == {10: "no", 20: "sure", 30: "no"}
    assert "“parkrun” was the parkrun that day" in reasons(warm_up, PARKRUN, cool_down, about=30)


def test_longer_of_two_recordings_counts() -> None:
    phone = second_watch(PARKRUN)

    assert judgements(PARKRUN, phone) == judgements(phone, PARKRUN) == {20: "sure", 21: "no"}
    assert reasons(PARKRUN, phone, about=21) == "The same run as “parkrun”, recorded twice"


def test_recording_that_ran_on_for_an_hour_does_not_count() -> None:
    forgotten = replace(PARKRUN, strava_id=22, elapsed_s=5200, distance_m=5500.0)

    assert judgements(forgotten, PARKRUN) == {20: "sure", 22: "no"}


def test_recording_with_a_place_counts_before_a_typed_one() -> None:
    typed_in = without_map(replace(PARKRUN, strava_id=5, manual=True))

    assert judgements(typed_in, PARKRUN) == {5: "no", 20: "sure"}


def test_sure_recording_counts_before_a_hidden_one() -> None:
    assert judgements(hidden(second_watch(PARKRUN)), PARKRUN) == {20: "sure", 21: "no"}


def test_two_hidden_recordings_of_a_day_are_one_maybe() -> None:
    assert judgements(hidden(PARKRUN), hidden(second_watch(PARKRUN))) == {20: "maybe", 21: "no"}


def test_one_of_three_recordings_counts() -> None:
    given = judgements(PARKRUN, second_watch(PARKRUN), second_watch(PARKRUN, strava_id=22))

    assert sorted(given.values()) == ["no", "no", "sure"]


def test_two_recordings_at_neighbouring_events_are_one_maybe() -> None:
    one = recorded("colwick", f"{SATURDAY}T09:02+00:00", strava_id=1)
    other = recorded("holmepierrepont", f"{SATURDAY}T09:02:20+00:00", strava_id=2)

    assert sorted(judgements(one, other).values()) == ["maybe", "no"]


def test_two_parkruns_at_two_events_on_1_january_are_both() -> None:
    # Stanthorpe keeps Queensland's time, and starts an hour after Kirra by the operator's word.
    later = replace(event("stanthorpe"), starts=(event("stanthorpe").starts or PARKRUN.start.time()).replace(hour=9))
    events = Atlas([event("kirra"), later])
    one = recorded("kirra", f"{NEW_YEAR}T07:02+10:00", strava_id=1)
    two = recorded("stanthorpe", f"{NEW_YEAR}T09:02+10:00", strava_id=2)

    assert judgements(one, two, events=events) == {1: "sure", 2: "sure"}


def test_overlapping_runs_in_two_zones_on_1_january_are_one() -> None:
    one = recorded("newfarm", f"{NEW_YEAR}T07:02+10:00", strava_id=1)
    two = recorded("kingscliff", f"{NEW_YEAR}T08:10+11:00", strava_id=2)
    apart = replace(one, elapsed_s=420, moving_s=420)

    # 8:10 in New South Wales is 7:10 in Queensland, so these are one run recorded twice.
    assert sorted(judgements(one, two).values()) == ["no", "sure"]
    assert judgements(apart)[1] == "no"


def test_second_parkrun_on_1_january_2020_may_start_late() -> None:
    one = recorded("bushy", "2020-01-01T09:02+00:00", strava_id=1)
    two = recorded("cardiff", "2020-01-01T10:32+00:00", strava_id=2)

    assert judgements(one, two) == {1: "sure", 2: "maybe"}


def test_second_run_at_the_same_event_on_1_january_does_not_count() -> None:
    again = replace(PARKRUN, start=PARKRUN.start.replace(month=1, day=1), strava_id=1)
    later = replace(again, strava_id=2, start=again.start + timedelta(minutes=30), name="Bushy parkrun")

    assert judgements(again, later) == {1: "sure", 2: "no"}


def test_third_parkrun_on_1_january_is_a_maybe() -> None:
    hours = {"bushy": 9, "cardiff": 10, "durham": 11}
    events = Atlas([replace(event(slug), starts=PARKRUN.start.time().replace(hour=hours[slug])) for slug in hours])
    three = [
        recorded(slug, f"{NEW_YEAR}T{hour:02}:02+00:00", strava_id=hour, elapsed_s=1471 - hour)
        for slug, hour in hours.items()
    ]

    given = judgements(*three, events=events)

    assert sorted(given.values()) == ["maybe", "sure", "sure"]


def test_second_event_on_a_saturday_is_a_maybe() -> None:
    events = Atlas([event("bushy"), replace(event("cardiff"), starts=PARKRUN.start.time().replace(hour=11))])
    other = recorded("cardiff", f"{SATURDAY}T11:02+00:00", strava_id=40, elapsed_s=1400)

    assert judgements(PARKRUN, other, events=events) == {20: "sure", 40: "maybe"}


def test_a_junior_parkrun_and_another_day_do_not_compete() -> None:
    next_week = replace(PARKRUN, strava_id=50, start=PARKRUN.start + timedelta(days=7))
    junior = recorded("bushy-juniors", "2026-02-08T09:02+00:00", strava_id=60, distance_m=2010.0)

    judged = judge_all([PARKRUN, junior, next_week], atlas())

    assert {strava_id: judgement.certainty.value for strava_id, judgement in judged.items()} == {
        20: "sure",
        50: "sure",
        60: "maybe",
    }
    assert judged[60].junior
    assert not judged[20].junior


def test_judging_a_day_again_gives_the_same_in_any_order_of_arrival() -> None:
    newest_first = [COOL_DOWN, second_watch(PARKRUN), PARKRUN, WARM_UP]

    known: list[Recorded] = []
    last: dict[int, str] = {}
    for activity in newest_first:
        known.append(activity)
        last = judgements(*known)

    assert last == judgements(*reversed(newest_first)) == {10: "no", 20: "sure", 21: "no", 30: "no"}


def removed(activity: Recorded) -> RemovedParkrun:
    return RemovedParkrun(activity, judge(activity, atlas()))


def with_removed(*activities: Recorded, gone: Recorded, saved: tuple[int, ...] = ()) -> dict[int, str]:
    judged = judge_all(activities, atlas(), removed=[removed(gone)], saved=saved)
    return {strava_id: judgement.certainty.value for strava_id, judgement in judged.items()}


def test_other_recordings_do_not_replace_a_removed_parkrun() -> None:
    fuller = replace(PARKRUN, strava_id=22, start=PARKRUN.start - timedelta(seconds=20), elapsed_s=1600)
    later = replace(COOL_DOWN, name="Bushy parkrun", distance_m=5000.0)

    assert with_removed(second_watch(PARKRUN), fuller, later, hidden(fuller), gone=PARKRUN) == {
        21: "no",
        22: "no",
        30: "no",
    }
    judged = judge_all([later, fuller], atlas(), removed=[removed(PARKRUN)])
    assert sentences(judged[22]) == ("The same run as “parkrun”, which you removed",)
    assert sentences(judged[30]) == ("“parkrun”, which you removed, was the parkrun that day",)


def test_saved_recording_stays_when_another_of_its_morning_is_removed() -> None:
    assert with_removed(second_watch(PARKRUN), gone=PARKRUN, saved=(21,)) == {21: "sure"}
    # A later recording is still compared with the removed one.
    assert with_removed(second_watch(PARKRUN), second_watch(PARKRUN, strava_id=22), gone=PARKRUN, saved=(21,)) == {
        21: "sure",
        22: "no",
    }


def test_removed_parkrun_affects_only_its_own_day() -> None:
    next_week = replace(PARKRUN, strava_id=50, start=PARKRUN.start + timedelta(days=7))
    junior = recorded("bushy-juniors", "2026-02-08T09:02+00:00", strava_id=60, distance_m=2010.0)

    assert with_removed(next_week, junior, gone=PARKRUN) == {50: "sure", 60: "maybe"}


def test_another_event_on_the_day_of_a_removed_parkrun_is_a_maybe() -> None:
    events = Atlas([event("bushy"), replace(event("cardiff"), starts=PARKRUN.start.time().replace(hour=11))])
    other = recorded("cardiff", f"{SATURDAY}T11:02+00:00", strava_id=40, elapsed_s=1400)

    judged = judge_all([other], events, removed=[RemovedParkrun(PARKRUN, judge(PARKRUN, events))])

    assert judged[40].certainty.value == judgements(PARKRUN, other, events=events)[40] == "maybe"


def test_second_parkrun_on_1_january_counts_beside_a_removed_one() -> None:
    later = replace(event("stanthorpe"), starts=(event("stanthorpe").starts or PARKRUN.start.time()).replace(hour=9))
    events = Atlas([event("kirra"), later])
    one = recorded("kirra", f"{NEW_YEAR}T07:02+10:00", strava_id=1)
    two = recorded("stanthorpe", f"{NEW_YEAR}T09:02+10:00", strava_id=2)

    judged = judge_all([two], events, removed=[RemovedParkrun(one, judge(one, events))])

    assert judged[2].certainty.value == "sure"
