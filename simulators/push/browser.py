"""A browser that subscribes at a push service: its keys, and how it decrypts messages (RFC 8291)."""

import base64
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
SALT_BYTES, SIZE_BYTES = 16, 4
LEAST_RECORD = 18
"""The smallest record size that aes128gcm allows (RFC 8188)."""


class UnreadableError(ValueError):
    """A message was not encrypted for this browser, or not as RFC 8291 says."""


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(slots=True)
class Browser:
    """One subscription. `site_key` is the public key of the only site that may send; "" lets every site send."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(90))
    """The last part of the endpoint: as long as those of real push services."""
    site_key: str = ""
    gone: bool = False
    """Whether the browser has unsubscribed."""
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> dict[str, str]:
        """The keys as `PushSubscription.toJSON()` has them in a browser."""
        return {"p256dh": encoded(self.public), "auth": encoded(self.secret)}

    def decrypt(self, body: bytes) -> bytes:
        """Return the text of a message. Raise UnreadableError if this browser could not read it."""
        salt, rest = body[:SALT_BYTES], body[SALT_BYTES:]
        if len(rest) < SIZE_BYTES + 1:
            raise UnreadableError("the body is too short")
        record, length = int.from_bytes(rest[:SIZE_BYTES]), rest[SIZE_BYTES]
        sender, sealed = rest[SIZE_BYTES + 1 :][:length], rest[SIZE_BYTES + 1 + length :]
        if not LEAST_RECORD <= len(sealed) <= record:
            raise UnreadableError("the message is not one record")
        try:
            shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
            plain = self._opened(shared, sender, salt, sealed)
        except (ValueError, InvalidTag) as error:
            raise UnreadableError("it was encrypted for another browser") from error
        text, end = plain.rstrip(b"\0")[:-1], plain.rstrip(b"\0")[-1:]
        if end != b"\2":
            raise UnreadableError("the end of the message is not marked")
        return text

    def _opened(self, shared: bytes, sender: bytes, salt: bytes, sealed: bytes) -> bytes:
        secret = _derived(shared, self.secret, b"WebPush: info\0" + self.public + sender, 32)
        key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        return AESGCM(key).decrypt(nonce, sealed, None)


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)
