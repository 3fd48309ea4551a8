"""The rows of the access table, read from its text."""

from typing import NamedTuple

from tests.access.table import API, COMMANDS, KINDS, PAGES, RULE_WIDTH, RULES_OF_API, RULES_OF_PAGES, RULES_OF_SOCKETS


class CommandRow(NamedTuple):
    """A command on a socket, and what it does for each kind of person."""

    route: str
    command: str
    outcomes: dict[str, str]


class Row(NamedTuple):
    """A page or an endpoint with one method, and what it answers to each kind of person."""

    method: str
    route: str
    query: str
    answers: dict[str, str]
    """For each kind of person the status of success, or the refusal."""

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def read_rules(rules: str) -> dict[str, dict[str, str]]:
    """Return for each rule what each kind of person gets."""
    return {
        line[:RULE_WIDTH].strip(): dict(zip(KINDS, line[RULE_WIDTH:].split(), strict=True))
        for line in rules.strip().splitlines()
    }


def with_success(cells: dict[str, str], success: str) -> dict[str, str]:
    words = {"yes": success, "lost": "unknown_activity", "none": "not_found"}
    return {kind: words.get(cell, cell) for kind, cell in cells.items()}


def read_rows(rules: str, rows: str) -> list[Row]:
    cells, found = read_rules(rules), []
    for line in filter(None, rows.splitlines()):
        method, success, address = line[RULE_WIDTH:].split()
        route, _, query = (address, "", "") if "(?P" in address else address.partition("?")
        answers = with_success(cells[line[:RULE_WIDTH].strip()], success)
        found.append(Row(method, route.removeprefix("/"), query, answers))
    return found


def read_commands() -> list[CommandRow]:
    cells, found = read_rules(RULES_OF_SOCKETS), []
    for line in COMMANDS.strip().splitlines():
        success, route, command = line[RULE_WIDTH:].split(maxsplit=2)
        found.append(CommandRow(route, command, with_success(cells[line[:RULE_WIDTH].strip()], success)))
    return found


ROWS = read_rows(RULES_OF_PAGES, PAGES) + read_rows(RULES_OF_API, API)
COMMAND_ROWS = read_commands()
