"""Pages until there are no more, and never for ever.

`by_key` asks for what comes after the last key seen, so rows that leave the list while we read shift nothing.
`by_page` counts pages, for lists that only grow at their end or belong to one record.
Both raise NotUnderstood when a vendor gives the same page again, and when the last page allowed is still full.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from include.clients.errors import NotUnderstood

T = TypeVar("T")

PAGES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page.

    content   what the caller wants of it.
    keys      one key a row, in the order given: keyset paging goes on after the last, and repeats show in them.
    is_last   whether the vendor has said, or a short page shows, that nothing follows.
    """

    content: T = field(repr=False)
    keys: tuple[Hashable, ...]
    is_last: bool


def by_key(fetch: Callable[[int], Page[T]], *, after: int = 0, what: str, pages_max: int = PAGES_MAX) -> Iterator[T]:
    """The content of each page that is not empty; `fetch(key)` gives the rows whose key is above `key`.

    Raises NotUnderstood when keys do not ascend from page to page: then the vendor ignores our place in the list.
    """
    for _ in range(pages_max):
        page = fetch(after)
        keys = [key for key in page.keys if isinstance(key, int)]
        if len(keys) != len(page.keys) or keys != sorted(set(keys)) or (keys and keys[0] <= after):
            raise NotUnderstood(f"{what} do not come in the order asked for, or come again.")
        if keys:
            yield page.content
            after = keys[-1]
        if page.is_last or not keys:
            return
    raise NotUnderstood(f"{what} do not end after {pages_max} pages.")


def by_page(fetch: Callable[[int], Page[T]], *, what: str, pages_max: int = PAGES_MAX) -> Iterator[T]:
    """The content of each page from page 1 on; the first one also when it is empty, since "none" is an answer."""
    seen: dict[int, int] = {}  # a digest of each page, not its keys: ten thousand pages stay small
    for number in range(1, pages_max + 1):
        page = fetch(number)
        before = seen.setdefault(hash(page.keys), number) if page.keys else number
        if before != number:
            raise NotUnderstood(f"{what}: page {number} is page {before} again.")
        if page.keys or number == 1:
            yield page.content
        if page.is_last or not page.keys:
            return
    raise NotUnderstood(f"{what} do not end after {pages_max} pages.")
