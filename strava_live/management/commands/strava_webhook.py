"""manage.py strava_webhook status|subscribe|unsubscribe: manage the subscription to Strava's events.

Run `subscribe` while the web process runs: before Strava creates the subscription, it sends a request to that process.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from strava_live.webhook.subscribing import Problem, describe_subscription, subscribe, unsubscribe


class Command(BaseCommand):
    help = "Show, create or end the subscription by which Strava sends its events to this site."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="status|subscribe|unsubscribe")
        actions.add_parser("status", help="say whether Strava sends its events to this site")
        actions.add_parser("subscribe", help="have Strava send its events to this site")
        ending = actions.add_parser("unsubscribe", help="end the subscription")
        ending.add_argument("--even-elsewhere", action="store_true", help="also if it is another site's")

    def handle(self, *args: Any, action: str, even_elsewhere: bool = False, **options: Any) -> None:
        try:
            match action:
                case "status":
                    said = describe_subscription()
                case "subscribe":
                    said = subscribe()
                case _:
                    said = unsubscribe(even_elsewhere=even_elsewhere)
        except Problem as problem:
            raise CommandError(f"{problem} -> {problem.advice}") from problem
        self.stdout.write(f"{said}.")
