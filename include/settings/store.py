"""One store's settings: read from YAML, checked, and turned into the core's `Policy`."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from include.domain.item import ItemPolicy
from include.domain.policy import Accounts, DatedRate, Policy, StatusAct, TaxRule, TenderRule, TrackingRule
from include.domain.status import DEFAULT_STATUSES
from include.domain.stock import Kit, StockPolicy
from include.settings.countries import defaults_for
from include.settings.forms import utc
from include.settings.mistakes import content_of, line_of, mistakes
from include.settings.questions import open_questions
from include.settings.store_file import StoreFile
from include.settings.tenders import standard_tenders

# From which status an order is invoiced: the ids that wait for it (reference bigcommerce.md 4).
_NOT_SENT: dict[int, StatusAct] = dict.fromkeys((1, 7, 8, 9, 11, 12), "wait")
WAITING: Mapping[str, Mapping[int, StatusAct]] = {
    "order": {},
    "dispatch": _NOT_SENT,
    "completion": {**_NOT_SENT, 2: "wait", 3: "wait"},
}
STORES_FOLDER = Path(__file__).parent / "stores"


class SettingsError(Exception):
    """A store's file has a mistake. The text names file, line, setting, and what is allowed."""


@dataclass(frozen=True)
class Store:
    """A store that may run: its settings, checked. `key` names its DAGs, pools and rows.

    file     what holds: the file's content, overlaid with what people decided from now on, `decided`.
    text     the file's own.
    """

    file: StoreFile
    path: Path
    text: str
    decided: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def key(self) -> str:
        """The store's short name."""
        return self.file.store

    @property
    def shop_pool(self) -> str:
        """Airflow's pool for calls to the shop."""
        return f"shop_{self.key}"

    @property
    def books_pool(self) -> str:
        """Airflow's pool for calls to the organisation, shared by all its stores."""
        return f"books_{self.file.xero.organisation}"

    @cached_property
    def version(self) -> str:
        """A digest of the settings: plans say by which they were made."""
        import hashlib

        decided = json.dumps(self.decided, sort_keys=True) if self.decided else ""
        return hashlib.sha256((self.text + decided).encode()).hexdigest()[:16]

    def place_of(self, *steps: str | int) -> str:
        """Where a person finds a setting: file and line, of its nearest parent where it is not there."""
        name, *rest = "fees" if steps[:2] == ("accounts", "fees") else steps[0], *steps[1:]
        decided = [value for rule, value in self.decided if rule == name]
        if isinstance(steps[-1], int):  # what was decided stands in front of the file's own rows
            at = steps[-1] - len(decided)
            is_ours, rest = at < 0, [*rest[:-1], at]
        else:
            is_ours = any(steps[-1] in value for value in decided)
        if is_ours:
            return f"`make from-now-on STORE={self.key}` (decided from now on)"
        return f"{self.path.name}, line {line_of(self.text, [steps[0], *rest])}"

    def item_policy(self) -> ItemPolicy:
        """The settings of items as the core reads them."""
        products = self.file.products
        return ItemPolicy(
            account=products.sales_account or self.file.accounts.sales,
            tax_types=products.tax_types,
            price=products.price,
            description=products.description,
            visible_only=products.visible_only,
        )

    def policy(self, key: bytes = b"") -> Policy:
        """The settings as the core reads them.

        key  the secret from which the digests of guests' e-mails are made.
        """
        file, policies = self.file, self.file.policies
        chosen = defaults_for(file.xero.country)
        chosen |= {name: getattr(policies, name) for name in chosen if getattr(policies, name) is not None}
        codes = {name: code for name, code in file.accounts.model_dump(exclude={"fees"}).items() if code}
        own = tuple(TenderRule(**row.model_dump()) for row in file.payments)
        return Policy(
            store=file.store,
            store_hash=file.bigcommerce.store_hash,
            accounts=Accounts(
                **{name: code for name, code in codes.items() if not name.endswith("_clearing")},
                fees={name.strip().casefold(): code for name, code in file.accounts.fees.items()},
            ),
            tax_rules=tuple(
                TaxRule(
                    name=row.rule,
                    tax_type=row.tax_type,
                    rate=row.rate,
                    country=row.country,
                    state=row.state,
                    tax_name=row.tax_name,
                    tax_class=row.tax_class,
                    line_kind=row.line_kind,
                )
                for row in file.tax_rules
            ),
            tenders=own + tuple(standard_tenders(codes)),
            statuses={**DEFAULT_STATUSES, **WAITING[policies.invoice_from], **file.statuses},
            prefix=policies.prefix,
            credit_prefix=policies.credit_prefix,
            tolerance_minor_units=policies.tolerance_minor_units,
            tax_posting=policies.tax_posting,
            tax_detail=policies.tax_detail,
            unknown_sku=policies.unknown_sku,
            locked_period=policies.locked_period,
            zero_total=policies.zero_total,
            uncaptured=policies.uncaptured,
            approval_date=policies.approval_date,
            currency_rate=policies.currency_rate,
            first_run_status=policies.first_run_status,
            terms_days=policies.terms_days,
            one_contact=policies.one_contact,
            b2b_edition=file.bigcommerce.b2b_edition,
            start_from=utc(file.start_from),
            tax_filed_to=policies.tax_filed_to,
            currency_rates=tuple(DatedRate(row.currency, row.since, row.rate) for row in file.currency_rates),
            item_codes=file.item_codes,
            kits={sku: kit.parts for sku, kit in file.stock.kits.items()} if file.stock.source == "xero" else {},
            refund_restocks=policies.refund_restocks,
            untaxed_orders=policies.untaxed_orders,
            promotional_credit=policies.promotional_credit,
            branding_theme_id=policies.branding_theme_id,
            posting=policies.posting,
            summary_from=policies.summary_from,
            marketplaces={
                channel: row.clearing_account or ""
                for channel, row in file.channels.items()
                if row.tax_collected_by == "marketplace"
            },
            tracking=tuple(_tracking(file.tracking)),
            control_panel_url=file.bigcommerce.control_panel_url,
            key=key,
            **chosen,
        )

    def stock_policy(self) -> StockPolicy:
        """The settings about stock as the core reads them."""
        stock = self.file.stock
        return StockPolicy(
            location_id=stock.location_id,
            locations=tuple(stock.locations.values()),
            elsewhere=stock.elsewhere,
            safety=stock.safety,
            safety_of=stock.safety_of,
            guard_share=stock.guard_share,
            empty_share=stock.empty_share,
            kits={sku: Kit(kit.parts, kit.offer) for sku, kit in stock.kits.items()},
            item_codes=self.file.item_codes if stock.source == "xero" else {},  # a warehouse speaks of SKUs
            restocks=self.file.policies.refund_restocks == "yes",
            dry_run=stock.dry_run,
        )


def _tracking(categories: Mapping[str, str | Mapping[str, str]]) -> Iterator[TrackingRule]:
    """One option for all lines of a category, or options by channel number or kind of line, `*` for the rest."""
    for category, options in categories.items():
        if isinstance(options, str):
            yield TrackingRule(category, options)
            continue
        for key, option in sorted(options.items(), key=lambda each: each[0] == "*"):
            channel, kind = (key, "*") if key.isdecimal() else ("*", key)
            yield TrackingRule(category, option, channel, kind)


def stores_folder() -> Path:
    """Where the store files are: `BRIDGE_STORES`, or the folder beside this file."""
    return Path(os.environ.get("BRIDGE_STORES") or STORES_FOLDER)


def store_files() -> Iterator[Path]:
    """Every store file, by name. The key of a store is its file's name."""
    yield from sorted(stores_folder().glob("*.yaml"))


def store_named(key: str) -> Store:
    """The store of that key, checked. Raises SettingsError."""
    path = stores_folder() / f"{key}.yaml"
    if not path.is_file():
        known = ", ".join(each.stem for each in store_files()) or "none"
        raise SettingsError(f"There is no store {key!r}: {path.name} is not in the stores' folder, which has {known}.")
    return read_store(path)


def read_store(path: Path) -> Store:
    """A store out of its file. Raises SettingsError with file, line and what is allowed."""
    try:
        text, content = content_of(path)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    if not isinstance(content, dict):
        raise SettingsError(f"{path.name}, line 1: a store file is a mapping of settings; this one is empty.")
    try:
        file = StoreFile.model_validate(content)
    except ValidationError as error:
        raise SettingsError(mistakes(path, text, StoreFile, error)) from None
    if file.store != path.stem:
        raise SettingsError(
            f"{path.name}, line 1: `store` is {file.store!r}, but a store is named as its file: {path.stem!r}."
        )
    _refuse_shared_numbers(path, file)
    _refuse_unanswered(path, file)
    return Store(file, path, text)


def _refuse_unanswered(path: Path, file: StoreFile) -> None:
    """Refuse to go live without an answer that the country needs (accounting.md 11). Raises SettingsError."""
    open_ones = open_questions(file) if file.mode == "live" else []
    if open_ones:
        asked = " ".join(f"`{each.setting}`: {each.asks}" for each in open_ones)
        raise SettingsError(
            f"{path.name}: `mode: live` in {file.xero.country} needs an answer first. {asked} "
            f"`make questions STORE={file.store}` explains it; with `mode: shadow` nothing is written meanwhile."
        )


def _refuse_shared_numbers(path: Path, file: StoreFile) -> None:
    """Refuse a store that numbers its documents as another store of its organisation does (accounting.md 2).

    Raises SettingsError in both stores: one would take the other's invoices for its own. A file with a mistake of its own
    is left to say so itself.
    """
    for other in sorted(path.parent.glob("*.yaml")):
        if other.name == path.name:
            continue
        try:
            content = content_of(other)[1]
            organisation, policies = content["xero"]["organisation"], content.get("policies") or {}
            prefix, credit = policies.get("prefix", "BC-"), policies.get("credit_prefix", "BCR-")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        mine = file.policies
        if organisation == file.xero.organisation and (prefix == mine.prefix or credit == mine.credit_prefix):
            raise SettingsError(
                f"{path.name}: {file.store} and {other.stem} post into one organisation ({organisation}) under the same "
                f"numbers, {mine.prefix}1042 or {mine.credit_prefix}1042-1: give each its own `policies: prefix` and "
                f"`credit_prefix`."
            )
