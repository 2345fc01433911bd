"""A store's file with a mistake: refused with file, line, and what is allowed there.

Who is hurt: the merchant whose sales land on another account because a code was read as a number, without a word.
"""

from pathlib import Path

import pytest

from include.settings.questions import open_questions, questions_of
from include.settings.store import SettingsError, read_store, store_named

DEMO = store_named("demo").text


def read(folder: Path, text: str | bytes):
    path = folder / "demo.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_store(path)


def line_of(text: str, words: str) -> int:
    return next(at for at, line in enumerate(text.splitlines(), 1) if words in line)


def refused(folder: Path, old: str, new: str) -> tuple[str, int]:
    """What is said of the demo store's file with this change in it, and the line of the change."""
    assert old in DEMO
    text = DEMO.replace(old, new, 1)
    with pytest.raises(SettingsError) as raised:
        read(folder, text)
    changed = [line for line in new.splitlines() if line != "alerts:"]
    return str(raised.value), line_of(text, changed[-1])


MISTAKES = {
    "a setting that does not exist": (
        '  shipping: "260"',
        '  shippng: "260"',
        ["accounts.shippng: is not a setting; allowed: sales, shipping, handling, wrapping, rounding, fees"],
    ),
    "a word that is not among the allowed": (
        "alerts:\n",
        "policies:\n  locked_period: ignore\nalerts:\n",
        ["policies.locked_period: input should be 'hold' or 'first_open_day'"],
    ),
    "a rate in words": (
        "rate: 10, tax_type: OUTPUT",
        "rate: ten, tax_type: OUTPUT",
        ["tax_rules.0.rate: is a rate in percent, such as 10 or 5.5"],
    ),
    "a rate below nothing": ("rate: 5.5", "rate: -5.5", ["tax_rules.2.rate: is a rate in percent, such as 10 or 5.5"]),
    "a status that the shop does not have": (
        "alerts:\n",
        "statuses:\n  99: skip\nalerts:\n",
        ["statuses.99: input should be less than or equal to 14"],
    ),
    "customers with contacts of their own beside one contact for all": (
        "alerts:\n",
        "policies: {one_contact: Web shop}\ncustomers: {enabled: true}\nalerts:\n",
        ["customers: `enabled: true` does not go with `policies: one_contact`"],
    ),
    "a default currency that is none": (
        "alerts:\n",
        "customers: {currencies_by_group: {3: dollars}}\nalerts:\n",
        ["customers.currencies_by_group.3: string should match pattern"],
    ),
    "an act that we do not know": (
        "alerts:\n",
        "statuses: {9: invoice}\nalerts:\n",
        ["statuses.9: input should be", "'skip'", "'authorise'"],
    ),
    "a share in percent": (
        "alerts:\n",
        "policies: {held_share_max: 50}\nalerts:\n",
        ["policies.held_share_max: input should be less than or equal to 1"],
    ),
    "summaries without a first day": (
        "alerts:\n",
        "policies: {posting: daily_summary}\nalerts:\n",
        ["policies.posting: daily_summary needs `summary_from`: the first day, in the organisation's zone"],
    ),
    "summaries of a shop whose stock follows Xero": (
        "stock:\n",
        "policies: {posting: daily_summary, summary_from: 2026-11-24}\nstock:\n",
        ["stock: `enabled: true` does not go with `posting: daily_summary`: a day's invoice names no items"],
    ),
    "a warehouse without its feed": (
        "stock:\n  enabled: true\n  dry_run: false",
        "stock: {enabled: true, source: warehouse}",
        ["stock: `source: warehouse` and the `connection` of its feed go together"],
    ),
    "a place that Xero does not know": (
        "stock:\n  enabled: true\n  dry_run: false",
        "stock: {enabled: true, locations: {main: 2}}",
        ["stock: `locations` are of a warehouse"],
    ),
    "a kit of nothing": (
        "  dry_run: false",
        "  kits: {SET: {parts: {}, offer: 3}} #",
        ["stock.kits.SET.parts: "],
    ),
    "a limit in words": (
        "alerts:\n",
        "policies: {single_above: much}\nalerts:\n",
        ["policies.single_above: is an amount such as 1250.00"],
    ),
    "a country in words": ("  country: AU", "  country: Australia", ["xero.country", "'^[A-Z]{2}$'"]),
    "Norway": ("  country: AU", "  country: NO", ["xero.country: is text: put it in quotes"]),
    "a code that YAML would shorten": (
        '  sales: "200"',
        "  sales: 200.10",
        ["accounts.sales: is a code: put it in quotes"],
    ),
    "a code that is a word to YAML": (
        '  sales: "200"',
        "  sales: yes",
        ["accounts.sales: is a code: put it in quotes"],
    ),
    "a code that YAML would count in eights": (
        '  sales: "200"',
        "  sales: 0200",
        ["'0200' would be read as another number: put it in quotes"],
    ),
    "a code that YAML takes for a time": (
        '  sales: "200"',
        "  sales: 12:30",
        ["'12:30' would be read as another number: put it in quotes"],
    ),
    "a setting that stands twice": (
        '  sales: "200"',
        '  sales: "200"\n  sales: "201"',
        ["this is not YAML: 'sales' stands twice"],
    ),
    "a day that does not exist": ("start_from: 2026-01-01", "start_from: 2026-13-01", ["'2026-13-01' is no value"]),
    "a list where a mapping belongs": (
        "alerts:\n",
        "window: [10]\nalerts:\n",
        ["window: is a mapping of settings of its own"],
    ),
    "a rule with a misspelt column": (
        "{rule: export, rate: 0,",
        "{rule: export, rates: 0,",
        [
            "tax_rules.3.rate: is required",
            "tax_rules.3.rates: is not a setting; allowed: rule, country, state, tax_name",
        ],
    ),
    "a tab": ("  country: AU", "\tcountry: AU", ["this is not YAML: "]),
    "a bracket that is not closed": ("tax_type: TAX001}", "tax_type: TAX001", ["this is not YAML: "]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_file_line_and_what_is_allowed(tmp_path, mistake):
    old, new, says = MISTAKES[mistake]
    told, line = refused(tmp_path, old, new)

    for words in says:
        assert words in told
    lines = [int(each.partition("line ")[2].partition(":")[0]) for each in told.splitlines()]
    assert all(each.startswith("demo.yaml, line ") for each in told.splitlines())
    assert line in lines or mistake == "a bracket that is not closed"  # which shows on the line after it


def test_a_setting_that_is_missing_is_named_with_the_line_of_what_it_belongs_to(tmp_path):
    text = DEMO.replace('  rounding: "860"\n', "").replace("start_from: 2026-01-01\n", "")
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, text)

    told = str(raised.value).splitlines()
    assert f"demo.yaml, line {line_of(text, 'accounts:')}: accounts.rounding: is required." in told
    assert "demo.yaml, line 1: start_from: is required." in told


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path):
    text = (
        DEMO.replace("country: AU", "country: au").replace("rate: 10,", "rate: ten,").replace("name: Demo", "nme: Demo")
    )
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, text)

    assert len(str(raised.value).splitlines()) == 4  # a name is missing, and what stands there is no setting


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: a store file is a mapping of settings"),
        ("- a list\n", "line 1: a store file is a mapping of settings"),
        (DEMO.encode() + "alert: café\n".encode("latin-1"), "this is not UTF-8 text; save the file as UTF-8"),
        (DEMO + "note: a\x00b\n", "this is not YAML: it has the unprintable character"),
        (DEMO + "name: !!python/object/apply:os.system [ls]\n", "this is not YAML: "),
    ],
    ids=["empty", "a list", "another encoding", "a NUL byte", "a program"],
)
def test_a_file_that_is_no_settings_file_is_refused(tmp_path, text, says):
    with pytest.raises(SettingsError, match=r"demo\.yaml, line \d+: ") as raised:
        read(tmp_path, text)

    assert says in str(raised.value)
    if "this is not" in says:
        assert f"line {DEMO.count(chr(10)) + 1}:" in str(raised.value)


def test_a_store_is_named_as_its_file(tmp_path):
    with pytest.raises(SettingsError, match=r"`store` is 'other', but a store is named as its file: 'demo'"):
        read(tmp_path, DEMO.replace("store: demo", "store: other"))


def test_codes_and_rates_are_read_as_they_are_written(tmp_path):
    store = read(tmp_path, DEMO.replace('sales: "200"', "sales: 200").replace('shipping: "260"', 'shipping: "0260"'))

    assert (store.file.accounts.sales, store.file.accounts.shipping) == ("200", "0260")
    assert [str(rule.rate) for rule in store.file.tax_rules][:3] == ["10", "0", "5.5"]


def british(text: str, policies: str = "") -> str:
    """The demo store's file as that of a British shop."""
    return text.replace("country: AU", "country: GB", 1).replace("alerts:\n", f"{policies}alerts:\n", 1)


def test_a_british_shop_does_not_go_live_before_it_says_how_certificates_are_taxed(tmp_path):
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, british(DEMO))

    assert "`mode: live` in GB needs an answer first" in str(raised.value)
    assert "policies.voucher_kind" in str(raised.value)
    assert "taxed when they are redeemed (multi_purpose) or when they are sold" in str(raised.value)


def test_once_answered_or_in_shadow_it_runs(tmp_path):
    answered = read(tmp_path, british(DEMO, "policies: {voucher_kind: single_purpose}\n"))
    shadow = read(tmp_path, british(DEMO).replace("mode: live", "mode: shadow"))

    assert (answered.policy().voucher_kind, shadow.policy().voucher_kind) == ("single_purpose", None)


def test_an_american_shop_says_how_its_sales_tax_is_posted(tmp_path):
    with pytest.raises(SettingsError, match="tax_posting"):
        read(tmp_path, DEMO.replace("country: AU", "country: US", 1))


def test_every_question_is_asked_with_its_reason_and_what_is_proposed():
    asked = {each.setting: each for each in questions_of(store_named("demo").file)}

    assert asked["policies.order_level_refund"].proposal == "hold"
    assert asked["policies.no_tax_type"].proposal == "BASEXCLUDED"
    assert {"opening_balances.gift_card", "policies.tax_filed_to", "policies.uncaptured"} <= set(asked)
    assert all(each.asks.endswith("?") and each.why for each in asked.values())
    assert open_questions(store_named("demo").file) == []


def test_each_file_of_many_stores_is_understood_once_though_each_store_looks_at_all_others(tmp_path, monkeypatch):
    from include.settings import mistakes

    for key in ("de", "fr", "it", "nl"):
        text = DEMO.replace("store: demo", f"store: {key}").replace("organisation: demo", f"organisation: {key}")
        (tmp_path / f"{key}.yaml").write_text(text + f"# {tmp_path}\n")
    understood = []
    load = mistakes.yaml.load
    monkeypatch.setattr(mistakes.yaml, "load", lambda text, **how: understood.append(text) or load(text, **how))

    assert [read_store(path).key for path in sorted(tmp_path.glob("*.yaml"))] == ["de", "fr", "it", "nl"]
    assert len(understood) == 4
