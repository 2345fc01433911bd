"""Great Expectations behind one function: a frame and what is expected of it in, a judgement per rule out."""

import gc
import importlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation, described without importing Great Expectations.

    rule       the name that a judgement is found by.
    kind       the expectation's class in `great_expectations.expectations`.
    arguments  what that class takes.
    sentence   for a rule on the batch: what is wrong when it fails. Empty for a rule on records.
    """

    rule: str
    kind: str
    arguments: Mapping[str, Any]
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one expectation ended.

    rows   the keys of the records that fail it; empty where it speaks of the whole frame.
    fault  why it could not be judged at all, else empty. Such a rule has neither passed nor named its records.
    """

    rule: str
    passed: bool
    rows: tuple[int, ...] = ()
    fault: str = ""


def frame_of(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Any:
    """A pandas frame of these rows; values stay the Python objects that they are."""
    import pandas as pd

    # As objects: pandas must not turn a Decimal into a float, nor None into a text.
    return pd.DataFrame([[row[name] for name in columns] for row in rows], columns=list(columns), dtype=object)


def judge(frame: Any, expected: Sequence[Expected], key: str) -> dict[str, Judgement]:
    """The judgement on every rule, by its name; `key` is the column of whole numbers that names a record.

    Results come back in another order than they were asked (reference airflow.md 12), so each is found by the rule in
    its meta. A rule without a result, with an exception, or failed without naming a record although it speaks of
    records, is a fault: silence never passes.
    """
    if len({each.rule for each in expected}) != len(expected):
        raise ValueError("two expectations bear the same rule name")
    results = {
        result["expectation_config"]["meta"]["rule"]: result for result in _validated(frame, expected, key)["results"]
    }
    return {each.rule: _judgement(each, results.get(each.rule), key) for each in expected}


def broken_of(expected: Iterable[Expected], judged: Mapping[str, Judgement]) -> Iterator[tuple[str, str]]:
    """(rule, sentence) of every rule that condemns the batch: rules on the batch that fail, and any that is at fault."""
    for each in expected:
        judgement = judged[each.rule]
        if judgement.fault:
            yield each.rule, f"The rule could not be checked: {judgement.fault}"
        elif each.sentence and not judgement.passed:
            yield each.rule, each.sentence


def preload() -> None:
    """Import Great Expectations now, some seconds of one core: for a process that waits for something else meanwhile.

    What is imported stays, so Python need not look through it for garbage any more, here and in what is forked from here:
    a process then ends in 0.1 s instead of 0.8 s.
    """
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    importlib.import_module("great_expectations")
    importlib.import_module("great_expectations.expectations")
    gc.freeze()


def _validated(frame: Any, expected: Sequence[Expected], key: str) -> Mapping[str, Any]:
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # before the import: it logs some 200 lines
    import great_expectations as gx
    import great_expectations.expectations as gxe
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("batch").add_dataframe_asset("frame")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(
        name="rules",
        expectations=[getattr(gxe, each.kind)(**each.arguments, meta={"rule": each.rule}) for each in expected],
    )
    named = {"result_format": "COMPLETE", "unexpected_index_column_names": [key]}
    validated: Any = batch.validate(suite, result_format=named)
    answer: Mapping[str, Any] = validated.to_json_dict()
    return answer


def _judgement(each: Expected, result: Mapping[str, Any] | None, key: str) -> Judgement:
    if result is None:
        return Judgement(each.rule, False, fault="it has no result.")
    raised = _raised(result.get("exception_info") or {})
    if raised is not None:
        return Judgement(each.rule, False, fault=raised)
    if result["success"]:
        return Judgement(each.rule, True)
    listed = (result.get("result") or {}).get("unexpected_index_list") or []
    rows = tuple(dict.fromkeys(int(entry[key]) for entry in listed if entry.get(key) is not None))
    if not rows and not each.sentence:
        return Judgement(each.rule, False, fault="it failed without naming a record.")
    return Judgement(each.rule, False, rows)


def _raised(info: Mapping[str, Any]) -> str | None:
    """The message of an exception: stated directly, or keyed by the metric that raised it."""
    for each in (info, *(value for value in info.values() if isinstance(value, Mapping))):
        if each.get("raised_exception"):
            return str(each.get("exception_message") or "an exception without a message.").strip()
    return None
