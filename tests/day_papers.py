"""Papers as a store may have them: a day that agrees, one that does not, one that was signed and changed after it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from include.domain.reconciliation import (
    Column,
    DayReport,
    Difference,
    HeldByReason,
    Paper,
    Row,
    Signature,
    StockDifference,
    TenderTotal,
    TrendDay,
)

DAY = date(2026, 11, 24)
ASKED = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)


def row(what="sales", currency="AUD", shop=(41, "4310.20"), ledger=None, xero=None):
    sides = [Column(each[0], Decimal(each[1])) for each in (shop, ledger or shop, xero or shop)]
    return Row(what, currency, *sides)


def trend(last=DAY):
    days = [last - timedelta(days=back) for back in range(29, -1, -1)]
    return tuple(
        TrendDay(each, 20 + (each.day * 7) % 31, {4: 2, 11: 1, 24: 3}.get(each.day, 0), place < 26)
        for place, each in enumerate(days)
        if each.day not in (1, 2)
    )


AGREES = DayReport(
    store="demo",
    day=DAY,
    zone="Australia/Sydney",
    shop_zone="Australia/Sydney",
    asked_at=ASKED,
    rows=(row(), row("refunds", shop=(2, "-88.00")), row("payments", shop=(39, "4198.70"))),
    skipped={"incomplete": 6, "cancelled_never_paid": 1},
    tenders=(
        TenderTotal("615-CARD", "AUD", Column(31, Decimal("3520.50")), Column(31, Decimal("3520.50"))),
        TenderTotal("616-PP", "AUD", Column(8, Decimal("678.20")), Column(8, Decimal("678.20"))),
    ),
)

DIFFERENCES = (
    Difference("1042", "missing", "sales", "AUD", Decimal("1210.00"), None, None),
    Difference(
        "1044",
        "edited_in_xero",
        "sales",
        "AUD",
        Decimal("99.00"),
        Decimal("99.00"),
        Decimal("90.00"),
        number="BC-1044",
        sentence="Line 1 says 90.00, we posted 99.00.",
    ),
    Difference("1047", "payment_not_ours", "payments", "AUD", None, None, Decimal("55.00"), number="BC-1047"),
    Difference(
        "1050", "still_held", "sales", "JPY", Decimal("12000"), None, None, sentence="No mapped rate gives 1091."
    ),
    Difference("1051", "another_day", "sales", "AUD", None, Decimal("20.00"), Decimal("20.00"), number="BC-1051"),
)

DIFFERS = replace(
    AGREES,
    shop_zone="America/New_York",
    rows=(
        row(shop=(41, "14310.20"), ledger=(41, "13120.20"), xero=(41, "13111.20")),
        row("refunds", shop=(2, "-88.00")),
        row("payments", shop=(39, "14198.70"), ledger=(39, "14198.70"), xero=(40, "14253.70")),
        row(currency="JPY", shop=(3, "36000"), ledger=(2, "24000"), xero=(2, "24000")),
    ),
    differences=DIFFERENCES,
    held=(
        HeldByReason("sku_unmapped", 1, ASKED - timedelta(hours=2), {"AUD": Decimal("45.00")}),
        HeldByReason(
            "tax_unexplained",
            3,
            ASKED - timedelta(days=12, hours=3),
            {"AUD": Decimal("640.10"), "JPY": Decimal("12000")},
        ),
    ),
    stock=(StockDifference("MUG-RED", Decimal("12.0000"), 2, 14, 10, ASKED - timedelta(days=2)),),
    tenders=(
        TenderTotal("615-CARD", "AUD", Column(31, Decimal("13520.50")), Column(32, Decimal("13575.50"))),
        TenderTotal("616-PP", "AUD", Column(8, Decimal("678.20")), Column(8, Decimal("678.20"))),
    ),
)

SIGNATURE = Signature("ann", datetime(2026, 11, 25, 1, 5, tzinfo=UTC), 1, "Read and filed.")


def paper(report=AGREES, version=1, signature=None, addenda=()):
    return Paper(report, version, signature, addenda, trend(report.day))


CHANGED_AFTER = paper(AGREES, 1, SIGNATURE, ((2, replace(DIFFERS, asked_at=ASKED + timedelta(days=1))),))
