"""Great Expectations, kept in one room: a frame and expectations in, the failing rows out.

Importing it costs about 5 s of CPU (design 4.6), so it is imported when there is something to check and not before.
Results come in any order and are matched by their rule; an expectation that could not be computed is a broken rule,
never a passed one (reference airflow.md 12).
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEY = "record"


@dataclass(frozen=True, slots=True)
class Result:
    """What Great Expectations says of one rule: met, the records that break it, or that it could not be computed."""

    met: bool
    records: tuple[Any, ...]
    trouble: str = ""


def null_rule(rule: str) -> Any:
    """The expectation that no record has a sentence in the rule's column."""
    from great_expectations.expectations.core.expect_column_values_to_be_null import ExpectColumnValuesToBeNull

    return ExpectColumnValuesToBeNull(column=rule, meta={"rule": rule})


def validated(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], expectations: Sequence[Any]
) -> dict[str, Result]:
    """The result of each expectation by the `rule` in its meta.

    rows   one mapping a record, each with `record` as its key.
    """
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations as gx
    import pandas as pd
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    frame = pd.DataFrame([dict(row) for row in rows], columns=list(columns), dtype=object)
    asset = context.data_sources.add_pandas("records").add_dataframe_asset("batch")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    answer = batch.validate(
        gx.ExpectationSuite(name="rules", expectations=list(expectations)),
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [KEY]},
    )
    return {each["expectation_config"]["meta"]["rule"]: _result(each) for each in answer.to_json_dict()["results"]}  # type: ignore[no-untyped-call]


def _result(answer: Mapping[str, Any]) -> Result:
    trouble = answer.get("exception_info") or {}
    raised = trouble.get("raised_exception") or any(
        isinstance(each, Mapping) and each.get("raised_exception") for each in trouble.values()
    )
    if raised:
        return Result(False, (), "the rule could not be computed: a column it needs is not there")
    index = answer.get("result", {}).get("unexpected_index_list") or ()
    return Result(bool(answer["success"]), tuple(row[KEY] for row in index))
