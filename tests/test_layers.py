"""Who may know whom (design, layout). A rule that calls out could not be tested on 30 June; that is who is hurt."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAY_IMPORT: dict[str, set[str]] = {
    "domain": set(),
    "clients": set(),
    "wire": {"domain"},
    "checks": {"domain"},
    "database": {"domain"},
    "settings": {"domain"},
    "papers": {"domain"},
    "keepers": {"clients", "database", "settings"},
    "connecting": {"clients", "database", "settings", "keepers"},
    "door": {"domain", "wire", "database", "settings"},
    "stages": {"domain", "clients", "wire", "checks", "database", "settings"},
    # The demo compares the books with what the sandbox's shop demands, so commands may read its data.
    "commands": {
        "stages",
        "keepers",
        "connecting",
        "door",
        "papers",
        "domain",
        "clients",
        "wire",
        "checks",
        "database",
        "settings",
        "sandbox",
    },
    "sandbox": set(),
}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def sources() -> list[tuple[str, Path]]:
    found = [(path.relative_to(ROOT / "include").parts[0], path) for path in (ROOT / "include").rglob("*.py")]
    return [(layer, path) for layer, path in found if layer in MAY_IMPORT]


def test_every_layer_has_files_so_that_this_test_checks_something():
    assert {layer for layer, _ in sources()} == set(MAY_IMPORT)


def test_arrows_point_inwards():
    for layer, path in sources():
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "include" and len(parts) > 1 and parts[1] != layer:
                assert parts[1] in MAY_IMPORT[layer], (
                    f"{path.relative_to(ROOT)} imports {name}: include/{layer} may import {sorted(MAY_IMPORT[layer])}. "
                    "Pass what it needs as an argument instead."
                )


def test_nothing_in_include_knows_airflow_and_only_checks_know_great_expectations():
    for layer, path in sources():
        tops = {name.split(".")[0] for name in imported(path)}
        assert "airflow" not in tops, f"{path.relative_to(ROOT)} imports Airflow: move that to plugins/bridge."
        if layer != "checks":
            assert "great_expectations" not in tops, (
                f"{path.relative_to(ROOT)}: Great Expectations belongs in include/checks."
            )
