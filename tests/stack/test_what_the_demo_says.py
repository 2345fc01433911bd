"""Business risk covered: the demo says that the books are right when they are not."""

from include.commands.demo import EXPECTED, differences

POSTED = next(order for order, expected in EXPECTED.items() if expected["outcome"] == "posted")


def rows() -> list[dict]:
    return [
        {
            "order_key": str(order),
            "outcome": expected["outcome"],
            "sentence": None,
            "reason": None,
            "invoice_number": f"BC-{order}" if expected["outcome"] == "posted" else None,
        }
        for order, expected in EXPECTED.items()
    ]


def books() -> list[dict]:
    return [
        {"InvoiceNumber": f"BC-{order}", "Total": expected["total"], "TotalTax": expected.get("tax", "0")}
        for order, expected in EXPECTED.items()
        if expected["outcome"] == "posted"
    ]


def test_books_as_demanded_have_no_differences():
    assert differences(rows(), books()) == []


def test_a_total_that_is_a_cent_off_is_named():
    wrong = books()
    wrong[0]["Total"] = "0.01"

    assert differences(rows(), wrong) == [
        f"order {POSTED}: the books show total 0.01, the shop demands {EXPECTED[POSTED]['total']}"
    ]


def test_an_invoice_that_we_claim_but_the_books_lack_is_named():
    assert differences(rows(), books()[1:]) == [
        f"order {POSTED} is said to be posted, but the books have no invoice BC-{POSTED}"
    ]


def test_an_invoice_that_no_order_explains_is_named():
    stray = {"InvoiceNumber": "BC-1", "Total": "1.00", "TotalTax": "0"}

    assert differences(rows(), [*books(), stray]) == ["the books hold an invoice BC-1 that no order explains"]


def test_an_order_that_is_missing_or_ended_otherwise_is_named():
    said = rows()
    said[0] |= {"outcome": "held", "sentence": "no tax rule explains MUG"}

    wrong = differences(said[:-1], books())

    assert f"order {POSTED} is held, the shop demands posted: no tax rule explains MUG" in wrong
    assert f"order {max(EXPECTED)} is missing" in wrong
