"""Settings that a person decided "from now on": rows that overlay the store's file, and that go back into it as YAML.

A row is never undone by hand: a later one on the same thing stands before it (design 4.22).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml
from pydantic import ValidationError

from include.settings.store import SettingsError, Store
from include.settings.store_file import StoreFile

Json = dict[str, Any]

# What may be decided from now on, and how its value looks.
RULES: Mapping[str, str] = {
    "tax_rules": "a tax rule: {rule, country, tax_name, rate, tax_type}",
    "payments": "a way of paying: {tender, account, payment_method or gateway or method}",
    "fees": "a fee's account: {name: account}",
    "item_codes": "the item of Xero that a SKU is: {sku: item code}",
    "policies": "an answer of the set-up: {setting: value}",
}


def overlaid(store: Store, overrides: Sequence[tuple[str, Json]]) -> Store:
    """The store with what was decided since its file was written. Raises SettingsError where a row does not fit it."""
    if not overrides:
        return store
    content = merged(store.file.model_dump(mode="json", exclude_unset=True), overrides)
    try:
        file = StoreFile.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(step) for step in first["loc"])
        raise SettingsError(
            f"{store.key}: what was decided from now on does not fit: {field}: {first['msg']}."
        ) from None
    return replace(store, file=file, decided=tuple(overrides))


def merged(content: Mapping[str, Any], overrides: Sequence[tuple[str, Json]]) -> Json:
    """A store file's content with the rows on it: lists get theirs in front, since the first match wins."""
    result: Json = dict(content)
    for rule, value in overrides:
        if rule in ("tax_rules", "payments"):
            result[rule] = [value, *result.get(rule, ())]
        elif rule == "fees":
            accounts = dict(result.get("accounts") or {})
            result["accounts"] = {**accounts, "fees": {**(accounts.get("fees") or {}), **value}}
        else:
            result[rule] = {**(result.get(rule) or {}), **value}
    return result


def as_yaml(overrides: Sequence[tuple[str, Json]]) -> str:
    """The rows as what is to be added to the store's file."""
    return yaml.safe_dump(merged({}, overrides), sort_keys=False, allow_unicode=True) if overrides else ""
