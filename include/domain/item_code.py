"""The Code of an item: the SKU itself where it fits, else a stable shorter form; no two SKUs of a store share one.

Xero takes 30 characters, and whether Codes may differ by letter case alone is not known, so they never do (reference
xero.md 7). A code once given stays: the link table says what is taken, and by which SKU.
"""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import count

CODE_MAX = 30
_DIGEST = 8


def codes_for(skus: Iterable[str], taken: Mapping[str, str]) -> dict[str, str]:
    """A code for each SKU that has none yet, whatever order they come in.

    taken  folded code -> the SKU that bears it
    """
    given: dict[str, str] = {}
    owners = dict(taken)
    # Those that keep their SKU choose first, so that a long one never takes the name of a short one.
    for sku in sorted(set(skus), key=lambda each: (code_of(each) != each, each)):
        code = next(made for nth in count() if owners.get(folded(made := code_of(sku, nth)), sku) == sku)
        owners[folded(code)] = sku
        given[sku] = code
    return given


def code_of(sku: str, nth: int = 0) -> str:
    """The nth code that a SKU may get: itself where it fits, then its beginning with a digest of all of it."""
    plain = " ".join("".join(each if each.isprintable() else " " for each in sku).split())
    if nth == 0 and 0 < len(plain) <= CODE_MAX:
        return plain
    salted = sku if nth < 2 else f"{sku}/{nth}"
    digest = hashlib.sha256(salted.encode()).hexdigest()[:_DIGEST]
    beginning = plain[: CODE_MAX - _DIGEST - 1].rstrip(" -")
    return f"{beginning}-{digest}" if beginning else digest


def folded(code: str) -> str:
    """What two codes have in common that differ by letter case alone."""
    return code.casefold()
