"""The days: special ones on weekdays, the same days elsewhere, and days on which there is nothing."""

from typing import Any

from tests.parkrun.cases import Case
from tests.parkrun.recorded import recorded


def held(label: str, slug: str, at: str, on: str) -> Case:
    return Case(label, recorded(slug, at), "sure", slug, f"on {on}")


def none(label: str, slug: str, at: str, words: str = "when there is no parkrun", **changes: Any) -> Case:
    return Case(label, recorded(slug, at, **changes), "no", None, words)


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
    none("Christmas Day, a Thursday, Germany", "alstervorland", "2025-12-25T09:02+01:00", "on a Thursday"),
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
    none("A Tuesday", "bushy", "2026-02-03T09:02+00:00", "on a Tuesday"),
    none("A Tuesday, whatever the title says", "bushy", "2026-02-03T09:02+00:00", "on a Tuesday", name="Bushy parkrun"),
    none("A Sunday", "bushy", "2026-02-08T09:02+00:00", "on a Sunday"),
    none("A Friday", "bushy", "2026-02-06T09:02+00:00", "on a Friday"),
    none("2 January, a Friday", "bushy", "2026-01-02T09:02+00:00"),
    none("31 December, a Wednesday", "bushy", "2025-12-31T09:02+00:00"),
    # Where UTC and the clock on the wall disagree about the day
    held("Saturday in Brisbane, still Friday in UTC", "newfarm", "2026-10-16T21:02Z", "a Saturday"),
    held("1 January in Auckland, still December in UTC", "hagley", "2025-12-31T19:02Z", "New Year's Day"),
    none("Friday evening in Los Angeles, Saturday in UTC", "renton", "2026-02-07T01:02Z", "on a Friday"),
    none("Sunday in Auckland, still Saturday in UTC", "hagley", "2026-02-07T19:02Z", "on a Sunday"),
    # The pandemic
    Case("A Saturday in May 2020", recorded("bushy", "2020-05-16T09:02+01:00"), "maybe", "bushy", "suspended"),
    Case("A Saturday in May 2021", recorded("bushy", "2021-05-15T09:02+01:00"), "maybe", "bushy", "suspended"),
    held("The last Saturday before", "bushy", "2020-03-14T09:02+00:00", "a Saturday"),
    held("The first Saturday after, England", "bushy", "2021-07-24T09:02+01:00", "a Saturday"),
    held("The first Saturday after, Northern Ireland", "larne", "2021-06-26T09:32+01:00", "a Saturday"),
    held("The first Saturday after, New Zealand", "hagley", "2020-07-04T08:02+12:00", "a Saturday"),
)
