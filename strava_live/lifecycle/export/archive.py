"""Make the zip of a person's data piece by piece, so that it can be sent while it is made.

The zip has no sizes before its files, because they are not known when a file begins: each size follows its file. Every
program that opens zips supports this. Its files stay below 2 GiB, so it needs no Zip64.
"""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from strava_live.accounts.models import User
from strava_live.formats import utc_iso
from strava_live.lifecycle.export import routes
from strava_live.lifecycle.export.files import CsvWriter, JsonWriter, RowWriter
from strava_live.lifecycle.export.kinds import ExportedKind
from strava_live.lifecycle.export.reading import CHUNK, chunks, patiently
from strava_live.lifecycle.export.readme import readme
from strava_live.lifecycle.export.table import KINDS

logger = logging.getLogger(__name__)
ENDED = (
    "This download ended early, because you signed out, changed your password or deleted your account while it ran.\r\n"
    "What is in here is not complete.\r\n"
)
FAILED = (
    "This download ended early, because something went wrong on our side. What is in here is not complete.\r\n"
    "Please try again later.\r\n"
)


class AccessEnded(Exception):
    """The person has signed out, changed the password or deleted the account while the export ran."""


class Sent:
    """The file that the zip is written to: it collects bytes until they are taken. It cannot seek."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing. ZipFile calls this."""

    def close(self) -> None:
        """Do nothing. ZipFile asks for this method, and never calls it."""

    def take(self) -> bytes:
        taken = b"".join(self.parts)
        self.parts.clear()
        return taken


@dataclass
class Archive:
    """One export. `pieces` yields the zip."""

    user: User
    site_name: str
    zone: ZoneInfo
    made_at: datetime
    """In the person's time zone."""
    may_go_on: Callable[[], bool]
    """Returns False once the person has no access any more. Called before each chunk of rows is read."""
    sent: Sent = field(default_factory=Sent)
    small: dict[str, list[Any]] = field(default_factory=dict)
    """The rows of kinds with few rows, by kind. They are read once, so that both files of a kind have the same."""
    counts: dict[str, int] = field(default_factory=dict)
    """The number of rows in each file."""

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the zip. A piece may be empty while no bytes are ready.

        Whatever happens, the zip is ended properly. If it is not complete, its last file says why.
        """
        self.zip = ZipFile(self.sent, "w", ZIP_DEFLATED)
        with self.zip:
            try:
                for file in self.files():
                    yield from file
                self.check_access()
                self.add_text("contents.json", self.contents())
            except AccessEnded:
                self.add_text("NOT-COMPLETE.txt", ENDED)
            except Exception:
                logger.exception("an export failed", extra={"user": self.user.pk})
                self.add_text("NOT-COMPLETE.txt", FAILED)
        yield self.sent.take()

    def files(self) -> Iterator[Iterator[bytes]]:
        yield self.readme()
        for kind in KINDS:
            yield self.rows_file(kind, JsonWriter())
            yield self.rows_file(kind, CsvWriter(self.zone))
        for year in patiently(lambda: routes.years_with_routes(self.user.pk)):
            yield self.routes_file(year)

    def readme(self) -> Iterator[bytes]:
        text = readme(self.site_name, self.user.username, self.zone.key, self.made_at, KINDS)
        self.add_text("README.txt", text)
        yield self.sent.take()

    def rows_file(self, kind: ExportedKind, writer: RowWriter) -> Iterator[bytes]:
        name = f"{writer.ending}/{kind.name}.{writer.ending}"
        self.counts[name] = 0
        with self.zip.open(self.info(name), "w") as file:
            file.write(writer.head(kind))
            try:
                for rows in self.rows_of(kind):
                    file.write(writer.rows(kind, rows))
                    self.counts[name] += len(rows)
                    yield self.sent.take()
            finally:
                file.write(writer.tail())

    def rows_of(self, kind: ExportedKind) -> Iterator[list[Any]]:
        """Yield the rows of a kind in chunks. Read a small kind once for both of its files."""
        if kind.name in self.small:
            yield self.small.pop(kind.name)
            return
        rows = kind.rows(self.user)
        kept: list[Any] = []
        for chunk in self.while_allowed(chunks(rows) if isinstance(rows, QuerySet) else rows):
            kept = [*kept, *chunk][: CHUNK + 1]
            yield chunk
        if len(kept) <= CHUNK:
            self.small[kind.name] = kept

    def routes_file(self, year: int) -> Iterator[bytes]:
        name = f"routes/{year}.gpx"
        self.counts[name] = 0
        first, last = date(year, 1, 1), date(year, 12, 31)
        activities = chunks(routes.routes_of(self.user.pk).on_days(first, last), routes.CHUNK)
        with self.zip.open(self.info(name), "w") as file:
            file.write(routes.head(year, self.site_name).encode())
            try:
                for rows in self.while_allowed(activities):
                    tracks = list(filter(None, map(routes.track, rows)))
                    file.write("".join(tracks).encode())
                    self.counts[name] += len(tracks)
                    yield self.sent.take()
            finally:
                file.write(routes.TAIL.encode())

    def while_allowed(self, rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
        """Yield the chunks. Before each one is read, check that the person still has access."""
        self.check_access()
        for chunk in rows:
            yield chunk
            self.check_access()

    def check_access(self) -> None:
        """Raise AccessEnded if the person has no access any more."""
        if not patiently(self.may_go_on):
            raise AccessEnded

    def contents(self) -> str:
        files = [{"file": name, "rows": rows} for name, rows in self.counts.items()]
        about = {"site": self.site_name, "username": self.user.username, "made_at": utc_iso(self.made_at)}
        return json.dumps(about | {"files": files}, ensure_ascii=False, indent=1) + "\n"

    def add_text(self, name: str, text: str) -> None:
        self.zip.writestr(self.info(name), text.encode())

    def info(self, name: str) -> ZipInfo:
        """Return the description of a file. All files have the time at which the export began."""
        info = ZipInfo(name, self.made_at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        return info
