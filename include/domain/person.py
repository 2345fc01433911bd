"""A person and an address as Xero takes them: cut and cleaned, never refused for their length (reference xero.md 6)."""

import functools
import re

from include.domain.order import Person, Recipient

NAME_MAX = 255
EMAIL_MAX = 255
_BLANKS = re.compile(r"\s+")
# Angle brackets, control characters, and marks that nobody sees: with one of them two equal names would differ.
_ODD = re.compile("[<>\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")
# Xero's own screens take emoji out of a name, and its API has refused them (waynerobinson/xeroizer #434). What joins two
# of them goes too; elsewhere that joiner is a part of names.
_EMOJI = re.compile("\u200d?[\U0001f000-\U0001faff\U000e0000-\U000e007f][\u200d\ufe0f]*|\u200d?\ufe0f[\u200d\u20e3]*")
_PLAIN = re.compile(r"(?:[A-Za-z0-9.,+-]+(?: [A-Za-z0-9.,+-]+)*)?")
_NO_LETTER = re.compile(r"[^A-Za-zÀ-ÖØ-öø-ÿ ]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TAKEN_BY_XERO = re.compile(r"[\x21-\x7e]*")  # no umlauts in an address (reference xero.md 6)

NOBODY = Person(*("",) * 12)


def cleaned(person: Person) -> Person:
    """The person within Xero's limits. An e-mail that Xero would refuse is left out: it is no reason to hold a sale."""
    email = usable_email(person.email)
    return Person(
        first_name=clean(person.first_name, NAME_MAX),
        last_name=clean(person.last_name, NAME_MAX),
        company=clean(person.company, NAME_MAX),
        email=email if _TAKEN_BY_XERO.fullmatch(email) else "",
        phone=clean(person.phone, 50),
        street_1=clean(person.street_1, 500),
        street_2=clean(person.street_2, 500),
        city=clean(person.city, 255),
        state=clean(person.state, 255),
        postcode=clean(person.postcode, 50),
        country=_country(person.country),
        country_code=person.country_code,
    )


def cleaned_recipient(to: Recipient, billed: Person, clean_billed: Person) -> Recipient:
    """Who receives the goods, and where, within Xero's limits. What is as it is billed needs no second cleaning."""
    return Recipient(
        name=clean(to.name, NAME_MAX),
        street_1=clean_billed.street_1 if to.street_1 == billed.street_1 else clean(to.street_1, 500),
        street_2=clean_billed.street_2 if to.street_2 == billed.street_2 else clean(to.street_2, 500),
        city=clean_billed.city if to.city == billed.city else clean(to.city, 255),
        state=clean_billed.state if to.state == billed.state else clean(to.state, 255),
        postcode=clean_billed.postcode if to.postcode == billed.postcode else clean(to.postcode, 50),
        country=_country(to.country),
    )


def usable_email(email: str) -> str:
    """The address as it is compared, or nothing where it is none."""
    email = email.strip().casefold()
    return email if len(email) <= EMAIL_MAX and _EMAIL.fullmatch(email) else ""


def clean(text: str, most: int) -> str:
    """The text without what Xero refuses, blanks single, at most this long."""
    if _PLAIN.fullmatch(text):  # most are; the other way gives the same
        return text if len(text) <= most else text[:most].strip()
    visible = _ODD.sub("", _EMOJI.sub("", _BLANKS.sub(" ", text)))
    return cut(_BLANKS.sub(" ", visible).strip(), most)


def cut(text: str, most: int) -> str:
    """The text's beginning. A rare letter that takes two places in UTF-16 counts as two: how Xero counts is not known."""
    if 2 * len(text) <= most:
        return text
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").strip()


@functools.lru_cache(maxsize=512)  # countries are few, and nobody's secret
def _country(text: str) -> str:
    """Letters only, at most 50 (reference xero.md 6)."""
    return cut(_BLANKS.sub(" ", _NO_LETTER.sub("", clean(text, 255))).strip(), 50)
