"""How a setting's value is written: amounts, rates, codes and moments, each read by its text so that it stays exact."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _percent(value: object) -> Decimal:
    """A rate as the accountant writes it: 10, 5.5 or "5.5". YAML's float is read by its text, so it stays exact."""
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        rate = Decimal("NaN")
    if isinstance(value, bool) or not rate.is_finite() or rate < 0:
        raise ValueError("is a rate in percent, such as 10 or 5.5")
    return rate


def _code(value: object) -> str:
    """A code as it stands in Xero. YAML makes 200.10 the number 200.1, which is another account."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("is a code: put it in quotes")
    return str(value)


def utc(moment: datetime | date) -> datetime:
    """The moment in UTC; a date is its first moment."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def _rate(value: object) -> Decimal:
    """A currency rate as the company states it: "0.6482". YAML's float is read by its text, so it stays exact."""
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        rate = Decimal("NaN")
    if isinstance(value, bool) or not rate.is_finite() or rate <= 0:
        raise ValueError("is a rate above zero, such as 0.6482")
    return rate


def _amount(value: object) -> Decimal:
    """An amount of money: "1250.00". YAML's float is read by its text, so it stays exact."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or amount < 0:
        raise ValueError("is an amount such as 1250.00")
    return amount


Money = Annotated[Decimal, BeforeValidator(_amount)]
Rate = Annotated[Decimal, BeforeValidator(_rate)]
Percent = Annotated[Decimal, BeforeValidator(_percent)]
Code = Annotated[str, BeforeValidator(_code), Field(min_length=1, max_length=20)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Moment = Annotated[datetime | date, AfterValidator(utc)]


class Strict(BaseModel):
    """A piece of a store's file: what it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)
