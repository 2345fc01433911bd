"""What is done about one item: created, updated where only the shop changed, taken over, or left to the bookkeeper."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from include.domain.item import as_compared
from include.domain.outcome import Hold, Skip
from include.domain.three_way import merged

Act = Literal["create", "update", "nothing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An item as Xero lists it now. `fields` are those that we might send, as text."""

    item_id: str
    code: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Linked:
    """What we know of an item from before.

    item_id  None: its code is reserved, and nothing stands in Xero by us
    sent     the fields as we sent them last, or, of one that was there before us, as we would have sent them then
    wanted   the fields that the shop wanted when it was decided last
    """

    code: str
    item_id: str | None
    sent: Mapping[str, str] = field(default_factory=dict)
    wanted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemDecided:
    """What follows.

    send      the fields that leave; empty where nothing does
    sent      what is remembered as sent last once they have arrived
    standing  the item that it is in Xero, if any
    adopted   it was there before us
    news      fields that both sides changed, and that nobody was told of: (the shop's, Xero's). Xero's stays
    stopped   why nothing leaves although the shop changed it
    """

    act: Act
    send: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)
    standing: Standing | None = None
    adopted: bool = False
    news: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    stopped: Hold | Skip | None = None


def decided(wanted: Mapping[str, str], linked: Linked, by_id: Standing | None, by_code: Standing | None) -> ItemDecided:
    """Compare what the shop wants with what was sent last and with what stands there.

    by_id    the item that the link names, if Xero lists it
    by_code  the item that bears its code, in whatever letter case, if Xero lists one
    """
    standing = by_id or by_code
    if standing is None and linked.item_id is not None:
        words = (
            f"Xero does not list item {linked.code} any more: somebody archived or deleted it there, and so it stays."
        )
        return ItemDecided("nothing", stopped=Skip("item_archived", words))
    if standing is None:
        return ItemDecided("create", wanted, wanted)
    theirs = {name: as_compared(name, text) for name, text in standing.fields.items()}
    if standing is not by_id:  # it was there before us: nothing of theirs is ever taken for ours
        return ItemDecided("nothing", sent=dict(wanted), standing=standing, adopted=True)
    result = merged(linked.sent, theirs, wanted)
    news = {name: both for name, both in result.kept.items() if linked.wanted.get(name) != wanted[name]}
    return ItemDecided("update" if result.send else "nothing", result.send, result.sent, standing, news=news)


def both_changed(code: str, news: Mapping[str, tuple[str, str]]) -> Hold:
    """The hold that tells of fields which shop and bookkeeper both changed."""
    words = "; ".join(f"{name} is {theirs!r} in Xero and {ours!r} in the shop" for name, (ours, theirs) in news.items())
    figures = {name: f"{theirs} | {ours}" for name, (ours, theirs) in news.items()}
    return Hold("edited_on_both_sides", f"{code}: {words[:1500]}. Xero's stays.", figures)
