"""Hydra's error responses: JSON with `error`, `error_description`, `error_hint` and `status_code`."""

from simulators.http import Response, json_response

DESCRIPTIONS = {
    "invalid_request": "The request is missing a required parameter, includes an invalid parameter value, includes a"
    " parameter more than once, or is otherwise malformed",
    "invalid_client": "Client authentication failed (e.g., unknown client, no client authentication included, or"
    " unsupported authentication method)",
    "invalid_grant": "The provided authorization grant (e.g., authorization code, resource owner credentials) or"
    " refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request,"
    " or was issued to another client",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server",
    "unsupported_response_type": "The authorization server does not support obtaining a token using this method",
    "invalid_scope": "The requested scope is invalid, unknown, or malformed",
    "invalid_state": "The state is missing or does not have enough characters and is therefore considered too weak",
    "access_denied": "The resource owner denied the request",
    "login_required": "The Authorization Server requires End-User authentication",
    "consent_required": "The Authorization Server requires End-User consent",
    "request_unauthorized": "The request could not be authorized",
    "server_error": "The authorization server encountered an unexpected condition that prevented it from fulfilling the"
    " request",
}
STATUSES = {"invalid_client": 401, "request_unauthorized": 401, "server_error": 500}


class OAuthError(Exception):
    """An error of the protocol."""

    def __init__(self, error: str, hint: str = "") -> None:
        super().__init__(error)
        self.error, self.hint, self.status = error, hint, STATUSES.get(error, 400)

    def fields(self) -> dict[str, str]:
        """Return the parameters of a redirect back to the client."""
        fields = {"error": self.error, "error_description": DESCRIPTIONS[self.error]}
        return fields | ({"error_hint": self.hint} if self.hint else {})

    def response(self) -> Response:
        response = json_response(self.fields() | {"status_code": self.status}, status=self.status)
        response.headers |= {"Cache-Control": "no-store", "Pragma": "no-cache"}
        if self.error == "request_unauthorized":
            response.headers["WWW-Authenticate"] = f'Bearer error="{self.error}"'
        return response
