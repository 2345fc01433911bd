"""What a form of ours carries, so that it cannot be sent from elsewhere in somebody's name (CSRF): Airflow's log-in is a
cookie, which a browser sends along with a form of any site that calls itself the same.

    until.mac    until: seconds since 1970; mac: HMAC-SHA256 over who, what it is about, and until
"""

import hmac
import time

LASTS_S = 2 * 3600  # a page that is open for longer is read again before it is signed


def token(key: str, who: str, about: str, now: float | None = None) -> str:
    """A token for one person and one thing. key: the secret of Airflow's own forms, from which ours is derived."""
    until = int((time.time() if now is None else now) + LASTS_S)
    return f"{until}.{_mac(key, who, about, until)}"


def is_ours(given: str, key: str, who: str, about: str, now: float | None = None) -> bool:
    """Whether we gave this token to this person for this thing, not too long ago."""
    until, _, mac = given.partition(".")
    if not key or not (until.isascii() and until.isdigit() and len(until) < 12):
        return False
    is_equal = hmac.compare_digest(_mac(key, who, about, int(until)).encode(), mac.encode())
    return is_equal and int(until) >= (time.time() if now is None else now)


def _mac(key: str, who: str, about: str, until: int) -> str:
    purpose = hmac.digest(key.encode(), b"bridge: forms, version 1", "sha256")
    told = "".join(f"{len(each)}:{each}," for each in (who, about, str(until)))
    return hmac.new(purpose, told.encode(), "sha256").hexdigest()
