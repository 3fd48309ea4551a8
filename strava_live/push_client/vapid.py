"""The key with which this site signs its requests to push services."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

CURVE = ec.SECP256R1()
KEY_BYTES = 32
UNPADDED = re.compile(r"[A-Za-z0-9_-]*")


def unpadded(data: bytes) -> str:
    """Return base64 with - and _, without = at the end, as browsers and push services use it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes of `unpadded` text. Raise ValueError if it is not such text."""
    if not UNPADDED.fullmatch(text):
        raise ValueError("not base64 without padding")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_private_key() -> str:
    """Return a new random private key, as the setting VAPID_PRIVATE_KEY has it."""
    return key_derived_from(secrets.token_hex(KEY_BYTES))


def key_derived_from(secret: str) -> str:
    """Return the private key that belongs to a secret. The same secret always gives the same key."""
    for number in range(256):
        number_bytes = hashlib.sha256(f"{secret} VAPID {number}".encode()).digest()
        if is_private_key(key := unpadded(number_bytes)):
            return key
    raise ValueError("no key")  # the chance of this is below 1 in 2^8000


def is_private_key(text: str) -> bool:
    """Return True if `text` is a private key: 32 bytes as base64 with - and _, without = at the end."""
    try:
        VapidKey.read(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class VapidKey:
    """A private key, with its public key."""

    private_pem: bytes = field(repr=False)
    public_pem: bytes
    public: str
    """The public key, as browsers need it to subscribe (`applicationServerKey`)."""

    @classmethod
    def read(cls, text: str) -> "VapidKey":
        """Read a private key. Raise ValueError if it is not one."""
        number = decoded(text)
        if len(number) != KEY_BYTES:
            raise ValueError("a private key has 32 bytes")
        private = ec.derive_private_key(int.from_bytes(number), CURVE)
        public = private.public_key()
        point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return cls(
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
            unpadded(point),
        )
