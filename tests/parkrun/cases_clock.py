"""Both sides of every daylight-saving change: the Saturdays before and after it, in UTC, at two minutes past the start.

Zones without daylight saving have the same Saturdays, on which the offset stays the same.
"""

from tests.parkrun.cases import Case
from tests.parkrun.recorded import recorded

BRITAIN = ("2025-03-29", "2025-04-05", "2025-10-25", "2025-11-01")
AUSTRALIA = ("2025-04-05", "2025-04-12", "2025-10-04", "2025-10-11")
NEW_ZEALAND = ("2025-04-05", "2025-04-12", "2025-09-27", "2025-10-04")
AMERICA = ("2025-03-08", "2025-03-15", "2025-11-01", "2025-11-08")
NAMIBIA = ("2017-04-01", "2017-04-08", "2017-09-02", "2017-09-09")

# Zone, event, Saturdays, and for each the start in UTC; "-" before it where UTC is still on Friday.
CHANGES = (
    ("London", "bushy", BRITAIN, "09:02 08:02 08:02 09:02"),
    ("London, Scotland", "aberdeen", BRITAIN, "09:32 08:32 08:32 09:32"),
    ("Jersey", "jersey", BRITAIN, "09:02 08:02 08:02 09:02"),
    ("Guernsey", "guernsey", BRITAIN, "09:02 08:02 08:02 09:02"),
    ("Isle of Man", "nobles", BRITAIN, "09:02 08:02 08:02 09:02"),
    ("Dublin", "tralee", BRITAIN, "09:32 08:32 08:32 09:32"),
    ("Gibraltar", "gibraltarbotanicalgardens", BRITAIN, "08:02 07:02 07:02 08:02"),
    ("Saint Helena", "plantationforest", BRITAIN, "09:02 09:02 09:02 09:02"),
    ("Amsterdam", "zuiderpark", BRITAIN, "08:02 07:02 07:02 08:02"),
    ("Berlin", "alstervorland", BRITAIN, "08:02 07:02 07:02 08:02"),
    ("Copenhagen", "amager", BRITAIN, "08:02 07:02 07:02 08:02"),
    ("Oslo", "toyen", BRITAIN, "08:32 07:32 07:32 08:32"),
    ("Stockholm", "haga", BRITAIN, "08:32 07:32 07:32 08:32"),
    ("Rome", "uditore", BRITAIN, "08:02 07:02 07:02 08:02"),
    ("Vienna", "donaupark", BRITAIN, "08:02 07:02 07:02 08:02"),
    ("Warsaw", "krakow", BRITAIN, "08:02 07:02 07:02 08:02"),
    ("Helsinki", "tampere", BRITAIN, "07:32 06:32 06:32 07:32"),
    ("Vilnius", "vingis", BRITAIN, "07:02 06:02 06:02 07:02"),
    ("Sydney", "curlcurl", AUSTRALIA, "-21:02 -22:02 -22:02 -21:02"),
    ("Melbourne", "westerfolds", AUSTRALIA, "-21:02 -22:02 -22:02 -21:02"),
    ("Hobart", "burnie", AUSTRALIA, "-22:02 -23:02 -23:02 -22:02"),
    ("Adelaide", "christiesbeach", AUSTRALIA, "-21:32 -22:32 -22:32 -21:32"),
    ("Broken Hill", "brokenhillracecourse", AUSTRALIA, "-21:32 -22:32 -22:32 -21:32"),
    ("Brisbane", "kirra", AUSTRALIA, "-21:02 -21:02 -21:02 -21:02"),
    ("Darwin", "palmerston", AUSTRALIA, "-21:32 -21:32 -21:32 -21:32"),
    ("Perth", "perrylakes", AUSTRALIA, "00:02 00:02 00:02 00:02"),
    ("Auckland", "westernsprings", NEW_ZEALAND, "-19:02 -20:02 -20:02 -19:02"),
    ("New York", "jamaicapond", AMERICA, "14:02 13:02 13:02 14:02"),
    ("Detroit", "livonia", AMERICA, "14:02 13:02 13:02 14:02"),
    ("Indianapolis", "whitelickcreek", AMERICA, "14:02 13:02 13:02 14:02"),
    ("Louisville", "joecreason", AMERICA, "14:02 13:02 13:02 14:02"),
    ("Toronto", "whitby", AMERICA, "14:02 13:02 13:02 14:02"),
    ("Chicago", "comopark", AMERICA, "15:02 14:02 14:02 15:02"),
    ("Chicago, in Florida", "recplexnorth", AMERICA, "13:32 12:32 12:32 13:32"),
    ("Winnipeg", "churchillparkway", AMERICA, "15:02 14:02 14:02 15:02"),
    ("Regina", "mendelriverbank", AMERICA, "15:02 15:02 15:02 15:02"),
    ("Denver", "southbouldercreek", AMERICA, "16:02 15:02 15:02 16:02"),
    ("Boise", "riversidepark", AMERICA, "16:02 15:02 15:02 16:02"),
    ("Edmonton", "nosehill", AMERICA, "16:02 15:02 15:02 16:02"),
    ("Phoenix", "himmel", AMERICA, "16:02 16:02 16:02 16:02"),
    ("Los Angeles", "renton", AMERICA, "17:02 16:02 16:02 17:02"),
    ("Vancouver", "richmondolympic", AMERICA, "17:02 16:02 16:02 17:02"),
    ("Halifax", "chainoflakes", AMERICA, "13:02 12:02 12:02 13:02"),
    ("Moncton", "fortlatour", AMERICA, "13:02 12:02 12:02 13:02"),
    ("Saint John's", "cornerbrookstreamtrail", AMERICA, "12:32 11:32 11:32 12:32"),
    ("Cayman", "festivalgreen", AMERICA, "14:02 14:02 14:02 14:02"),
    ("Stanley", "capepembrokelighthouse", AMERICA, "12:02 12:02 12:02 12:02"),
    ("Windhoek, when it had summer time", "windhoek", NAMIBIA, "06:02 07:02 07:02 06:02"),
    ("Johannesburg", "greenpoint", NAMIBIA, "06:02 06:02 06:02 06:02"),
    ("Tokyo", "futakotamagawa", AUSTRALIA, "-23:02 -23:02 -23:02 -23:02"),
    ("Singapore", "bishan", AUSTRALIA, "-23:32 -23:32 -23:32 -23:32"),
    ("Kuala Lumpur", "tamanpuduulu", AUSTRALIA, "-23:32 -23:32 -23:32 -23:32"),
)


def _instant(saturday: str, clock: str) -> str:
    friday = saturday[:8] + f"{int(saturday[8:]) - 1:02}"
    return f"{friday}T{clock[1:]}:00Z" if clock.startswith("-") else f"{saturday}T{clock}:00Z"


def _four(zone: str, slug: str, saturdays: tuple[str, ...], clocks: str) -> tuple[Case, ...]:
    return tuple(
        Case(f"{zone}, {saturday}", recorded(slug, _instant(saturday, clock)), "sure", slug, "Started 2 minutes after")
        for saturday, clock in zip(saturdays, clocks.split(), strict=True)
    )


CASES = tuple(case for change in CHANGES for case in _four(*change))
