"""Who is billed, as Xero will hold it (accounting.md 6; reference xero.md 6)."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Literal

from include.domain.document import Contact
from include.domain.order import Order, Person
from include.domain.policy import Policy

NAME_MAX = 255
EMAIL_MAX = 255
_BLANKS = re.compile(r"\s+")
_ODD = re.compile(r"[<>\x00-\x1f\x7f]")
_PLAIN = re.compile(r"(?:[A-Za-z0-9.,+-]+(?: [A-Za-z0-9.,+-]+)*)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def contact_of(order: Order, policy: Policy) -> Contact:
    """The contact of an order: the shop's customer, a guest by e-mail, or the one contact that the setting names.

    The key of a guest is a keyed digest of the e-mail, so that no address is a key anywhere (design 4.11). A guest
    without an e-mail is known by the order alone.
    """
    person = cleaned(order.person)
    key = contact_key_of(order, policy)
    if policy.one_contact is not None:
        return Contact(key, f"bc:{policy.store_hash}:all", policy.one_contact, policy.one_contact, person)
    name = _display_name(person) or (person.email or f"Shopper of order {order.id}")
    suffix = f" (BC {order.customer_id or order.id})"
    return Contact(
        key=key,
        number=f"bc:{policy.store_hash}:{key}"[:50],
        name=name[:NAME_MAX],
        suffixed_name=f"{name[: NAME_MAX - len(suffix)]}{suffix}",
        person=person,
    )


def contact_key_of(order: Order, policy: Policy) -> str:
    """What names the order's contact in our tables."""
    if policy.one_contact is not None:
        return "all"
    if order.customer_id:
        return str(order.customer_id)
    email = _usable(order.person.email)
    return f"g-{email_digest(email, policy.key)}" if email else f"o-{order.id}"


def email_digest(email: str, key: bytes) -> str:
    """A keyed digest of a normalised address: equal for equal addresses of one store, meaningless elsewhere."""
    return hmac.new(key, email.strip().casefold().encode(), hashlib.sha256).hexdigest()[:24]


def cleaned(person: Person) -> Person:
    """The person within Xero's limits: nothing is refused for its length (reference xero.md 6)."""
    return Person(
        first_name=_clean(person.first_name, 255),
        last_name=_clean(person.last_name, 255),
        company=_clean(person.company, 255),
        email=_usable(person.email),
        phone=_clean(person.phone, 50),
        street_1=_clean(person.street_1, 500),
        street_2=_clean(person.street_2, 500),
        city=_clean(person.city, 255),
        state=_clean(person.state, 255),
        postcode=_clean(person.postcode, 50),
        country=re.sub(r"[^A-Za-zÀ-ÿ ]", "", _clean(person.country, 255))[:50].strip(),
        country_code=person.country_code,
    )


def _usable(email: str) -> str:
    """The address as it is compared, or nothing where it is none."""
    email = email.strip().casefold()
    return email if len(email) <= EMAIL_MAX and _EMAIL.fullmatch(email) else ""


def _display_name(person: Person) -> str:
    return person.company or f"{person.first_name} {person.last_name}".strip()


def _clean(text: str, length_max: int) -> str:
    plain = _PLAIN.fullmatch(text)  # most are; the other way gives the same
    kept = text if plain else _BLANKS.sub(" ", _ODD.sub("", text)).strip()
    return kept[:length_max].strip()


@dataclass(frozen=True, slots=True)
class Known:
    """A contact that Xero holds, as far as resolving needs it."""

    contact_id: str
    name: str
    number: str
    email: str
    active: bool
    merged_to: str | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What to do about a contact: use one that is there, create it, or ask."""

    action: Literal["use", "create", "ambiguous", "archived"]
    contact_id: str | None = None
    name: str = ""
    words: str = ""
    followed_merge: bool = False


def resolve(contact: Contact, linked_id: str | None, known: tuple[Known, ...]) -> Resolution:
    """Which contact an order is billed to: our link, our number, one active match by e-mail, or a new one.

    known   the contacts in Xero that share our link's id, the number, the e-mail or the name; merges followed need the
            winner in it too. A name alone never identifies anybody (complaint C45).
    """
    by_id = {each.contact_id: each for each in known}
    for found in (by_id.get(linked_id or ""), next((each for each in known if each.number == contact.number), None)):
        if found is not None:
            return _live(found, by_id)
    if linked_id is not None:
        return Resolution("use", linked_id, words="linked before")
    email = contact.person.email
    if email:
        matches = [each for each in known if each.active and each.email.strip().casefold() == email]
        if len(matches) == 1:
            return Resolution("use", matches[0].contact_id, matches[0].name, "the only active contact with this e-mail")
        if len(matches) > 1:
            return Resolution("ambiguous", words=f"{len(matches)} active contacts share the customer's e-mail")
    taken = any(each.active and each.name.casefold() == contact.name.casefold() for each in known)
    return Resolution("create", None, contact.suffixed_name if taken else contact.name, "new")


def _live(found: Known, by_id: dict[str, Known]) -> Resolution:
    seen: set[str] = set()
    followed = False
    while found.merged_to and found.contact_id not in seen:
        seen.add(found.contact_id)
        winner = by_id.get(found.merged_to)
        followed = True
        if winner is None:
            return Resolution("use", found.merged_to, words="merged into another contact", followed_merge=True)
        found = winner
    if not found.active:
        return Resolution("archived", found.contact_id, found.name, f"contact {found.name!r} is archived")
    words = "merged into another contact" if followed else "known"
    return Resolution("use", found.contact_id, found.name, words, followed)
