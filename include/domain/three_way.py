"""Three-way comparison: what was sent last, what stands there now, what would be sent today.

A field that only we changed is sent; one that a person changed there is theirs, for good or until both sides agree again.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Merged:
    """What follows for one record.

    send   the fields that only we changed, with our value
    kept   the fields that both changed: (ours, theirs). Theirs stays, and a person is told
    sent   what is remembered as sent last once `send` has arrived
    """

    send: Mapping[str, str]
    kept: Mapping[str, tuple[str, str]]
    sent: Mapping[str, str]


def merged(sent: Mapping[str, str], theirs: Mapping[str, str], ours: Mapping[str, str]) -> Merged:
    """Compare field by field; a field that is not in a mapping is empty text. Fields that are not ours are not looked at.

    sent  of a record that was there before us: our own values then, so that nothing of theirs is ever taken for ours
    """
    send: dict[str, str] = {}
    kept: dict[str, tuple[str, str]] = {}
    remembered: dict[str, str] = {}
    for name, mine in ours.items():
        last, there = sent.get(name, ""), theirs.get(name, "")
        remembered[name] = last
        if mine == there:
            remembered[name] = mine
        elif mine != last and there == last:
            send[name] = remembered[name] = mine
        elif mine != last:
            kept[name] = (mine, there)
    return Merged(send, kept, remembered)
