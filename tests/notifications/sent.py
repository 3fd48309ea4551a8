"""Send what is due in the outbox of browser push in this process, as a worker does, and read what arrived."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone

from simulators.push_process import PushStandIn
from strava_live.notifications.push_models import OutgoingPush
from strava_live.notifications.push_sending import PushSender
from tests.push_client.clients import SubscribedBrowser, until_met


async def send_due(sender: PushSender | None = None) -> PushSender:
    """Send until nothing is due."""
    sender = sender or PushSender()
    while True:
        await sender.claim_and_send()
        if not sender.tasks:
            return sender
        await asyncio.gather(*sender.tasks.values())


async def send_later(sender: PushSender | None = None) -> PushSender:
    """Send also what is due later, as if that time had come."""
    await OutgoingPush.objects.live().aupdate(due_at=timezone.now())
    return await send_due(sender)


async def shown_in(browser: SubscribedBrowser) -> list[dict[str, Any]]:
    """Return the notifications that a browser was sent, each as its script reads it."""
    texts = await sync_to_async(browser.texts)()
    return [json.loads(text) for text in texts]


@asynccontextmanager
async def sending_held(push_service: PushStandIn, sender: PushSender) -> AsyncIterator[None]:
    """Send what is due, and run the block while the push service holds it. Then wait until it has been sent."""
    async with held_by(push_service):
        await sender.claim_and_send()
        await until_met(push_service)
        yield
    await asyncio.gather(*sender.tasks.values())


@asynccontextmanager
async def held_by(push_service: PushStandIn) -> AsyncIterator[None]:
    """Let the push service hold all messages until the block ends."""
    held = await sync_to_async(push_service.fault)("hold")
    try:
        yield
    finally:
        await sync_to_async(push_service.clear_fault)(held)
