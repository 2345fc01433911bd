"""The five organisations of the ordinary shops: country, zone, accounts, and what is taxed how where.

Rates are those of 2026 as far as a shop needs them. The US county rates and the fees are invented; they only have to
stack as real ones do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Goods = Literal["standard", "reduced", "free"]
Taxes = tuple[tuple[str, str], ...]  # names with rates in percent, stacked in the shop's order

#: Account codes by role, the same in every organisation.
ACCOUNTS = {
    "sales": "200",
    "shipping": "260",
    "handling": "261",
    "wrapping": "262",
    "fees": "263",
    "card_clearing": "615-CARD",
    "paypal_clearing": "616-PP",
    "bank_clearing": "617-BANK",
    "sales_tax_liability": "820-ST",
    "gift_card_liability": "840-GC",
    "store_credit_liability": "841-SC",
    "rounding": "860",
}
REVENUE = ("sales", "shipping", "handling", "wrapping", "fees")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is sent."""

    country: str
    state: str = ""
    city: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Levy:
    """What a class of goods is taxed with at a place, and the rate of Xero that an accountant would map it to."""

    country: str
    state: str
    goods: Goods | Literal["*"]
    taxes: Taxes
    tax_type: str

    def fits(self, place: Place, goods: Goods) -> bool:
        """Whether it is for these goods at this place."""
        return self.country in ("*", place.country) and self.state in ("*", place.state) and self.goods in ("*", goods)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A country's shop and its books.

    levies     the first that fits is charged (see `levied`)
    homes      where most orders go; the first is the pick-up store's
    foreign    currencies beside the base one, with the shop's rate from its own
    no_tax     Xero's tax type for what is outside of tax
    classes    the goods that the shop sells, with their weights
    tax_as_lines    tax is posted as lines of its own
    voucher_rate    where a certificate is taxed when it is sold (single-purpose): the rate inside its face, and ...
    voucher_type    ... Xero's tax type for it
    believes_cards  the shop takes cards in full at once, and the books believe the order's own word for it
    """

    key: str
    country: str
    currency: str
    zone: str
    xero_zone: str
    inclusive: bool
    levies: tuple[Levy, ...]
    homes: tuple[Place, ...]
    abroad: tuple[Place, ...]
    foreign: Mapping[str, str]
    no_tax: str
    classes: Mapping[Goods, int]
    tax_as_lines: bool = False
    believes_cards: bool = False
    voucher_rate: str = ""
    voucher_type: str = ""

    def levied(self, place: Place, goods: Goods) -> Levy:
        """What is charged on these goods there."""
        return next(levy for levy in self.levies if levy.fits(place, goods))

    def for_xero(self) -> dict[str, Any]:
        """The organisation, its chart, tax rates and currencies in Xero's spelling, as `Books.set_up` takes them."""
        rates = {self.no_tax: "0"}
        for levy in self.levies:
            rates.setdefault(levy.tax_type, str(sum((Decimal(rate) for _, rate in levy.taxes), start=Decimal(0))))
        return {
            "organisation": {
                "Name": f"Ordinary Shop {self.country}",
                "Version": self.country,
                "CountryCode": self.country,
                "BaseCurrency": self.currency,
                "Timezone": self.xero_zone,
            },
            "accounts": [_account(role, code) for role, code in ACCOUNTS.items()]
            + [{"Code": "610", "Name": "Debtors", "Type": "CURRENT", "SystemAccount": "DEBTORS"}],
            "tax_rates": [{"TaxType": code, "Name": code, "EffectiveRate": rate} for code, rate in rates.items()],
            "currencies": [self.currency, *self.foreign],
        }


def _account(role: str, code: str) -> dict[str, Any]:
    account: dict[str, Any] = {"Code": code, "Name": role.replace("_", " ").capitalize()}
    if role in REVENUE:
        return account | {"Type": "REVENUE"}
    if role == "rounding":
        return account | {"Type": "CURRLIAB", "SystemAccount": "ROUNDING"}
    if role.endswith("_clearing"):
        return account | {"Type": "CURRENT", "EnablePaymentsToAccount": True}
    return account | {"Type": "CURRLIAB", "EnablePaymentsToAccount": role != "sales_tax_liability"}


def _us(state: str, *taxes: tuple[str, str]) -> Levy:
    return Levy("US", state, "standard", taxes, "NONE")


def _ca(state: str, tax_type: str, *taxes: tuple[str, str]) -> Levy:
    return Levy("CA", state, "standard", taxes, tax_type)


AU = Organisation(
    key="au",
    country="AU",
    currency="AUD",
    zone="Australia/Sydney",
    xero_zone="AUSEASTERNSTANDARDTIME",
    inclusive=True,
    levies=(
        Levy("AU", "*", "free", (("GST Free", "0"),), "EXEMPTOUTPUT"),
        Levy("AU", "*", "*", (("GST", "10"),), "OUTPUT"),
        Levy("*", "*", "*", (), "EXEMPTEXPORT"),
    ),
    homes=(
        Place("AU", "Victoria", "Melbourne", "3000"),
        Place("AU", "New South Wales", "Sydney", "2000"),
        Place("AU", "Queensland", "Cairns", "4870"),
        Place("AU", "Western Australia", "Perth", "6000"),
    ),
    abroad=(Place("NZ", "Auckland", "Auckland", "1010"), Place("SG", "", "Singapore", "018956")),
    foreign={"NZD": "1.08", "USD": "0.65"},
    no_tax="BASEXCLUDED",
    classes={"standard": 8, "free": 2},
)

NZ = Organisation(
    key="nz",
    country="NZ",
    currency="NZD",
    zone="Pacific/Auckland",
    xero_zone="NEWZEALANDSTANDARDTIME",
    inclusive=True,
    levies=(Levy("NZ", "*", "*", (("GST", "15"),), "OUTPUT2"), Levy("*", "*", "*", (), "ZERORATED")),
    homes=(Place("NZ", "Auckland", "Auckland", "1010"), Place("NZ", "Otago", "Dunedin", "9016")),
    abroad=(Place("AU", "Victoria", "Melbourne", "3000"), Place("US", "Texas", "Austin", "78701")),
    foreign={"AUD": "0.92", "USD": "0.60"},
    no_tax="NONE",
    classes={"standard": 1},
    believes_cards=True,
)

GB = Organisation(
    key="gb",
    country="GB",
    currency="GBP",
    zone="Europe/London",
    xero_zone="GMTSTANDARDTIME",
    inclusive=True,
    levies=(
        Levy("GB", "*", "reduced", (("VAT Reduced", "5"),), "RROUTPUT"),
        Levy("GB", "*", "free", (("VAT Zero", "0"),), "ZERORATEDOUTPUT"),
        Levy("GB", "*", "*", (("VAT", "20"),), "OUTPUT2"),
        Levy("*", "*", "*", (), "ZERORATEDOUTPUT"),
    ),
    homes=(Place("GB", "West Yorkshire", "Leeds", "LS1 1AA"), Place("GB", "Greater London", "London", "N1 9GU")),
    abroad=(Place("DE", "Berlin", "Berlin", "10115"), Place("FR", "Auvergne-Rhône-Alpes", "Lyon", "69001")),
    foreign={"EUR": "1.15", "USD": "1.27"},
    no_tax="NONE",
    classes={"standard": 7, "reduced": 1, "free": 2},
    # All that it is used for is taken to bear the standard rate: then it is taxed when it is sold.
    voucher_rate="20",
    voucher_type="OUTPUT2",
)

US = Organisation(
    key="us",
    country="US",
    currency="USD",
    zone="America/Chicago",
    xero_zone="CENTRALSTANDARDTIME",
    inclusive=False,
    levies=(
        Levy("US", "*", "free", (), "NONE"),
        _us("Texas", ("State tax", "6.25"), ("Travis County tax", "2")),
        _us("New York", ("State tax", "4"), ("Erie County tax", "4.75")),
        _us("California", ("State tax", "7.25"), ("Alameda County tax", "1.5"), ("District tax", "2")),
        _us("Washington", ("State tax", "6.5"), ("King County tax", "3.7")),
        Levy("*", "*", "*", (), "NONE"),
    ),
    homes=(
        Place("US", "Texas", "Austin", "78701"),
        Place("US", "New York", "Buffalo", "14201"),
        Place("US", "California", "Oakland", "94601"),
        Place("US", "Washington", "Seattle", "98101"),
        Place("US", "Oregon", "Portland", "97201"),
    ),
    abroad=(Place("CA", "British Columbia", "Vancouver", "V5K 0A1"), Place("GB", "West Yorkshire", "Leeds", "LS1 1AA")),
    foreign={"CAD": "1.37", "EUR": "0.92"},
    no_tax="NONE",
    classes={"standard": 9, "free": 1},
    tax_as_lines=True,
)

CA = Organisation(
    key="ca",
    country="CA",
    currency="CAD",
    zone="America/Los_Angeles",
    xero_zone="PACIFICSTANDARDTIME",
    inclusive=False,
    levies=(
        Levy("CA", "*", "free", (("Zero-rated", "0"),), "ZERORATED"),
        # Children's clothes and books bear no provincial tax in British Columbia.
        Levy("CA", "British Columbia", "reduced", (("GST", "5"),), "GST"),
        Levy("CA", "British Columbia", "*", (("GST", "5"), ("PST", "7")), "GSTPSTBC"),
        Levy("CA", "Alberta", "*", (("GST", "5"),), "GST"),
        Levy("CA", "Ontario", "*", (("HST", "13"),), "HSTON"),
        Levy("CA", "Nova Scotia", "*", (("HST", "14"),), "HSTNS"),
        Levy("CA", "Saskatchewan", "*", (("GST", "5"), ("PST", "6")), "GSTPSTSK"),
        Levy("CA", "Quebec", "*", (("GST", "5"), ("QST", "9.975")), "GSTQST"),
        Levy("*", "*", "*", (), "NONE"),
    ),
    homes=(
        Place("CA", "British Columbia", "Vancouver", "V5K 0A1"),
        Place("CA", "Ontario", "Toronto", "M4B 1B3"),
        Place("CA", "Quebec", "Montreal", "H2X 1Y4"),
        Place("CA", "Alberta", "Calgary", "T2P 1J9"),
        Place("CA", "Saskatchewan", "Regina", "S4P 3Y2"),
        Place("CA", "Nova Scotia", "Halifax", "B3H 1A1"),
    ),
    abroad=(Place("US", "Texas", "Austin", "78701"), Place("FR", "Auvergne-Rhône-Alpes", "Lyon", "69001")),
    foreign={"USD": "0.73", "EUR": "0.67"},
    no_tax="NONE",
    classes={"standard": 7, "reduced": 1, "free": 2},
)

ORGANISATIONS: tuple[Organisation, ...] = (AU, NZ, GB, US, CA)
