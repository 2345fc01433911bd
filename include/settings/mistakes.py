"""A settings file read so that nothing is taken for something else, and its mistakes told by line.

YAML is kind to computers: `0200` is 128 to it, a setting that stands twice is silently the second one. Both would move
money to another account, so both are mistakes here.
"""

import re
from collections.abc import Hashable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

_PLAIN_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_EXPECTED = {
    "missing": "is required",
    "model_type": "is a mapping of settings of its own",
    "bool_parsing": "is true or false",
    "tuple_type": "is a list",
    "string_type": "is text: put it in quotes",
}


class Careful(yaml.SafeLoader):
    """YAML without its surprises. Raises yaml.MarkedYAMLError where the file could be meant otherwise than it is read."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping, whose keys stand once each."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise _marked(f"{key.value!r} stands twice", key)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value; a date such as 2026-13-01 is none."""
        is_number = node.tag == "tag:yaml.org,2002:int"
        if is_number and not _PLAIN_INT.fullmatch(node.value):
            raise _marked(f"{node.value!r} would be read as another number: put it in quotes", node)
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise _marked(f"{node.value!r} is no value: {error}", node) from None


def content_of(path: Path) -> tuple[str, Any]:
    """The text of a file and what it says, to be read only. Raises ValueError with file, line and what is wrong."""
    return _content(path.name, path.read_bytes())


@lru_cache(maxsize=256)
def _content(name: str, body: bytes) -> tuple[str, Any]:
    """What these bytes say. Kept: each store looks at all others' numbers, and YAML takes 3 ms a file."""
    try:
        text = body.decode()
        return text, yaml.load(text, Loader=Careful)
    except UnicodeDecodeError as error:
        line, what = body[: error.start].count(b"\n") + 1, "not UTF-8 text; save the file as UTF-8"
    except yaml.MarkedYAMLError as error:
        line, what = error.problem_mark.line + 1 if error.problem_mark else 1, f"not YAML: {error.problem}"
    except yaml.reader.ReaderError as error:
        at = len(text[: error.position].splitlines())
        line, what = max(at, 1), f"not YAML: it has the unprintable character {error.character!r}"
    raise ValueError(f"{name}, line {line}: this is {what}.")


def mistakes(path: Path, text: str, model: type[BaseModel], error: ValidationError) -> str:
    """A line for each mistake: file, line, setting, and what is allowed there."""
    lines = []
    for detail in error.errors(include_url=False):
        steps = [step for step in detail["loc"] if not str(step).startswith(("literal[", "function-", "[key]"))]
        setting = ".".join(str(step) for step in steps)
        what = detail["msg"].removeprefix("Value error, ")
        what = _EXPECTED.get(detail["type"], what[0].lower() + what[1:])
        if detail["type"] == "extra_forbidden":
            what = f"is not a setting; allowed: {', '.join(_allowed(model, steps[:-1]))}"
        lines.append(f"{path.name}, line {line_of(text, steps)}: {setting}: {what}.")
    return "\n".join(dict.fromkeys(lines))


def _allowed(model: type[BaseModel], steps: Sequence[Any]) -> list[str]:
    """The settings that are known at this place of the file."""
    for step in steps:
        if step in model.model_fields:
            kinds = (model.model_fields[step].annotation, *get_args(model.model_fields[step].annotation))
            model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), model)
    return list(model.model_fields)


def line_of(text: str, steps: Sequence[Any]) -> int:
    """The line of a setting, or of the nearest parent that is there."""
    node = yaml.compose(text, Loader=Careful)
    line = 1
    for step in steps:
        child = None
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == str(step):
                    line, child = key_node.start_mark.line + 1, value_node
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            child = node.value[step]
            line = child.start_mark.line + 1
        if child is None:
            break
        node = child
    return line


def _marked(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
