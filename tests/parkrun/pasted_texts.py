"""Results as people paste them, from a desktop browser, a phone's browser, an e-mail or a CSV."""

from datetime import date, timedelta

HEAD = "Event\tRun Date\tRun Number\tPos\tTime\tAge Grade\tPB?"
TABLE = f"""Alva BERG (A1234567)
All  Results
{HEAD}
Bushy Park\t01/06/2024\t1010\t123\t24:31\t55.21%\tPB
New Farm\t25/05/2024\t512\t88\t24:59\t54.11%\t
Bushy Juniors\t19/05/2024\t301\t7\t09:41\t60.00%\t
"""
SPACED = TABLE.replace("\t", "    ")
SINGLY_SPACED = TABLE.replace("\t", " ")
A_CELL_A_LINE = TABLE.replace("\t", "\n")
CSV = """Date,Time,Event,Pos,Note
2024-06-01,00:24:31,Bushy Park,123,"windy, wet"
2024-05-25,24:59,New Farm,88,
2024-05-19,9:41,Bushy Juniors,7,
"""
SEMICOLONS = CSV.replace('"windy, wet"', "windy").replace(",", ";")
MAIL = """Date: Sat, 1 Jun 2024 12:31:05 +0100
Subject: Bushy Park parkrun results for event #1010

Hello Alva,

Bushy Park parkrun results for event #1010. Your time was 00:24:31.

Congratulations on completing your 47th parkrun and your 12th at Bushy Park parkrun today. You finished in 123rd place
out of a field of 1067 parkrunners.
"""


def table(*rows: str) -> str:
    return "\n".join([HEAD, *rows])


def long_table(count: int) -> str:
    """Return a table of `count` results on Saturdays, up to 1,100 at each of five events, newest first at each."""
    last = date(2026, 11, 14)
    days = (last - timedelta(days=7 * (number % 1100)) for number in range(count))
    events = ("Bushy Park", "New Farm", "Wimbledon Common", "Cannon Hill", "Banstead Woods")
    return table(
        *(
            f"{events[number // 1100]}\t{day:%d/%m/%Y}\t1\t{number % 900 + 1}\t{24 + number % 9}:{number % 60:02}"
            for number, day in enumerate(days)
        )
    )
