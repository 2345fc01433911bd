"""BigCommerce's V3 customer, as we read it (customers.v3.yml customer_Full; reference bigcommerce.md 7)."""

from collections.abc import Sequence
from typing import Any

from include.domain.customer import Customer
from include.domain.order import Person, Recipient
from include.wire.bigcommerce_rows import MisreadError, Problem, read_as
from include.wire.bigcommerce_shapes import Moment, Shape, Text, WholeOrNone, Word, text


class CustomerAddressShape(Shape):
    """One of a customer's addresses. The country's name is missing in some answers, its code never."""

    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    address1: Text = ""
    address2: Text = ""
    city: Text = ""
    state_or_province: Text = ""
    postal_code: Text = ""
    country: Text = ""
    country_code: Text = ""
    phone: Text = ""


class FormFieldShape(Shape):
    """What the customer answered to a question that the merchant added."""

    name: Word
    value: Any = None


class CustomerShape(Shape):
    """An account."""

    id: int
    customer_group_id: WholeOrNone = None
    date_created: Moment
    date_modified: Moment
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    email: Text = ""
    phone: Text = ""
    addresses: tuple[CustomerAddressShape, ...] | None = None
    form_fields: tuple[FormFieldShape, ...] | None = None


def customer_of(content: Any, tax_number_field: str | None) -> Customer | tuple[Problem, ...]:
    """The customer, or its problems.

    The shop marks none of the addresses as the default. The first is where bills go, as the shop itself lists it first; goods
    go there too where it is the only one, and nowhere that we know of where there are several.

    tax_number_field  the form field that the tax number stands in; None where the shop does not ask for it
    """
    try:
        shape = read_as(CustomerShape, content, of="customer")
        tax_number = _tax_number(shape.form_fields or (), tax_number_field)
    except MisreadError as misread:
        return misread.problems
    addresses = shape.addresses or ()
    first = addresses[0] if addresses else CustomerAddressShape()
    return Customer(
        id=shape.id,
        group_id=shape.customer_group_id or 0,
        created_at=shape.date_created,
        modified_at=shape.date_modified,
        person=_person(shape, first),
        recipient=_recipient(first) if len(addresses) == 1 else None,
        tax_number=tax_number,
    )


def _person(shape: CustomerShape, billed: CustomerAddressShape) -> Person:
    return Person(
        first_name=shape.first_name or billed.first_name,
        last_name=shape.last_name or billed.last_name,
        company=shape.company or billed.company,
        email=shape.email,
        phone=shape.phone or billed.phone,
        street_1=billed.address1,
        street_2=billed.address2,
        city=billed.city,
        state=billed.state_or_province,
        postcode=billed.postal_code,
        country=billed.country or billed.country_code,
        country_code=billed.country_code,
    )


def _recipient(to: CustomerAddressShape) -> Recipient:
    name = f"{to.first_name} {to.last_name}".strip()
    return Recipient(
        name=f"{name}, {to.company}" if name and to.company else name or to.company,
        street_1=to.address1,
        street_2=to.address2,
        city=to.city,
        state=to.state_or_province,
        postcode=to.postal_code,
        country=to.country or to.country_code,
    )


def _tax_number(fields: Sequence[FormFieldShape], named: str | None) -> str:
    if named is None:
        return ""
    answers = [each.value for each in fields if each.name.strip().casefold() == named.strip().casefold()]
    try:
        return text(answers[0]).strip() if answers else ""
    except ValueError:
        words = f"The form field {named} has several answers, and a tax number is one."
        raise MisreadError(Problem("unknown_shape", f"form_fields.{named}", words)) from None
