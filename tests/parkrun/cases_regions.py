"""Every region with parkruns: an ordinary one in February and in July, by the offset from UTC that was in force then.

The offsets are written here, independently of the catalogue, so that a wrong time zone there fails a test.
"""

from tests.parkrun.cases import Case
from tests.parkrun.recorded import recorded

# Region, event, offset in February and in July, nominal start.
REGIONS = (
    ("England", "bushy", "+00:00", "+01:00", "09:00"),
    ("Wales", "cardiff", "+00:00", "+01:00", "09:00"),
    ("Jersey", "jersey", "+00:00", "+01:00", "09:00"),
    ("Guernsey", "guernsey", "+00:00", "+01:00", "09:00"),
    ("Isle of Man", "nobles", "+00:00", "+01:00", "09:00"),
    ("Scotland", "edinburgh", "+00:00", "+01:00", "09:30"),
    ("Scotland, without a region on the list", "crinancanal", "+00:00", "+01:00", "09:30"),
    ("Northern Ireland", "larne", "+00:00", "+01:00", "09:30"),
    ("Ireland", "malahide", "+00:00", "+01:00", "09:30"),
    ("Falkland Islands", "capepembrokelighthouse", "-03:00", "-03:00", "09:00"),
    ("Saint Helena", "plantationforest", "+00:00", "+00:00", "09:00"),
    ("Gibraltar", "gibraltarbotanicalgardens", "+01:00", "+02:00", "09:00"),
    ("Cayman Islands", "festivalgreen", "-05:00", "-05:00", "09:00"),
    ("Queensland", "newfarm", "+10:00", "+10:00", "07:00"),
    ("Queensland, without a region on the list", "pointvernonforeshorereserve", "+10:00", "+10:00", "07:00"),
    ("Northern Territory", "darwin", "+09:30", "+09:30", "07:00"),
    ("New South Wales", "curlcurl", "+11:00", "+10:00", "08:00"),
    ("Sydney's Centennial", "centennial", "+11:00", "+10:00", "07:00"),
    ("Broken Hill", "brokenhillracecourse", "+10:30", "+09:30", "08:00"),
    ("Australian Capital Territory", "ginninderra", "+11:00", "+10:00", "08:00"),
    ("Victoria", "westerfolds", "+11:00", "+10:00", "08:00"),
    ("South Australia", "christiesbeach", "+10:30", "+09:30", "08:00"),
    ("Western Australia", "perrylakes", "+08:00", "+08:00", "08:00"),
    ("Tasmania", "bellerive", "+11:00", "+10:00", "09:00"),
    ("New Zealand", "hagley", "+13:00", "+12:00", "08:00"),
    ("South Africa", "delta", "+02:00", "+02:00", "08:00"),
    ("Namibia", "swakopmund", "+02:00", "+02:00", "08:00"),
    ("Eswatini", "mbabane", "+02:00", "+02:00", "08:00"),
    ("Poland", "lodz", "+01:00", "+02:00", "09:00"),
    ("Germany", "alstervorland", "+01:00", "+02:00", "09:00"),
    ("Italy", "uditore", "+01:00", "+02:00", "09:00"),
    ("Denmark", "amager", "+01:00", "+02:00", "09:00"),
    ("Netherlands", "zuiderpark", "+01:00", "+02:00", "09:00"),
    ("Austria", "donaupark", "+01:00", "+02:00", "09:00"),
    ("Lithuania", "vingis", "+02:00", "+03:00", "09:00"),
    ("Sweden", "haga", "+01:00", "+02:00", "09:30"),
    ("Norway", "toyen", "+01:00", "+02:00", "09:30"),
    ("Finland", "tampere", "+02:00", "+03:00", "09:30"),
    ("Canada, Ontario", "whitby", "-05:00", "-04:00", "09:00"),
    ("Canada, British Columbia", "richmondolympic", "-08:00", "-07:00", "09:00"),
    ("Canada, Revelstoke", "kovach", "-08:00", "-07:00", "09:00"),
    ("Canada, Alberta", "nosehill", "-07:00", "-06:00", "09:00"),
    ("Canada, Saskatchewan", "wascana", "-06:00", "-06:00", "09:00"),
    ("Canada, Manitoba", "churchillparkway", "-06:00", "-05:00", "09:00"),
    ("Canada, Nova Scotia", "chainoflakes", "-04:00", "-03:00", "09:00"),
    ("Canada, Newfoundland", "cornerbrookstreamtrail", "-03:30", "-02:30", "09:00"),
    ("USA, Michigan", "livonia", "-05:00", "-04:00", "09:00"),
    ("USA, Minnesota", "comopark", "-06:00", "-05:00", "09:00"),
    ("USA, Colorado", "southbouldercreek", "-07:00", "-06:00", "09:00"),
    ("USA, Idaho", "canyonrimtrail", "-07:00", "-06:00", "09:00"),
    ("USA, Arizona", "himmel", "-07:00", "-07:00", "09:00"),
    ("USA, Washington", "renton", "-08:00", "-07:00", "09:00"),
    ("USA, Indiana", "whitelickcreek", "-05:00", "-04:00", "09:00"),
    ("USA, Kentucky", "joecreason", "-05:00", "-04:00", "09:00"),
    ("USA, Tennessee", "thirdcreekgreenway", "-05:00", "-04:00", "09:00"),
    ("USA, Florida", "depotpark", "-05:00", "-04:00", "07:30"),
    ("USA, Florida's west", "recplexnorth", "-06:00", "-05:00", "07:30"),
    ("Singapore", "eastcoastpark", "+08:00", "+08:00", "07:30"),
    ("Malaysia", "tamanpuduulu", "+08:00", "+08:00", "07:30"),
    ("Japan", "futakotamagawa", "+09:00", "+09:00", "08:00"),
)


def _three(region: str, slug: str, winter: str, summer: str, nominal: str) -> tuple[Case, ...]:
    hour, minute = int(nominal[:2]), int(nominal[3:])
    on_time, late = f"{hour:02}:{minute + 2:02}:00", f"{hour + 2:02}:{minute + 2:02}:00"
    word = f"Started 2 minutes after {hour}:{minute:02} on a Saturday"
    return (
        Case(f"{region}, in February", recorded(slug, f"2026-02-07T{on_time}{winter}"), "sure", slug, word),
        Case(f"{region}, in July", recorded(slug, f"2026-07-04T{on_time}{summer}"), "sure", slug, word),
        Case(
            f"{region}, two hours late", recorded(slug, f"2026-02-07T{late}{winter}"), "no", None, "2 hours 2 minutes"
        ),
    )


CASES = tuple(case for region in REGIONS for case in _three(*region))
