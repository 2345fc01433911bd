"""The shoppers: invented names, registered or not, some of a company, some who come back."""

from dataclasses import dataclass, replace

from include.sandbox.order_builder.parts import Address
from include.sandbox.ordinary.mix import Dice
from include.sandbox.ordinary.organisations import Organisation, Place

FIRST = (
    *("Ada", "Bela", "Cora", "Dario", "Edda", "Femke", "Goran", "Hedda", "Ilja", "Jorin", "Kaia", "Lenz", "Marit"),
    *("Nuno", "Oona", "Piet", "Quill", "Runa", "Selma", "Tilo", "Ulla", "Vito", "Wanda", "Xenia", "Yara", "Zoë"),
)
LAST = (
    *("Arbor", "Brook", "Cliff", "Dune", "Ember", "Fjord", "Grove", "Heath", "Inlet", "Jetty", "Knoll", "Ledge"),
    *("Marsh", "Núñez", "Orchard", "Pond", "Quarry", "Ridge", "Shore", "Thicket", "Upland", "Vale", "O'Weir"),
)
COMPANIES = ("Interiors", "& Sons Ltd", "Workshop", "Bakery", "Outfitters", "Clinic", "Studio (North)", "School")
ASCII = str.maketrans("ëúñ'", "eun-")


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who buys. `customer` 0 is a guest, of whom the billing address is all that is known."""

    customer: int
    home: Address

    @property
    def shown_as(self) -> str:
        """The name that a contact of this shopper bears: the company's, or the person's."""
        return self.home.company or f"{self.home.first_name} {self.home.last_name}"


class Crowd:
    """The shoppers of one shop. Some of those who were there before are met again."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._met: dict[bool, list[Shopper]] = {True: [], False: []}
        self._count = 0

    def next(self, dice: Dice, place: Place, *, guest: bool, new: bool) -> Shopper:
        """A shopper of that place, or one who was here before. `new`: surely nobody who was."""
        met = self._met[guest]
        if not new and met and dice.percent(25):
            known = dice.one_of(met)
            if known.home.country_iso2 == place.country:
                return known
        shopper = self._made(dice, place, guest=guest)
        registered = [each for each in self._met[False] if each.home.country_iso2 == place.country]
        if guest and not new and registered and dice.percent(3):
            shopper = replace(shopper, home=dice.one_of(registered).home)  # who did not log in
        if not new:
            met.append(shopper)
        return shopper

    def forget(self, shopper: Shopper) -> None:
        """This one does not come back by chance."""
        for met in self._met.values():
            met[:] = [each for each in met if each != shopper]

    def _made(self, dice: Dice, place: Place, *, guest: bool) -> Shopper:
        self._count += 1
        first, last = dice.one_of(FIRST), dice.one_of(LAST)
        company = f"{last} {dice.one_of(COMPANIES)}" if dice.percent(10) else ""
        number = self._count
        email = f"{first}.{last}.{number}@example.com".lower().translate(ASCII)
        phone = f"+00 555 {number:04d}" if dice.percent(60) else ""
        return Shopper(0 if guest else 1000 + number, address(place, first, last, company, email, phone))


def address(
    place: Place, first: str, last: str, company: str = "", email: str = "", phone: str = "", street: str = ""
) -> Address:
    """Somebody at a place."""
    return Address(
        first,
        last,
        company,
        email,
        place.country,
        place.state,
        place.city,
        place.code,
        street or "1 Example Street",
        phone,
    )
