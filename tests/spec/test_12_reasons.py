"""accounting.md 12: the closed list of reasons. A reason outside it is a sentence that no bookkeeper can act on."""

import re
from pathlib import Path

import pytest

from include.domain.outcome import REASONS

ROOT = Path(__file__).parents[2]
SKIPPED = (
    "incomplete cancelled_never_paid declined archived migrated_history test_order b2b_invoice_payment before_start "
    "excluded_by_setting"
)
HELD = (
    "missing_field unknown_shape total_differs tax_unexplained tax_type_dead account_dead sku_unmapped currency_unknown "
    "method_unmapped setting_unanswered locked_period overpaid cancelled_with_money part_paid edited_after_payment "
    "edited_in_xero number_taken contact_ambiguous contact_archived refund_unexplained refund_declined "
    "refund_without_record voucher_kind_unanswered stock_short plan_limit anomaly"
)
FAILED = "vendor_down limit_spent outcome_unknown refused_by_vendor"


@pytest.mark.parametrize(("outcome", "names"), [("skipped", SKIPPED), ("held", HELD), ("failed", FAILED)])
def test_every_reason_of_the_list_belongs_to_its_outcome(outcome, names):
    assert {name: REASONS[name].outcome for name in names.split()} == dict.fromkeys(names.split(), outcome)


@pytest.mark.parametrize("name", sorted(REASONS))
def test_every_reason_has_a_sentence_and_a_remedy(name):
    meaning = REASONS[name]

    assert meaning.sentence.endswith(".")
    assert meaning.remedy.endswith(".")


def test_no_code_uses_a_reason_outside_the_list():
    """A name that is not in the list would be a KeyError in front of a bookkeeper's order."""
    made = re.compile(r"(?:Hold|Skip|failed)\(\s*(?:desk\.db, row, )?\"([a-z_0-9]+)\"")
    code = [
        path for folder in ("domain", "stages", "checks", "wire") for path in (ROOT / "include" / folder).rglob("*.py")
    ]

    used = {name for path in code for name in made.findall(path.read_text("utf-8"))}

    assert len(used) > 25
    assert used <= set(REASONS)
