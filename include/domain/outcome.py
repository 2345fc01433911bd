"""How a document ends: posted, unchanged, skipped, held or failed, and the closed list of reasons (accounting.md 12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

OutcomeName = Literal["posted", "unchanged", "skipped", "held", "failed"]

# The order's outcome is the worst of its documents' (T1).
WORST_FIRST: Final[tuple[OutcomeName, ...]] = ("failed", "held", "posted", "unchanged", "skipped")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row of the closed list: the outcome it belongs to, what it means, and what a person can do."""

    outcome: OutcomeName
    sentence: str
    remedy: str


REASONS: Final[Mapping[str, Meaning]] = {
    # skipped: nothing is owed to the books
    "incomplete": Meaning("skipped", "The shopper never finished the checkout.", "Nothing to do."),
    "cancelled_never_paid": Meaning("skipped", "Cancelled before any money came.", "Nothing to do."),
    "declined": Meaning("skipped", "The payment was declined and no money came.", "Nothing to do."),
    "archived": Meaning("skipped", "Archived in the shop without money.", "Nothing to do."),
    "migrated_history": Meaning("skipped", "Imported history of an earlier shop system.", "Nothing to do."),
    "test_order": Meaning("skipped", "Every payment on it was a test.", "Nothing to do."),
    "b2b_invoice_payment": Meaning("skipped", "Not a sale: it pays an invoice of another order.", "Nothing to do."),
    "before_start": Meaning(
        "skipped", "Placed before this connection's first day.", "Move `start_from` to include it."
    ),
    "excluded_by_setting": Meaning(
        "skipped", "A setting keeps it out of the books.", "Change the setting if unwanted."
    ),
    "shadow": Meaning(
        "skipped",
        "A shadow run: it would be posted, and nothing is written.",
        "Set `mode: live` once the report is right.",
    ),
    "dry_run": Meaning(
        "skipped", "A dry run: the level would be changed, and nothing is written.", "Set `stock: dry_run: false`."
    ),
    "settling": Meaning(
        "skipped", "The last adjustment may not have taken effect yet.", "Nothing to do: the next run looks again."
    ),
    "no_sku": Meaning("skipped", "It has no SKU, and an item is known by nothing else.", "Give it a SKU in the shop."),
    "gone_from_shop": Meaning(
        "skipped", "The shop sells it no more; its item stays in Xero.", "Archive the item in Xero, if nobody needs it."
    ),
    "item_archived": Meaning(
        "skipped", "Its item was archived or deleted in Xero.", "Restore the item in Xero, if it is sold again."
    ),
    "not_in_store": Meaning("skipped", "The item is tracked in Xero and not stocked in the shop.", "Nothing to do."),
    "location_closed": Meaning(
        "skipped",
        "The shop's location is disabled: no stock can be set there.",
        "Enable it in the shop, or leave it out.",
    ),
    "waits_for_approval": Meaning(
        "skipped", "Its invoice is a draft, and Xero takes no payment on a draft.", "Approve the draft; it follows."
    ),
    "waits_for_clearing": Meaning(
        "skipped", "The money has not cleared yet, by the method's delay.", "Nothing to do: it follows on its day."
    ),
    "waits_for_status": Meaning(
        "skipped", "By setting it is not invoiced in this status.", "Nothing to do: it follows with its status."
    ),
    "waits_for_summary": Meaning(
        "skipped",
        "It enters the books with the summary of its day.",
        "Nothing to do: it follows once the day is over.",
    ),
    "customer_deleted": Meaning(
        "skipped", "The shop has deleted the customer.", "Nothing to do: the contact stays, with what was sold to it."
    ),
    "dropped": Meaning("skipped", "A person decided that it stays out of the books.", "Decide anew to bring it in."),
    # held: a person must decide
    "missing_field": Meaning(
        "held", "The shop sent the order without something the books need.", "Complete the order in the shop."
    ),
    "unknown_shape": Meaning(
        "held", "The order has a form that we do not know.", "Show it to the engineers; nothing was guessed."
    ),
    "total_differs": Meaning(
        "held",
        "The order's lines do not add up to its total.",
        "Correct the order in the shop, or post it by hand and skip it here.",
    ),
    "tax_unexplained": Meaning(
        "held", "No mapped tax rate gives the tax that was charged.", "Correct the order, or map the rate in tax rules."
    ),
    "tax_rate_unmapped": Meaning(
        "held", "The shop charged a rate that the tax rules do not know.", "Add a tax rule for it, then release."
    ),
    "tax_type_dead": Meaning(
        "held", "The mapped tax type is not active in Xero.", "Choose an active tax type in the tax rules."
    ),
    "account_dead": Meaning(
        "held", "The mapped account is missing, archived or may not be used for this.", "Choose another account."
    ),
    "sku_unmapped": Meaning("held", "The SKU is not an item in Xero.", "Create the item, or allow posting without it."),
    "currency_unknown": Meaning(
        "held", "The order's currency cannot be booked in this organisation.", "Enable the currency in Xero."
    ),
    "method_unmapped": Meaning(
        "held", "The payment method has no account.", "Name its account under `payments` in the store's settings."
    ),
    "setting_unanswered": Meaning("held", "A question of the set-up is not answered.", "Answer it in the settings."),
    "locked_period": Meaning(
        "held",
        "Its date lies in a period that is closed in Xero.",
        "Open the period, or let it post on the first open day.",
    ),
    "overpaid": Meaning("held", "More money came than the order is worth.", "Decide whether to refund or to keep it."),
    "cancelled_with_money": Meaning(
        "held", "Cancelled or archived although money came or it was posted.", "Refund it in the shop, or credit it."
    ),
    "part_paid": Meaning("held", "Only a part was paid so far.", "Wait for the rest, or post the deposit by hand."),
    "edited_after_payment": Meaning(
        "held", "Changed in the shop after it was posted and paid.", "Post the proposed difference, or undo the change."
    ),
    "edited_in_xero": Meaning(
        "held", "Somebody changed the document in Xero.", "Decide which of the two is right; we never overwrite."
    ),
    "number_taken": Meaning(
        "held", "The number is used by another document in Xero.", "Check that document; adopt it, or rename it."
    ),
    "contact_ambiguous": Meaning(
        "held", "Several contacts in Xero could be this customer.", "Merge them in Xero, or choose one."
    ),
    "contact_archived": Meaning("held", "The customer's contact is archived in Xero.", "Restore the contact in Xero."),
    "refund_unexplained": Meaning(
        "held", "The refund cannot be matched to what was sold.", "Decide its lines and its tax; then release."
    ),
    "refund_declined": Meaning("held", "A payment of the refund was declined.", "Repeat it in the shop, or drop it."),
    "refund_without_record": Meaning(
        "held", "The shop says refunded, but holds no refund record.", "Record the refund in the shop."
    ),
    "voucher_kind_unanswered": Meaning(
        "held",
        "Gift certificates are sold and nobody said how they are taxed.",
        "Answer `voucher_kind` in the settings.",
    ),
    "stock_short": Meaning(
        "held", "Xero has not enough of an item on hand.", "Book the stock in, then it posts itself."
    ),
    "plan_limit": Meaning("held", "The Xero plan allows no more invoices this month.", "Upgrade the plan, or wait."),
    "answer_differs": Meaning(
        "held", "Xero keeps it otherwise than it was sent.", "Correct it in Xero; it is in the books already."
    ),
    "sku_twice": Meaning("held", "Two products of the shop bear one SKU.", "Give one of them another SKU in the shop."),
    "item_code_taken": Meaning(
        "held",
        "An item that Xero does not list has its code: an archived one, perhaps.",
        "Restore that item in Xero: it is taken over as it is. Or give the product another SKU.",
    ),
    "edited_on_both_sides": Meaning(
        "held",
        "Shop and bookkeeper both changed it; what stands in Xero stays.",
        "Nothing to do if Xero is right. If the shop is, type its value in Xero: then both agree.",
    ),
    "anomaly": Meaning("held", "The amount is far from what is usual.", "Look at it, then release."),
    "level_unsteady": Meaning(
        "held",
        "The shop's level does not stay as we set it.",
        "Find what else sets this item's stock and end it; then make stock-release lets it through.",
    ),
    "b2b_receipt": Meaning("held", "Money that pays an invoice of another order.", "Say which invoice it pays."),
    "invoice_held": Meaning("held", "The invoice that it belongs to is held.", "Decide the invoice first."),
    # failed: a retry is due
    "vendor_down": Meaning("failed", "The other system did not answer.", "Nothing to do: it is tried again."),
    "limit_spent": Meaning("failed", "The day's calls are spent.", "Nothing to do: it goes on by itself."),
    "outcome_unknown": Meaning("failed", "Sent, but the answer was lost.", "Nothing to do: it is read back first."),
    "refused_by_vendor": Meaning(
        "failed", "Xero refused it.", "Read its message; correct the cause; it is tried again."
    ),
    "busy_elsewhere": Meaning("failed", "Another run is working on this order.", "Nothing to do: it is tried again."),
    "waits_for_invoice": Meaning(
        "failed", "Its invoice is not in the books yet.", "Nothing to do: it follows the invoice."
    ),
}


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing is posted, and nobody needs to act."""

    reason: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A person must decide. `sentence` is what a bookkeeper reads, `figures` the amounts it speaks of."""

    reason: str
    sentence: str
    figures: Mapping[str, str] = field(default_factory=dict)
    remedy: str = ""

    def to_do(self) -> str:
        """What a person can do about it."""
        return self.remedy or REASONS[self.reason].remedy


def worst(outcomes: Iterable[OutcomeName]) -> OutcomeName:
    """The order's outcome out of its documents' (T1). Empty is a defect of the caller and raises ValueError."""
    return min(outcomes, key=WORST_FIRST.index)
