"""A member as it is stored: what one document of an order brings to its day. Amounts are text, so that they stay exact."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from include.database.connection import Row, json_value
from include.domain.money import half_up
from include.domain.summary import Bucket, Day, Member, Share

FLOW = "summary_of_the_day"
KIND = "summary"  # the subject of a day's documents, in links, attempts and postings
CAUSE = "summary"  # why an order is looked at again


def told(member: Member) -> dict[str, Any]:
    """The member as JSON, beside its planned document."""
    return {
        "dated": member.day.dated.isoformat(),
        "channel_id": member.day.channel_id,
        "currency": member.day.currency,
        "line_amount_types": member.day.types,
        "amount": str(member.amount),
        "tax": str(member.tax),
        "shares": _told_shares(member),
        "tender": member.tender,
        "account": member.account,
        "moved_on": member.moved_on and member.moved_on.isoformat(),
        "not_before": member.not_before and member.not_before.isoformat(),
        "note": member.note,
    }


def member_in(content: Mapping[str, Any]) -> Member:
    """The member out of its JSON, or out of its row."""
    return Member(
        day=Day(_date(content["dated"]), int(content["channel_id"]), content["currency"], content["line_amount_types"]),
        amount=half_up(Decimal(content["amount"])),
        tax=half_up(Decimal(content["tax"])),
        shares=None if content["shares"] is None else dict(map(_share, content["shares"]["buckets"])),
        tender=content["tender"],
        account=content["account"],
        moved_on=content["moved_on"] and _date(content["moved_on"]),
        not_before=content["not_before"] and _date(content["not_before"]),
        note=content["note"],
    )


def row_of(planned: Row, member: Member, change: int, batch: Row) -> tuple[Any, ...]:
    """The row of `document_member` for a planned document of an order."""
    shares = _told_shares(member)
    return (
        *(planned["store"], int(planned["subject_key"]), planned["kind"], planned["part"], change),
        *(member.day.dated, member.day.channel_id, member.day.currency, member.day.types),
        *(member.amount, member.tax, None if shares is None else json_value(shares)),
        *(member.tender, member.account, member.moved_on, member.not_before, member.note),
        *(planned["source_hash"], planned["revision"], planned["happened_at"]),
        *(batch["settings_version"], planned["batch_id"]),
    )


def _told_shares(member: Member) -> dict[str, Any] | None:
    if member.shares is None:
        return None
    return {
        "buckets": [
            [*(bucket.kind, bucket.account, bucket.tax_type, bucket.label, bucket.tracking), *map(str, amounts)]
            for bucket, share in member.shares.items()
            for amounts in ((share.amount, share.tax),)
        ]
    }


def _share(row: Any) -> tuple[Bucket, Share]:
    kind, account, tax_type, label, tracking, amount, tax = row
    pairs = tuple((str(category), str(option)) for category, option in tracking)
    return Bucket(kind, account, tax_type, label, pairs), Share(Decimal(amount), Decimal(tax))


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
