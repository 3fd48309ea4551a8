"""What a client of /ws/messages/ knows, which checks that the server keeps the rules of the protocol."""

from typing import Any

Json = dict[str, Any]


class Conversations:
    """All messages that a client has received, in the order of their arrival, and its numbers.

    `FeedClient` updates it over real sockets, so it has the same methods as `Feed`.
    """

    def __init__(self) -> None:
        self.seq: int | None = None
        """The client's position: the id of the last message or deletion. None before the first `hello`."""
        self.mark = 0
        self.messages: dict[int, Json] = {}
        self.unread = 0
        self.complete = True
        self.read_by: dict[str, int] = {}
        """The id up to which `me` and `them` have read, in the conversation of the last message about it."""
        self.delivered = 0

    @property
    def query(self) -> str:
        return "" if self.seq is None else f"?after={self.seq}&mark={self.mark}"

    def begin(self, hello: Json, *, after: int | None) -> None:
        assert hello["type"] == "hello", hello
        assert after is None or hello["position"] >= after or not hello["complete"], hello
        ids = [message["id"] for message in hello["messages"]]
        assert len(set(ids)) == len(ids), "each message once"
        new = [message for message in hello["messages"] if message["id"] not in self.messages]
        known = [message for message in hello["messages"] if message["id"] in self.messages]
        assert all(message["deleted"] for message in known), "only deletions of what the client had already"
        self.messages |= {message["id"]: message for message in (*known, *new)}
        self.complete = hello["complete"]
        for reads in hello["reads"]:
            self.read_by = {"me": reads["read_up_to"], "them": reads["their_read_up_to"]}
            self.delivered = reads["their_delivered_up_to"]
        self.take_numbers(hello)

    def apply(self, message: Json) -> None:
        kind = message["type"]
        if kind == "message.added":
            one = message["message"]
            assert one["id"] not in self.messages, f"message {one['id']} was added twice"
            assert one["id"] > max(self.messages, default=0), "in the order of the ids"
            self.messages[one["id"]] = one
        elif kind == "message.changed":
            self.messages[message["message"]["id"]] = message["message"]
        elif kind == "message.read":
            self.read_by[message["by"]] = message["up_to"]
        elif kind == "message.delivered":
            self.delivered = message["up_to"]
        if kind.startswith("message."):
            self.take_numbers(message)

    def take_numbers(self, message: Json) -> None:
        self.seq = max(self.seq or 0, message.get("position", 0))
        self.mark = max(self.mark, message["mark"])
        self.unread = message.get("unread", self.unread)

    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages.values()]
