"""accounting.md 11: one order, and the books that each answer of the set-up makes of it."""

import json
from dataclasses import replace

import pytest
from given import POLICY, REFERENCE, D, credit_notes, decision, invoice, payments, plan, reason

from include.domain.order import Status
from include.domain.policy import TrackingRule
from include.domain.status import DEFAULT_STATUSES
from include.sandbox.order_builder import an_order
from include.settings.overlay import as_yaml, merged, overlaid
from include.settings.store import SettingsError, store_named
from include.settings.store_file import StoreFile
from include.wire.xero_documents import invoice_body

MUG = an_order(1042).line("MUG", price="22.00").shipping("11.00")
DEMO = store_named("demo")


def demo_with(**settings):
    """The demo store's policy with more settings in its file."""
    content = DEMO.file.model_dump(mode="json", exclude_unset=True) | settings
    return replace(DEMO, file=StoreFile.model_validate(content)).policy(b"key")


class TestTrackingCategories:
    """By channel and kind of line; at most two, which is what Xero keeps on a line."""

    RULES = (
        TrackingRule("Channel", "Marketplace", channel="7"),
        TrackingRule("Channel", "Freight", line_kind="shipping"),
        TrackingRule("Channel", "Web shop"),
        TrackingRule("Store", "Melbourne"),
    )

    def options(self, told):
        return {line.ref: dict(line.tracking) for line in invoice(plan(told, tracking=self.RULES)).lines}

    def test_the_first_rule_of_a_category_that_fits_wins(self):
        assert self.options(MUG) == {
            "MUG": {"Channel": "Web shop", "Store": "Melbourne"},
            "shipping": {"Channel": "Freight", "Store": "Melbourne"},
        }
        assert self.options(MUG.stating(channel_id=7))["shipping"]["Channel"] == "Marketplace"

    def test_a_credit_note_bears_what_its_invoice_bears(self):
        [note] = credit_notes(plan(MUG.refunded({"MUG": 1}), tracking=self.RULES))

        assert dict(note.lines[0].tracking) == {"Channel": "Web shop", "Store": "Melbourne"}

    def test_it_stands_in_the_body_as_xero_spells_it(self):
        body = json.loads(invoice_body(invoice(plan(MUG, tracking=self.RULES[-1:]))))

        assert body["LineItems"][0]["Tracking"] == [{"Name": "Store", "Option": "Melbourne"}]

    def test_the_file_says_it_by_channel_number_kind_of_line_and_the_rest(self):
        policy = demo_with(
            tracking={"Channel": {"*": "Web shop", "7": "Marketplace", "shipping": "Freight"}, "Store": "X"}
        )

        assert policy.tracking == (
            TrackingRule("Channel", "Marketplace", "7"),
            TrackingRule("Channel", "Freight", "*", "shipping"),
            TrackingRule("Channel", "Web shop", "*", "*"),
            TrackingRule("Store", "X"),
        )


def test_a_branding_theme_is_sent_where_one_is_chosen():
    theme = "a94a78db-5cc6-4e26-a52b-045237e56e6e"

    assert json.loads(invoice_body(invoice(plan(MUG, branding_theme_id=theme))))["BrandingThemeID"] == theme
    assert "BrandingThemeID" not in json.loads(invoice_body(invoice(plan(MUG))))


class TestFromWhichStatusAnOrderIsInvoiced:
    """The trigger status: `invoice_from`."""

    @pytest.mark.parametrize(
        ("invoice_from", "waiting", "entering"),
        [
            ("order", [], [Status.PENDING, Status.AWAITING_FULFILMENT, Status.SHIPPED, Status.COMPLETED]),
            ("dispatch", [Status.AWAITING_FULFILMENT, Status.AWAITING_SHIPMENT], [Status.SHIPPED, Status.COMPLETED]),
            ("completion", [Status.AWAITING_FULFILMENT, Status.SHIPPED], [Status.COMPLETED]),
        ],
    )
    def test_it_waits_before_and_enters_from_then_on(self, invoice_from, waiting, entering):
        statuses = demo_with(policies={"invoice_from": invoice_from}).statuses

        for status in waiting:
            assert reason(plan(MUG.status(status), statuses=statuses)) == "waits_for_status"
        for status in entering:
            assert invoice(plan(MUG.status(status), statuses=statuses)).total == D("33.00")

    def test_cancelled_orders_and_refunds_do_not_wait(self):
        statuses = demo_with(policies={"invoice_from": "completion"}).statuses

        assert {statuses[status] for status in (Status.CANCELLED, Status.DECLINED)} == {"cancel"}
        assert statuses[Status.PARTIALLY_REFUNDED] == DEFAULT_STATUSES[Status.PARTIALLY_REFUNDED]


class TestWhetherGoodsComeBack:
    """`refund_restocks`: an ItemCode on a credit note raises Xero's stock."""

    SOLD = an_order(1042).line("MUG", price="22.00", quantity=2).refunded({"MUG": 2})
    ITEMS = replace(REFERENCE, items=frozenset({"MUG"}))

    def note(self, restocks):
        return credit_notes(plan(self.SOLD, reference=self.ITEMS, refund_restocks=restocks))

    def test_no_leaves_the_item_away(self):
        [note] = self.note("no")
        assert (note.lines[0].item_code, note.lines[0].quantity, note.total) == (None, 1, D("44.00"))

    def test_yes_gives_back_the_units_of_the_item(self):
        [note] = self.note("yes")
        assert (note.lines[0].item_code, note.lines[0].quantity, note.lines[0].unit_amount) == ("MUG", 2, D("22.00"))
        assert (note.total, note.tax) == (D("44.00"), D("4.00"))

    def test_ask_holds_the_refund(self):
        assert self.note("ask") == []
        assert reason(plan(self.SOLD, reference=self.ITEMS, refund_restocks="ask")) == "refund_unexplained"


def test_promotional_credit_is_a_payment_or_waits_for_a_person():
    told = MUG.store_credit("10.00")

    assert [f"{each.amount:.2f}" for each in payments(plan(told))] == ["10.00", "23.00"]
    assert reason(plan(told, promotional_credit="hold")) == "setting_unanswered"
    assert [f"{each.amount:.2f}" for each in payments(plan(told, promotional_credit="hold"))] == ["23.00"]


def test_a_sku_may_be_another_item_of_xero():
    items = replace(REFERENCE, items=frozenset({"CUP-01"}))

    assert invoice(plan(MUG, reference=items, item_codes={"MUG": "CUP-01"})).lines[0].item_code == "CUP-01"
    assert reason(plan(MUG, reference=items, unknown_sku="hold")) == "sku_unmapped"


class TestTheMarketplaceOwesTheTax:
    """Its tax goes to its clearing account, never to our liability."""

    def test_the_goods_bear_none_and_the_credit_gives_back_both(self):
        told = MUG.stating(channel_id=7).refunded({"MUG": 1})
        made = plan(told, marketplaces={7: "615"})

        assert [(line.kind, f"{line.amount:.2f}", line.account) for line in invoice(made).lines] == [
            ("item", "20.00", "200"),
            ("shipping", "10.00", "260"),
            ("tax_liability", "3.00", "615"),
        ]
        [note] = credit_notes(made)
        assert (f"{note.total:.2f}", f"{note.tax:.2f}") == ("22.00", "0.00")

    def test_other_channels_are_as_ever(self):
        assert invoice(plan(MUG, marketplaces={7: "615"})).tax == D("3.00")

    def test_the_file_demands_its_account(self):
        with pytest.raises(ValueError, match="clearing_account"):
            demo_with(channels={7: {"tax_collected_by": "marketplace"}})
        assert demo_with(channels={7: {"tax_collected_by": "marketplace", "clearing_account": "618"}}).marketplaces == {
            7: "618"
        }


class TestFromNowOn:
    """What a person decided for good lies over the store's file."""

    def test_a_rule_that_is_added_goes_first(self):
        rule = {"rule": "levy", "country": "AU", "tax_name": "Levy", "rate": "7", "tax_type": "TAX007"}
        store = overlaid(DEMO, [("tax_rules", rule)])

        assert store.policy(b"").tax_rules[0].name == "levy"
        assert len(store.policy(b"").tax_rules) == len(DEMO.policy(b"").tax_rules) + 1
        assert store.version != DEMO.version

    def test_fees_and_answers_are_merged(self):
        store = overlaid(DEMO, [("fees", {"Tip": "265"}), ("policies", {"terms_days": 30}), ("fees", {"Care": "263"})])

        assert store.policy(b"").accounts.fees == {"tip": "265", "care": "263"}
        assert store.policy(b"").terms_days == 30

    def test_without_any_it_is_the_file(self):
        assert overlaid(DEMO, []) is DEMO
        assert as_yaml([]) == ""

    def test_what_does_not_fit_is_refused_by_name(self):
        with pytest.raises(SettingsError, match="terms_days"):
            overlaid(DEMO, [("policies", {"terms_days": "soon"})])

    def test_as_yaml_it_goes_back_into_the_file(self):
        assert as_yaml([("fees", {"Tip": "265"})]) == "accounts:\n  fees:\n    Tip: '265'\n"
        assert merged({"payments": [1]}, [("payments", {"tender": "x"})])["payments"] == [{"tender": "x"}, 1]


def test_the_whole_sale_is_held_where_its_own_rate_is_missing():
    euro = replace(REFERENCE, currencies=frozenset({"AUD", "EUR"}))
    told = an_order(1).in_currency("EUR", store_currency="AUD").sent_to("DE").taxed(()).line("MUG", price="30.00")

    found = decision(plan(told, reference=euro, currency_rate="table"))

    assert found.reason == "setting_unanswered"
    assert found.figures == {"currency": "EUR", "date": "2026-05-13"}
    assert "currency_rates" in found.to_do()
    assert POLICY.currency_rate == "xero"
