"""The children of `make faults` judge without Great Expectations: on the same rows, both must say the same."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from include.checks.incoming import Asked, suite_of
from include.checks.outgoing import suite_of_documents
from include.checks.plain import judge_plainly, plain_frame
from include.checks.suites import Expected, frame_of, judge

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def both(rows, columns, suite, key):
    plain = judge_plainly(plain_frame(rows, columns), suite, key)
    assert plain == judge(frame_of(rows, columns), suite, key)
    return plain


def test_documents_with_every_kind_of_mistake():
    good = {
        "total": Decimal("22.00"),
        "lines_total": Decimal("22.00"),
        "tax": Decimal("2.00"),
        "lines_tax": Decimal("2.00"),
        "shop_total": None,
        "tax_charged": Decimal("2.00"),
        "shop_tax": Decimal("2.00"),
        "tax_demanded": Decimal("2.00"),
        "rounding_max": Decimal("0.05"),
        "rounding": Decimal("0.05"),
        "invoice_total": None,
        "credited": Decimal(1),
    }
    changes = [{}, {"lines_total": Decimal("21.99")}, {"rounding": Decimal("0.06")}, {"shop_tax": Decimal("1.99")}]
    rows = [good | change | {"row": n, "number_of_kind": f"BC-{n}"} for n, change in enumerate(changes)]
    rows.append({**rows[0], "row": len(rows)})  # the same number twice
    judged = both(rows, tuple(rows[0]), suite_of_documents(5), "row")
    assert {rule for rule, each in judged.items() if not each.passed} == {
        "total_is_of_lines",
        "rounding_is_small",
        "tax_is_the_shops",
        "number_is_free",
    }


def test_orders_with_a_broken_rule_a_strange_date_and_a_missing_column():
    suite = suite_of(2, NOW, Asked("modified", NOW, NOW + timedelta(days=1), 2))
    columns = ["order_key", "undated", "hours_ahead", "hours_outside"]
    columns += [each.rule for each in suite if each.kind == "ExpectColumnValuesToBeNull" and each.rule != "dates_known"]
    row = dict.fromkeys(columns) | {"hours_ahead": -3.0, "hours_outside": 0.0}
    rows = [row | {"order_key": 1}, row | {"order_key": 2, columns[-1]: "It is wrong.", "hours_ahead": 99.0}]
    judged = both(rows, columns, suite, "order_key")
    assert not judged[columns[-1]].passed
    assert not judged["not_from_the_future"].passed
    assert judged["freshness"].passed


def test_values_of_a_set():
    suite = (Expected("alive", "ExpectColumnValuesToBeInSet", {"column": "account", "value_set": ["200"]}),)
    rows = [{"row": 0, "account": "200"}, {"row": 1, "account": "999"}, {"row": 2, "account": None}]
    assert both(rows, ("row", "account"), suite, "row")["alive"].rows == (1,)
