"""Our daphne: `python -m strava_live.hub.daphne …` takes the same words as `daphne …`.

It differs in what a deployment needs. On SIGTERM daphne 4.2.3 skips its clean-up when a socket's handshake ended in the
last second (kill_all_applications trips over the upgraded request). And it offers no place to start work that belongs
to the process rather than to a request.
"""

import asyncio
import contextlib
import os
from typing import Any

import django
from daphne.cli import CommandLineInterface
from daphne.server import Server
from twisted.internet import defer, reactor

from strava_live.interpreter import settle_in


class SteadyServer(Server):
    work: "asyncio.Task[None] | None" = None

    def run(self) -> None:
        self.ready_callable = self.start_work
        reactor.addSystemEventTrigger("before", "shutdown", self.stop_work)  # type: ignore[arg-type]
        super().run()

    def start_work(self) -> None:
        from django.conf import settings  # noqa: PLC0415 Django is set up by now, and was not when this was imported

        from strava_live.worker import work_for_ever  # noqa: PLC0415 likewise

        settle_in()
        self.work = asyncio.get_event_loop().create_task(work_for_ever(take_up=settings.WORK_IN_WEB))

    def stop_work(self) -> "defer.Deferred[Any] | None":
        if self.work is None:
            return None
        self.work.cancel()
        return ended([self.work])

    def kill_all_applications(self) -> "defer.Deferred[Any]":
        applications = [details.get("application_instance") for details in self.connections.values()]
        running = [task for task in applications if task is not None and not task.done()]
        for task in running:
            task.cancel()
        return ended(running)


def ended(tasks: "list[asyncio.Future[Any]]") -> "defer.Deferred[Any]":
    """Twisted's promise that all of them are over, however they ended."""

    async def wait() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)

    return defer.Deferred.fromFuture(asyncio.ensure_future(wait()))


class CommandLine(CommandLineInterface):
    description = "The site's web server"
    server_class = SteadyServer


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
    django.setup()
    CommandLine.entrypoint()
