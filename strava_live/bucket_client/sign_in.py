"""Bucket's sign-in: exchange a code for tokens, refresh them, revoke them, and ask to whom they belong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

from strava_live.bucket_client.calls import BucketCalls, expect_nothing, reading
from strava_live.bucket_client.errors import BucketReconnectNeeded
from strava_live.bucket_client.faults import sign_in_error
from strava_live.bucket_client.payloads import read_person, read_tokens
from strava_live.bucket_client.shapes import BucketPerson, BucketTokens
from strava_live.http.transport import Request

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class BucketSignIn(BucketCalls):
    """The OAuth client of this site at Bucket, with a secret, or without one."""

    oauth_url: str
    """The address that the paths `token` and `revoke` are appended to."""
    userinfo_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)

    async def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> BucketTokens:
        """Return the tokens for the code of a sign-in. Each code works once.

        `redirect_uri` must be the address to which the code was sent, and `verifier` must match PKCE's challenge.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        return await self.post_for_tokens(form)

    async def refresh(self, refresh_token: str) -> BucketTokens:
        """Return new tokens. Store them before using them: the old ones are invalid from now on.

        The request is repeated if its answer is lost. If Bucket has carried out the first request, it refuses the old
        token in the second; then BucketReconnectNeeded is raised. All attempts take at most `timeouts.total`.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self.post_for_tokens(form, refresh=refresh_token)

    async def revoke(self, token: str) -> None:
        """Revoke a token. Revoking the refresh token ends its access token, too.

        The call can be repeated: it also succeeds for a token that is already invalid.
        """
        try:
            await self.call_sign_in(self.sign_in_request("revoke", {"token": token}), expect_nothing)
        except BucketReconnectNeeded:
            return

    async def person(self, access_token: str) -> BucketPerson:
        """Return the person to whom the token belongs."""
        request = Request("GET", self.userinfo_url, bearer=access_token)
        return await self.call_sign_in(request, reading(read_person))

    async def post_for_tokens(self, form: Mapping[str, str], *, refresh: str = "") -> BucketTokens:
        request = self.sign_in_request("token", form)
        read = reading(lambda data: read_tokens(data, now=self.now(), refresh=refresh))
        return await self.call_sign_in(request, read)

    async def call_sign_in(self, request: Request, read: Callable[[bytes], T]) -> T:
        return await self.call(request, read=read, error_for=sign_in_error, paced=False)

    def sign_in_request(self, path: str, form: Mapping[str, str]) -> Request:
        """Return a POST that identifies this site: by Basic authentication, or by its id alone if it has no secret."""
        url = f"{self.oauth_url}/{path}"
        if not self.client_secret:
            return Request("POST", url, form={**form, "client_id": self.client_id})
        # The id contains a colon, at which Basic authentication would cut it. RFC 6749, 2.3.1 says to encode both.
        credentials = quote(self.client_id, safe=""), quote(self.client_secret, safe="")
        return Request("POST", url, form=form, basic=credentials)
