"""The paper as one page of HTML that needs nothing else: no picture, no font from elsewhere. Printed, it is the PDF.

Every text in it is escaped by the template; what is put into the style sheet is escaped here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from include.domain.reconciliation import Paper, Row, Signature
from include.papers import telling, trend, words

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class SignForm:
    """The form by which the one who reads may sign: where it goes, and what it carries unseen."""

    action: str
    who: str
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """The pages that a paper stands among.

    ways    of each its name, its address, and whether the reader is on it
    script  what runs first, such as light or dark as the reader chose; ours, and trusted
    """

    ways: Sequence[tuple[str, str, bool]]
    script: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a paper: the shop's name, and ways to elsewhere. Empty is left out.

    order_url  what an order's number is put behind, in the shop's control panel
    unsigned   the sentence where nobody signed and the reader may not: how it is signed
    site       the pages that it stands among; alone, as a file, it needs none
    """

    store_name: str = ""
    order_url: str = ""
    index_url: str = ""
    csv_url: str = ""
    xlsx_url: str = ""
    sign: SignForm | None = None
    unsigned: str = ""
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day in the list of days: the version that is newest, and the signature of the one that was signed."""

    day: date
    version: int
    agrees: bool
    differences: int
    signature: Signature | None
    url: str
    shadow: bool = False


def page(paper: Paper, around: Around | None = None) -> str:
    """The paper as a page."""
    around = around or Around()
    report = paper.report
    currencies: dict[str, list[Row]] = {}
    for row in report.rows:
        currencies.setdefault(row.currency, []).append(row)
    name = around.store_name or report.store
    return (
        _templates()
        .get_template("paper.html")
        .render(
            paper=paper,
            report=report,
            around=around,
            site=around.site,
            name=name,
            order_url=around.order_url if around.order_url.startswith(("https://", "http://")) else "",
            running=css_text(f"{name}, reconciliation of {words.day(report.day)}, version {paper.version}"),
            look=telling.look(telling.newest(paper)),
            headline=telling.headline(paper),
            verdict=telling.verdict(report),
            because=telling.because(report),
            addenda=telling.changes(paper),
            currencies=currencies,
            unnamed=telling.unnamed(report),
            groups=telling.by_cause(report.open),
            explained=telling.explained(report),
            trend=trend.drawn(paper.trend, report.day),
        )
    )


def days_page(
    store_name: str,
    store_key: str,
    days: Sequence[DayLine],
    stores: Sequence[tuple[str, str, str]],
    site: Site | None = None,
) -> str:
    """The list of a store's days, newest first, or a sentence where there is none.

    stores  of every store its key, its name, and where its days are listed
    """
    running = css_text(f"{store_name}, reconciliation")
    return (
        _templates()
        .get_template("days.html")
        .render(name=store_name, key=store_key, days=days, stores=stores, running=running, site=site)
    )


def css_text(text: str) -> str:
    """The text as it may stand between quotes in a style sheet, whatever a shop is called."""
    return "".join(
        each if each.isascii() and (each.isalnum() or each in " ,.") else f"\\{ord(each):06x}" for each in text
    )


@cache
def _templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("money", "whole", "sums", "quantity", "many", "day", "moment", "day_of", "age"):
        found.filters[name] = getattr(words, name)
    for name in ("gap", "row_gap", "meaning_of", "verdict"):
        found.filters[name] = getattr(telling, name)
    found.globals.update(NAMES=telling.NAMES, CAUSE_NAMES=telling.CAUSE_NAMES, drawing=trend)
    return found
