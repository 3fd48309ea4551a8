"""ID tokens: JWTs with RS256, as Hydra issues them. The key is made when the first token is signed."""

import base64
import json
from collections.abc import Callable
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

KEY_ID = "public:stand-in"


class IdTokens:
    """Signs ID tokens with a key of this process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, issuer: str, expires_at: float, claims: dict[str, object]) -> str:
        now = int(self._clock())
        times = {"iss": issuer, "iat": now, "auth_time": now, "exp": int(expires_at)}
        head = _coded(json.dumps({"alg": "RS256", "typ": "JWT", "kid": KEY_ID}).encode())
        body = _coded(json.dumps(claims | times).encode())
        signature = self._key.sign(f"{head}.{body}".encode(), padding.PKCS1v15(), SHA256())
        return f"{head}.{body}.{_coded(signature)}"

    def keys(self) -> dict[str, object]:
        """Return the JSON Web Key Set with which a client checks the signatures."""
        numbers = self._key.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID}
        return {"keys": [key | {"n": _coded_number(numbers.n), "e": _coded_number(numbers.e)}]}


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _coded_number(number: int) -> str:
    return _coded(number.to_bytes((number.bit_length() + 7) // 8))
