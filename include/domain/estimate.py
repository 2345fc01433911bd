"""What a backfill will cost: calls of both vendors, minutes, days of Xero's budget. Arithmetic over what was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

PAGE_ORDERS = 250  # a page of the shop's list (reference bigcommerce.md 3)
CHUNK = 50  # documents a write of Xero's (reference xero.md 2.3)
CALLS_A_MINUTE = 60  # Xero's own limit (reference xero.md 2.1)
SHOP_CALLS_A_SECOND = 4.0  # three at once, at some 0.7 s each
RUN_S = 12.0  # what Airflow takes for a day's tasks, whatever is in them
DAY_CALLS = 5000


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known before a backfill begins.

    orders      placed in the range, as the shop counts them
    in_books    of them in the books already: they cost no write
    days        runs
    looked_up   of a hundred orders how many need calls of their own (tenders, taxes, refunds), as it was lately
    new_shoppers of a hundred orders how many have a contact that is not known yet, as it was lately
    left        calls of Xero left today for batches; None where nobody knows
    """

    orders: int
    in_books: int
    days: int
    looked_up: float
    new_shoppers: float
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Calls, seconds, and how many of Xero's days it takes."""

    shop_calls: int
    books_calls: int
    seconds: float
    budget_days: int


def estimate(counted: Counted, a_day: int = DAY_CALLS) -> Estimate:
    """What the backfill will cost.

    a_day  calls that batches may make of Xero's day. One organisation call a run; invoices and payments by fifty, contacts
           that are new by fifty with one look-up before; what is in the books already is compared here and not there.
    """
    new = max(0, counted.orders - counted.in_books)
    days = max(1, counted.days)
    a_run = new / days
    shop_calls = sum(max(1, ceil(each / PAGE_ORDERS)) for each in _spread(counted.orders, days))
    shop_calls += round(counted.orders * counted.looked_up / 100)
    contacts = a_run * counted.new_shoppers / 100
    books_calls = counted.days + ceil(days * (2 * _chunks(a_run) + 2 * _chunks(contacts)))
    seconds = counted.days * RUN_S
    seconds += max(60 * max(0, ceil(books_calls / CALLS_A_MINUTE) - 1), shop_calls / SHOP_CALLS_A_SECOND)
    return Estimate(shop_calls, books_calls, seconds, _budget_days(books_calls, counted.left, a_day))


def _chunks(documents: float) -> float:
    """Requests for so many documents; a run with a few has one."""
    return float(ceil(documents / CHUNK)) if documents >= 1 else documents


def _spread(orders: int, days: int) -> Sequence[int]:
    each, more = divmod(orders, days)
    return [each + (1 if day < more else 0) for day in range(days)]


def _budget_days(calls: int, left: int | None, a_day: int) -> int:
    """1: it is done within today's calls."""
    over = max(0, calls - (a_day if left is None else max(0, left)))
    return 1 + ceil(over / max(1, a_day))


def remaining_s(done: int, running_s: float, left: int, at_once: int) -> tuple[float, float] | None:
    """Between how many seconds the rest will take, by what the runs that are done took; None before there are two of them.

    done, left  runs
    running_s   from the first run's start until now
    """
    if done < 2 or left <= 0:
        return None if left > 0 else (0.0, 0.0)
    a_run = running_s / done
    return 0.7 * a_run * left, 1.5 * a_run * left + a_run / max(1, at_once)
