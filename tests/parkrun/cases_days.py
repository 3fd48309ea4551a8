"""Cases about days: special days on weekdays, the same days in other countries, and days without parkruns."""

from typing import Any

from tests.parkrun.cases import Case
from tests.parkrun.recorded import recorded


def held(label: str, slug: str, at: str, on: str) -> Case:
    return Case(label, recorded(slug, at), "sure", slug, f"on {on}")


def none(label: str, slug: str, at: str, words: str = "when there's no parkrun", **changes: Any) -> Case:
    return Case(label, recorded(slug, at, **changes), "no", None, words)


def asked(label: str, slug: str, at: str, **changes: Any) -> Case:
    return Case(label, recorded(slug, at, **changes), "maybe", slug, "isn't usually on")


def doubtful(label: str, slug: str, at: str) -> Case:
    return Case(label, recorded(slug, at), "maybe", slug, "suspended or only some were back")


CASES = (
    held("1 January, a Wednesday, England", "bushy", "2025-01-01T09:02+00:00", "New Year's Day"),
    held("1 January, a Thursday, Queensland", "newfarm", "2026-01-01T07:02+10:00", "New Year's Day"),
    held("1 January, a Monday, Japan", "futakotamagawa", "2024-01-01T08:02+09:00", "New Year's Day"),
    held("1 January, a Thursday, USA", "livonia", "2026-01-01T09:02-05:00", "New Year's Day"),
    held("1 January, a Thursday, Austria: no special day is known", "donaupark", "2026-01-01T09:02+01:00", "New Year"),
    held("Christmas Day, a Thursday, England", "bushy", "2025-12-25T09:02+00:00", "Christmas Day"),
    held("Christmas Day, a Thursday, Scotland", "edinburgh", "2025-12-25T09:32+00:00", "Christmas Day"),
    held("Christmas Day, a Wednesday, Ireland", "malahide", "2024-12-25T09:32+00:00", "Christmas Day"),
    held("Christmas Day, a Thursday, Queensland", "newfarm", "2025-12-25T07:02+10:00", "Christmas Day"),
    held("Christmas Day, a Thursday, New Zealand", "hagley", "2025-12-25T08:02+13:00", "Christmas Day"),
    held("Christmas Day, a Thursday, Italy", "uditore", "2025-12-25T09:02+01:00", "Christmas Day"),
    held("Christmas Day on a Saturday", "bushy", "2021-12-25T09:02+00:00", "a Saturday"),
    held("26 December, a Friday, Poland", "lodz", "2025-12-26T09:02+01:00", "26 December"),
    held("3 October, a Friday, Germany", "alstervorland", "2025-10-03T09:02+02:00", "3 October"),
    held("Ascension Day 2025, Denmark", "amager", "2025-05-29T09:02+02:00", "Ascension Day"),
    held("Ascension Day 2026, Norway", "toyen", "2026-05-14T09:32+02:00", "Ascension Day"),
    held("Ascension Day 2024, Sweden", "haga", "2024-05-09T09:32+02:00", "Ascension Day"),
    held("Ascension Day 2023, Finland", "tampere", "2023-05-18T09:32+03:00", "Ascension Day"),
    held("Whit Monday 2025, Netherlands", "zuiderpark", "2025-06-09T09:02+02:00", "Whit Monday"),
    held("Whit Monday 2026, Netherlands", "zuiderpark", "2026-05-25T09:02+02:00", "Whit Monday"),
    held("Thanksgiving 2025, USA", "livonia", "2025-11-27T09:02-05:00", "Thanksgiving"),
    held("Thanksgiving 2024, the latest there is", "livonia", "2024-11-28T09:02-05:00", "Thanksgiving"),
    held("Thanksgiving 2018, the earliest there is", "livonia", "2018-11-22T09:02-05:00", "Thanksgiving"),
    held("1 July, a Tuesday, Canada", "whitby", "2025-07-01T09:02-04:00", "Canada Day"),
    held("4 May, a Monday, Japan", "futakotamagawa", "2026-05-04T08:02+09:00", "Greenery Day"),
    held("16 September, a Tuesday, Malaysia", "tamanpuduulu", "2025-09-16T07:32+08:00", "Malaysia Day"),
    held("9 August, a Friday, Singapore", "eastcoastpark", "2024-08-09T07:32+08:00", "Singapore's National Day"),
    held("27 April, a Monday, South Africa", "delta", "2026-04-27T08:02+02:00", "27 April"),
    held("27 April, a Monday, Namibia", "swakopmund", "2026-04-27T08:02+02:00", "27 April"),
    held("27 April, a Monday, Eswatini", "mbabane", "2026-04-27T08:02+02:00", "27 April"),
    # The same days elsewhere
    none("Christmas Day, a Thursday, Germany", "alstervorland", "2025-12-25T09:02+01:00", "On a Thursday"),
    none("Christmas Day, a Thursday, USA", "livonia", "2025-12-25T09:02-05:00"),
    none("26 December, a Friday, England", "bushy", "2025-12-26T09:02+00:00"),
    none("3 October, a Friday, Poland", "lodz", "2025-10-03T09:02+02:00"),
    none("Ascension Day, Germany", "alstervorland", "2026-05-14T09:02+02:00"),
    none("Whit Monday, Denmark", "amager", "2026-05-25T09:02+02:00"),
    none("The third Thursday in November, USA", "livonia", "2025-11-20T09:02-05:00"),
    none("Thanksgiving, Canada", "whitby", "2025-11-27T09:02-05:00"),
    none("1 July, a Tuesday, USA", "livonia", "2025-07-01T09:02-04:00"),
    none("27 April, a Monday, Queensland", "newfarm", "2026-04-27T07:02+10:00"),
    none("4 May, a Monday, Malaysia", "tamanpuduulu", "2026-05-04T07:32+08:00"),
    # Nothing on
    none("A Tuesday", "bushy", "2026-02-03T09:02+00:00", "On a Tuesday"),
    none("A Tuesday, whatever the title says", "bushy", "2026-02-03T09:02+00:00", "On a Tuesday", name="Bushy parkrun"),
    none("A Sunday", "bushy", "2026-02-08T09:02+00:00", "On a Sunday"),
    none("A Friday", "bushy", "2026-02-06T09:02+00:00", "On a Friday"),
    none("2 January, a Friday", "bushy", "2026-01-02T09:02+00:00"),
    none("31 December, a Wednesday", "bushy", "2025-12-31T09:02+00:00"),
    # Where UTC and the clock on the wall disagree about the day
    held("Saturday in Brisbane, still Friday in UTC", "newfarm", "2026-10-16T21:02Z", "a Saturday"),
    held("1 January in Auckland, still December in UTC", "hagley", "2025-12-31T19:02Z", "New Year's Day"),
    none("Friday evening in Los Angeles, Saturday in UTC", "renton", "2026-02-07T01:02Z", "On a Friday"),
    none("Sunday in Auckland, still Saturday in UTC", "hagley", "2026-02-07T19:02Z", "On a Sunday"),
    # Days that are special to one event only
    asked("Christmas Day, titled, Germany", "alstervorland", "2025-12-25T09:02+01:00", name="Christmas Day parkrun"),
    asked("A day that its title calls special", "bishan", "2019-02-05T07:32+08:00", name="Special CNY parkrun!"),
    none(
        "Christmas Day, titled, Germany, in the evening",
        "alstervorland",
        "2025-12-25T18:00+01:00",
        "Started 9 hours",
        name="Christmas Day parkrun",
    ),
    none("Christmas Day, no parkrun", "alstervorland", "2025-12-25T09:02+01:00", name="Not parkrun on Christmas Day"),
    # The pandemic: suspended
    doubtful("England, May 2020", "bushy", "2020-05-16T09:02+01:00"),
    doubtful("England, May 2021", "bushy", "2021-05-15T09:02+01:00"),
    doubtful("Scotland, 24 July 2021", "edinburgh", "2021-07-24T09:32+01:00"),
    doubtful("Wales, 24 July 2021", "cardiff", "2021-07-24T09:02+01:00"),
    doubtful("Wales, January 2022", "cardiff", "2022-01-08T09:02+00:00"),
    doubtful("Jersey, August 2020", "jersey", "2020-08-01T09:02+01:00"),
    doubtful("Ireland, March 2021", "malahide", "2021-03-06T09:32+00:00"),
    doubtful("Germany, January 2021", "alstervorland", "2021-01-16T09:02+01:00"),
    doubtful("Ontario, February 2021", "whitby", "2021-02-06T09:02-05:00"),
    doubtful("South Africa, May 2021", "delta", "2021-05-08T08:02+02:00"),
    doubtful("Poland, 14 March 2020", "lodz", "2020-03-14T09:02+01:00"),
    doubtful("Poland, October 2020", "lodz", "2020-10-17T09:02+02:00"),
    doubtful("New Zealand, September 2020", "hagley", "2020-09-05T08:02+12:00"),
    doubtful("New Zealand, November 2021", "hagley", "2021-11-06T08:02+13:00"),
    doubtful("New South Wales, August 2021", "curlcurl", "2021-08-07T08:02+10:00"),
    doubtful("Queensland, October 2020", "newfarm", "2020-10-03T07:02+10:00"),
    doubtful("Singapore, March 2022", "eastcoastpark", "2022-03-05T07:32+08:00"),
    doubtful("A country that had no parkruns yet", "vingis", "2021-06-05T09:02+03:00"),
    # Some events were back, and it is not known which
    doubtful("South Africa, October 2021", "delta", "2021-10-16T08:02+02:00"),
    doubtful("Ireland, 11 September 2021", "malahide", "2021-09-11T09:32+01:00"),
    doubtful("Germany, 17 July 2021", "alstervorland", "2021-07-17T09:02+02:00"),
    # Held
    held("England, 14 March 2020", "bushy", "2020-03-14T09:02+00:00", "a Saturday"),
    held("Poland, 7 March 2020", "lodz", "2020-03-07T09:02+01:00", "a Saturday"),
    held("England, 24 July 2021", "bushy", "2021-07-24T09:02+01:00", "a Saturday"),
    held("Northern Ireland, 26 June 2021", "larne", "2021-06-26T09:32+01:00", "a Saturday"),
    held("New Zealand, 4 July 2020", "hagley", "2020-07-04T08:02+12:00", "a Saturday"),
    held("Northern Territory, September 2020", "darwin", "2020-09-19T07:02+09:30", "a Saturday"),
    held("Queensland, December 2020", "newfarm", "2020-12-05T07:02+10:00", "a Saturday"),
    held("Japan, October 2020", "futakotamagawa", "2020-10-24T08:02+09:00", "a Saturday"),
    held("Poland, June 2021", "lodz", "2021-06-12T09:02+02:00", "a Saturday"),
    held("Ireland, November 2021", "malahide", "2021-11-06T09:32+00:00", "a Saturday"),
    held("Singapore, May 2022", "eastcoastpark", "2022-05-07T07:32+08:00", "a Saturday"),
    held("South Africa, March 2022", "delta", "2022-03-05T08:02+02:00", "a Saturday"),
)
