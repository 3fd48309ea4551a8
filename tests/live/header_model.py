"""What a strict client of /ws/notifications/ knows: the counts, and the newest notifications."""

from typing import Any

Json = dict[str, Any]
NEWEST = 20


class HeaderModel:
    """The state of a header. A method fails if a message does not fit what the client has."""

    seq = None
    query = ""

    def __init__(self) -> None:
        self.unread = self.messages = 0
        self.notifications: dict[int, Json] = {}

    def begin(self, hello: Json, *, after: object) -> None:
        assert hello["type"] == "hello", hello
        shown = hello["notifications"]
        assert len(shown) <= NEWEST
        assert [one["at"] for one in shown] == sorted((one["at"] for one in shown), reverse=True), "newest first"
        self.notifications = {one["id"]: one for one in shown}
        self.take_counts(hello)

    def take_counts(self, message: Json) -> None:
        self.unread, self.messages = message["unread"], message["messages"]

    def apply(self, message: Json) -> None:
        match message["type"]:
            case "counts":
                self.take_counts(message)
            case "notification.added":
                assert message["notification"]["id"] not in self.notifications
                self.keep(message["notification"])
            case "notification.changed":
                assert message["notification"] != self.notifications[message["notification"]["id"]]
                self.keep(message["notification"])
            case "notification.removed":
                del self.notifications[message["id"]]

    def keep(self, one: Json) -> None:
        newest = sorted((self.notifications | {one["id"]: one}).values(), key=lambda each: each["at"], reverse=True)
        self.notifications = {each["id"]: each for each in newest[:NEWEST]}

    def says(self) -> list[str]:
        """Return the words of the notifications, newest first."""
        return [one["says"] for one in sorted(self.notifications.values(), key=lambda one: one["at"], reverse=True)]
