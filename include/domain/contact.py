"""Who is billed, as Xero will hold it (accounting.md 6; reference xero.md 6)."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Literal

from include.domain.document import Contact
from include.domain.order import Order, Person, Recipient
from include.domain.outcome import Hold
from include.domain.person import NAME_MAX, NOBODY, clean, cleaned, cleaned_recipient, cut, usable_email
from include.domain.policy import Policy

FIRST_CHANNEL = 1  # the storefront that every shop has


def contact_of(order: Order, policy: Policy) -> Contact:
    """The contact of an order: the shop's customer, a guest by e-mail, or the one contact that the setting names.

    The key of a guest is a keyed digest of the e-mail, so that no address is a key anywhere (design 4.11). A guest
    without an e-mail is known by the order alone.
    """
    key = contact_key_of(order, policy)
    if policy.one_contact is not None:
        return _of_all(order, policy.one_contact, key, number_of(key, policy), policy.store_hash)
    named = f"BC {order.customer_id}" if order.customer_id else f"BC order {order.id}"
    return contact_named(key, policy, order.person, order.recipient, tag=named, nameless=f"Shopper of order {order.id}")


def contact_named(key: str, policy: Policy, who: Person, to: Recipient | None, *, tag: str, nameless: str) -> Contact:
    """A contact that bears a person's name, whoever told of them: an order, or the customer's account.

    tag       what stands in brackets behind a name that somebody else has already
    nameless  what it is called where neither a name nor an e-mail is known
    """
    person = cleaned(who)
    suffix = f" ({tag})"
    name = _display_name(person) or person.email or nameless
    return Contact(
        key=key,
        number=number_of(key, policy),
        name=cut(name, NAME_MAX),
        suffixed_name=f"{cut(name, NAME_MAX - len(suffix))}{suffix}",
        person=person,
        recipient=cleaned_recipient(to, who, person) if to is not None else None,
    )


def number_of(key: str, policy: Policy) -> str:
    """The ContactNumber of a contact that we make: its natural key in Xero."""
    return f"bc:{policy.store_hash}:{key}"[:50]


def _of_all(order: Order, named: str, key: str, number: str, store_hash: str) -> Contact:
    """The contact of all shoppers of a channel. It bears nobody's address or e-mail, and is found by nobody's."""
    channel = "" if order.channel_id == FIRST_CHANNEL else f" (channel {order.channel_id})"
    name = f"{clean(named, NAME_MAX - len(channel))}{channel}"
    suffix = f" (BC {store_hash})"
    return Contact(key, number, name, f"{cut(name, NAME_MAX - len(suffix))}{suffix}", NOBODY)


def contact_key_of(order: Order, policy: Policy) -> str:
    """What names the order's contact in our tables."""
    if policy.one_contact is not None:
        return "all" if order.channel_id == FIRST_CHANNEL else f"all-{order.channel_id}"
    if order.customer_id:
        return str(order.customer_id)
    email = usable_email(order.person.email)
    return email_key(email, policy.key) if email else f"o-{order.id}"


def email_key(email: str, key: bytes) -> str:
    """What names in our tables whoever has this address: a guest's own key, and a second key of a customer.

    A keyed digest: equal for equal addresses of one store, meaningless elsewhere.
    """
    digest = hmac.new(key, email.strip().casefold().encode(), hashlib.sha256).hexdigest()
    return f"g-{digest[:24]}"


def became_a_customer(key_before: str, key_now: str) -> bool:
    """Whether a guest's order belongs to a customer's account now (accounting.md 6; seen: 0, then 5 at the shipment)."""
    return key_before[:2] in ("g-", "o-") and key_now.isdigit()


def _display_name(person: Person) -> str:
    return person.company or f"{person.first_name} {person.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Known:
    """A contact that Xero holds, as far as resolving needs it."""

    contact_id: str
    name: str
    number: str
    email: str
    active: bool
    merged_to: str | None = None

    @property
    def named(self) -> str:
        """What a person can look it up by, without personal data: its Contact Code, else its id."""
        return self.number or self.contact_id


@dataclass(frozen=True, slots=True)
class Resolution:
    """What to do about a contact: use one that is there, create it, or ask. `candidates` as a person looks them up."""

    action: Literal["use", "create", "ambiguous", "archived"]
    contact_id: str | None = None
    name: str = ""
    words: str = ""
    followed_merge: bool = False
    candidates: tuple[str, ...] = ()


def resolve(
    contact: Contact, linked_id: str | None, known: tuple[Known, ...], linked_by_email: str | None = None
) -> Resolution:
    """Which contact an order is billed to: our link, our number, the e-mail, or a new one.

    By e-mail: the contact that we linked to it before, else the one active contact that has it in Xero, or that one which
    has it was merged into.

    known   the contacts in Xero that share our link's id, the number, the e-mail or the name; merges followed need the
            winner in it too. A name alone never identifies anybody (complaint C45).
    """
    by_id = {each.contact_id: each for each in known}
    if linked_id is not None:
        return current(linked_id, by_id, "linked before")
    numbered = sorted((each for each in known if each.number == contact.number), key=lambda each: not each.active)
    if numbered:
        return current(numbered[0].contact_id, by_id, "known")
    if linked_by_email is not None:
        return current(linked_by_email, by_id, "linked before by this e-mail")
    email = contact.person.email
    if email:
        having = (current(each.contact_id, by_id) for each in known if each.email.strip().casefold() == email)
        matches = {each.contact_id: each for each in having if each.action == "use"}
        if len(matches) == 1:
            return replace(*matches.values(), words="the only active contact with this e-mail")
        if len(matches) > 1:
            names = tuple(sorted(by_id[each].named if each in by_id else str(each) for each in matches))
            words = f"{len(matches)} active contacts have the e-mail of {contact.number}: {', '.join(names)}"
            return Resolution("ambiguous", words=words, candidates=names)
    taken = any(each.active and each.name.casefold() == contact.name.casefold() for each in known)
    return Resolution("create", None, contact.suffixed_name if taken else contact.name, "new")


def current(contact_id: str, by_id: dict[str, Known], words: str = "known") -> Resolution:
    """What this contact is today: itself, what it was merged into, or archived. One that is not in `by_id` is taken as it is."""
    found = by_id.get(contact_id)
    if found is None:
        return Resolution("use", contact_id, words=words)
    seen: set[str] = set()
    while found.merged_to and found.contact_id not in seen:
        seen.add(found.contact_id)
        winner = by_id.get(found.merged_to)
        if winner is None:
            return Resolution("use", found.merged_to, words="merged into another contact", followed_merge=True)
        found = winner
    if not found.active:
        words = f"contact {found.named} is archived in Xero"
        return Resolution("archived", found.contact_id, found.name, words, bool(seen), (found.named,))
    return Resolution(
        "use", found.contact_id, found.name, "merged into another contact" if seen else words, followed_merge=bool(seen)
    )


_REMEDIES = {
    "archived": "Restore the contact in Xero; if the customer has another one now, merge the two there.",
    "ambiguous": "Merge them in Xero, or correct the e-mail of those that are somebody else.",
}


def hold_of(found: Resolution) -> Hold | None:
    """Why nobody can be billed yet, and what a person can do about it; None where somebody can. No personal data."""
    if found.action in ("use", "create"):
        return None
    figures = {"contacts": ", ".join(found.candidates)} | ({"contact_id": found.contact_id} if found.contact_id else {})
    reason = "contact_archived" if found.action == "archived" else "contact_ambiguous"
    return Hold(reason, f"{found.words[:1].upper()}{found.words[1:]}.", figures, _REMEDIES[found.action])
