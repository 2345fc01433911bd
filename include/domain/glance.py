"""Whether an ordinary order's books depend on nothing but the order itself, told from few of its fields.

Reading an order whole costs more than all else that extraction does with it, and nine of ten need no other part. This
only ever says "nothing more is needed" where `parts_needed` says so too (a test compares them on all cases).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from include.domain.policy import Policy, Reference
from include.domain.proof import Piece
from include.domain.receipt import needs_tenders
from include.domain.status import says_refunded
from include.domain.tax import leaves_tax_open, setting_of


@dataclass(frozen=True, slots=True)
class Glance:
    """An order of one delivery, without discounts, fees, handling, wrapping, certificates or store credit.

    pieces   what it is made of, as the whole order would be proved by; their `line` is not read.
    """

    created_at: datetime
    modified_at: datetime
    status_id: int
    archived: bool
    payment_method: str
    payment_status: str
    currency: str
    inclusive: bool
    total_inc: Decimal
    pieces: tuple[Piece, ...]


def settled(glance: Glance, policy: Policy, reference: Reference) -> bool:
    """Whether no other part of the order is needed. If not, its whole is to be asked (`parts_needed`)."""
    if policy.b2b_edition or policy.tax_detail == "always" or policy.tax_posting == "liability_line":
        return False
    if says_refunded(glance) or needs_tenders(glance, policy):
        return False
    setting = setting_of(policy, reference, glance.currency, inclusive=glance.inclusive)
    return not any(leaves_tax_open(piece, setting) for piece in glance.pieces)
