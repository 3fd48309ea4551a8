"""The names of months as parkrun's pages and e-mails write them in its languages: by how they begin."""

# English, German, French, Italian, Dutch, Danish, Norwegian, Swedish, Polish, Finnish, Russian.
_BEGINNINGS = (
    "jan gen sty tammi янв",
    "feb fév fev lut helmi фев",
    "mar mär mrz maa мар",
    "apr avr kwi huhti апр",
    "may mai maj mag mei touko май мая",
    "jun juin giu cze kesä июн",
    "jul juil lug lip heinä июл",
    "aug aoû aou ago sie elo авг",
    "sep set wrz syys сен",
    "oct okt ott paź paz loka окт",
    "nov lis marras ноя",
    "dec dez déc dic gru joulu дек",
)
NUMBERS = {word: number for number, words in enumerate(_BEGINNINGS, start=1) for word in words.split()}
# The longest first: marras is November, and mar is March.
BEGINNING = "|".join(sorted(NUMBERS, key=len, reverse=True))


def month_number(beginning: str) -> int:
    return NUMBERS[beginning.lower()]
