"""Control calls about webhook events: how they are sent, their outcomes, and forged ones."""

import json
from dataclasses import asdict, fields, replace
from typing import Any

from simulators.strava import signatures
from simulators.strava.sending import MODES, MOST_COPIES, Sending
from simulators.strava.signatures import Kind
from simulators.strava.webhooks import KEPT, Webhooks
from simulators.values import BadValueError, Values

LONGEST_MS = 3_600_000
"""The longest time by which an event can be delayed: an hour."""
MOST_S = 86_400


class WebhookControl:
    """Control calls about the delivery of webhook events, each a method from Values to JSON."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks

    def reads(self) -> dict[str, Any]:
        return {"webhooks": self.report, "webhooks/summary": self.summary}

    def writes(self) -> dict[str, Any]:
        return {
            "webhooks": self.change,
            "webhooks/release": self.release,
            "webhooks/forge": self.forge,
            "webhooks/forget": self.forget,
        }

    def report(self, values: Values) -> dict[str, Any]:
        """Return how events are sent, the summary, and the newest deliveries (`last` of them), oldest first."""
        known = self._webhooks.subscription
        return {
            "subscription": asdict(known) if known else None,
            **asdict(self._webhooks.sending),
            "summary": self._webhooks.summary(),
            "deliveries": self._webhooks.report(values.whole("last", KEPT, lowest=0, highest=KEPT)),
        }

    def summary(self, _values: Values) -> dict[str, Any]:
        """Return how many events there were, how many of each outcome, and how long their answers took."""
        return self._webhooks.summary()

    def change(self, values: Values) -> dict[str, Any]:
        """Change how events are sent (fields of sending.Sending). If one value is invalid, change nothing."""
        known = {item.name for item in fields(Sending)}
        for name in values.all():
            if name not in known:
                raise BadValueError(f"webhooks have no setting {name!r}; there are {', '.join(sorted(known))}")
        self._webhooks.sending = _changed(self._webhooks.sending, values)
        return asdict(self._webhooks.sending)

    def release(self, values: Values) -> dict[str, Any]:
        """Send the events that were held back, in reverse order if `reversed`."""
        return {"released": self._webhooks.release(in_reverse=values.true("reversed"))}

    def forget(self, _values: Values) -> dict[str, Any]:
        """Begin to count deliveries at 0."""
        self._webhooks.forget()
        return self._webhooks.summary()

    async def forge(self, values: Values) -> dict[str, Any]:
        """Send a forged event once, and return the status that it is answered with (0 for no answer).

        `event` is any JSON. `body` is a text that is sent instead, as it is. The event goes to `callback_url`, by
        default that of the subscription, and is not signed unless `signature` is given.
        """
        signature = values.one_of("signature", signatures.KINDS, "none")
        _need_secret(signature, self._webhooks.sending.secret)
        known = self._webhooks.subscription
        url = values.text("callback_url", known.callback_url if known else "")
        if not url.startswith(("http://", "https://")):
            raise BadValueError("there is no subscription: give callback_url, the address to send the event to")
        return {"status": await self._webhooks.forge(_forged(values), signature=signature, callback_url=url)}


def _changed(old: Sending, values: Values) -> Sending:
    """Return `old` with the given values. A new secret without `signature` means that events are signed correctly."""
    secret = values.text("secret", old.secret)
    default = old.signature if secret == old.secret else "right" if secret else "none"
    signature = values.one_of("signature", signatures.KINDS, default)
    _need_secret(signature, secret)
    return replace(
        old,
        mode=values.one_of("mode", MODES, old.mode),
        retry_s=values.within("retry_s", old.retry_s, highest=MOST_S),
        copies=values.whole("copies", old.copies, lowest=1, highest=MOST_COPIES),
        vary_copies=values.true("vary_copies", default=old.vary_copies),
        delay_ms=values.within("delay_ms", old.delay_ms, highest=LONGEST_MS),
        jitter_ms=values.within("jitter_ms", old.jitter_ms, highest=LONGEST_MS),
        shuffle_ms=values.within("shuffle_ms", old.shuffle_ms, highest=LONGEST_MS),
        lost_share=values.within("lost_share", old.lost_share, highest=1),
        secret=secret,
        signature=signature,
    )


def _need_secret(signature: Kind, secret: str) -> None:
    if signature in ("right", "stale") and not secret:
        raise BadValueError(f"a {signature} signature needs a secret: give one, or start with --webhook-secret")


def _forged(values: Values) -> bytes:
    """Return the body of a forged event: `body` as it is, else `event` as JSON. A text in `event` must be JSON."""
    if "body" in values:
        return values.text("body").encode()
    if "event" not in values:
        raise BadValueError("give event (any JSON) or body (a text)")
    event = values.all()["event"]
    if isinstance(event, str):
        try:
            event = json.loads(event)
        except ValueError:
            raise BadValueError("event is not JSON; give it as body to send it as it is") from None
    return json.dumps(event).encode()
