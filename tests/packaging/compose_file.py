"""docker-compose.yaml, .env.example and the Dockerfile as data, so that tests speak of what is really shipped."""

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yaml"
VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")


def raw() -> dict[str, Any]:
    """As it is written; anchors are followed."""
    return yaml.safe_load(COMPOSE.read_text("utf-8"))


def variables() -> dict[str, set[str | None]]:
    """Every variable that compose replaces, with the defaults that it is given."""
    found: dict[str, set[str | None]] = {}
    for match in VARIABLE.finditer(COMPOSE.read_text("utf-8")):
        if match["name"]:
            found.setdefault(match["name"], set()).add(match["default"])
    return found


def filled(value: Any) -> Any:
    """A part of the file with every variable at its default, as compose does it without a .env."""
    if isinstance(value, dict):
        return {key: filled(each) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each) for each in value]
    if isinstance(value, str):
        return VARIABLE.sub(lambda match: "$" if match[0] == "$$" else match["default"] or "", value)
    return value


def services() -> dict[str, dict[str, Any]]:
    """Name -> service, with every variable at its default."""
    return filled(raw())["services"]


def ours() -> dict[str, dict[str, Any]]:
    """The services that run our image."""
    return {name: one for name, one in services().items() if one["image"].startswith("bigcommerce-xero-bridge")}


def airflow_commands() -> dict[str, list[str]]:
    """Service -> arguments of `airflow`, for those that run it; /entrypoint of the image puts the word before them."""
    return {name: one["command"] for name, one in ours().items() if one["command"][0] != "python"}


def examples() -> dict[str, str]:
    """The lines of .env.example that are not commented out."""
    pairs = (line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if re.match(r"\w+=", line))
    return dict(pairs)


def dockerfile() -> list[tuple[str, str]]:
    """Its instructions in order, as (WORD, rest), continued lines joined."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split(None, 1)[0].upper(), line.split(None, 1)[1]) for line in text.splitlines() if line.strip()]


def image_environment() -> dict[str, str]:
    """What the Dockerfile's ENV sets."""
    words = [word for instruction, rest in dockerfile() if instruction == "ENV" for word in shlex.split(rest)]
    return dict(word.split("=", 1) for word in words)
