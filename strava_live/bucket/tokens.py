"""Give valid access tokens of a user's connection to Bucket, and of connections that are being revoked."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from strava_live.accounts.token_columns import TokenColumns
from strava_live.accounts.token_service import NewTokens, TokenService, columns_of_tokens
from strava_live.accounts.token_source import ConnectionTokenSource, note_reconnect_needed, noting_trouble
from strava_live.accounts.token_storage import is_same
from strava_live.broadcast import announce_work_after_commit
from strava_live.bucket.bucket_app import bucket
from strava_live.bucket.models import BucketConnection, BucketRevocation
from strava_live.bucket.provider import NEEDED_SCOPES
from strava_live.bucket_client.errors import BucketError, BucketReconnectNeeded, BucketScopeMissing
from strava_live.bucket_client.shapes import BucketTokens


class BucketTokensUnreadable(BucketReconnectNeeded):
    """None of the keys in FIELD_KEYS decrypts the stored tokens.

    Nothing is noted in the row of the connection, because the operator may put the right key back.
    """

    sentence = "This site can no longer read its key to your Bucket."


async def refresh_at_bucket(refresh_token: str) -> BucketTokens:
    return await bucket().refresh(refresh_token)


def revoke_unstored(spent: TokenColumns, tokens: NewTokens, _is_connected: bool) -> None:
    """Have Bucket revoke new tokens whose connection was deleted, or got another grant, before they could be stored.

    Store them in the revocation that has the old tokens, which the refresh has made invalid. If there is no such
    revocation, create one.
    """
    for revocation in BucketRevocation.objects.select_for_update().order_by("pk"):
        if is_same(revocation.refresh_token, spent.refresh_token):
            BucketRevocation.objects.filter(pk=revocation.pk).update(**columns_of_tokens(tokens))
            break
    else:
        BucketRevocation.objects.create(**columns_of_tokens(tokens), scopes=spent.scopes)
    announce_work_after_commit()


def tokens_of(model: type[BucketConnection] | type[BucketRevocation]) -> TokenService[TokenColumns]:
    return TokenService(
        name="Bucket",
        model=model,
        key="pk",
        refresh=refresh_at_bucket,
        errors=BucketError,
        reconnect_needed=BucketReconnectNeeded,
        unreadable=BucketTokensUnreadable,
        reject=revoke_unstored,
    )


BUCKET_TOKENS, REVOCATION_TOKENS = tokens_of(BucketConnection), tokens_of(BucketRevocation)


@asynccontextmanager
async def bucket_token_source(
    connection: BucketConnection | BucketRevocation,
) -> AsyncGenerator[ConnectionTokenSource[TokenColumns]]:
    """Yield the source of a connection's tokens, for the calls to Bucket in the block.

    If the block raises BucketReconnectNeeded, note in the row of the connection that the user must reconnect. For its
    subclass BucketTokensUnreadable, only log a warning.

    For BucketScopeMissing, note the same if the scope is in NEEDED_SCOPES. The user has granted these, so there is
    another cause: Bucket refuses even new tokens. Without the note, each further call would refresh the tokens in vain.
    """
    service = BUCKET_TOKENS if isinstance(connection, BucketConnection) else REVOCATION_TOKENS
    source = ConnectionTokenSource(service, connection.pk)
    try:
        async with noting_trouble(source):
            yield source
    except BucketScopeMissing as error:
        if error.scope in NEEDED_SCOPES and source.connection is not None:
            await note_reconnect_needed(service, source.connection, error)
        raise
