"""The workflow file. If this breaks, what is green elsewhere is not what we call green."""

import re

import yaml
from compose_file import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())


def test_it_runs_the_same_script_as_any_other_ci_of_ours():
    steps = WORKFLOW["jobs"]["tests"]["steps"]

    assert "bash .ci/run" in [step.get("run") for step in steps]
    assert {"python-version": "3.11"} in [step.get("with") for step in steps]


def test_every_action_has_a_whole_version_and_may_only_read():
    used = [step["uses"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "uses" in step]

    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})", action) for action in used)
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 90 for job in WORKFLOW["jobs"].values())
