"""What is secret is sealed before it is stored: Fernet, with keys made of BRIDGE_KEY.

BRIDGE_KEY seals. BRIDGE_KEY_OLD, blanks between several, still opens what was sealed before BRIDGE_KEY was changed; it can
go once `make doctor` names no token of it. What was sealed for one Connection opens for no other: who may write to the
table cannot have a store post with another store's token.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = (
    b"bridge: tokens, version 1"  # another purpose of BRIDGE_KEY, or another way of sealing, has another word here
)


class SealedOtherwiseError(Exception):
    """None of our keys opens it, or it was sealed for something else."""


class Vault:
    """Seals and opens. `key_id` names the key that seals now, without telling it."""

    def __init__(self, keys: Sequence[str]) -> None:
        """keys: the one that seals, then those that only open. Raises ValueError for none, or an empty one."""
        if not keys or not all(keys):
            raise ValueError("a vault needs a key")
        derived = [_derived(key) for key in keys]
        self.key_id = hashlib.sha256(derived[0]).hexdigest()[:8]
        self._fernets = [Fernet(each) for each in derived]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Vault | None:
        """The vault of this environment; None where BRIDGE_KEY is not set."""
        key, old = environment.get("BRIDGE_KEY", ""), environment.get("BRIDGE_KEY_OLD", "")
        # A key may have a blank in it: the whole is tried as well as its words.
        return cls([key, *dict.fromkeys([old, *old.split()] if old else ())]) if key else None

    def __repr__(self) -> str:
        return f"Vault({self.key_id})"

    def seal(self, text: str, of: str) -> bytes:
        """The text, sealed for `of`."""
        return self._fernets[0].encrypt(f"{of}\n{text}".encode())

    def open(self, sealed: bytes, of: str) -> str:
        """The text. Raises SealedOtherwiseError."""
        for fernet in self._fernets:
            try:
                whose, _, text = fernet.decrypt(bytes(sealed)).decode().partition("\n")
            except InvalidToken:
                continue
            if whose == of:
                return text
            break
        raise SealedOtherwiseError(f"what is kept for {of} opens with none of our keys")


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(key.encode()))
