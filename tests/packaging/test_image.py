"""The Dockerfile. If this breaks, the image runs as root, holds a secret, or holds packages that nobody tested."""

import re
from fnmatch import fnmatch

from compose_file import ROOT, dockerfile, image_environment


def pins(name: str) -> dict[str, str]:
    return dict(
        re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE)
    )


def words(instruction: str) -> list[str]:
    return [rest for word, rest in dockerfile() if word == instruction]


def test_it_stands_on_the_official_image_of_the_version_that_we_pin():
    version = pins("requirements.txt")["apache-airflow"]

    assert words("ARG") == [f"AIRFLOW_IMAGE=apache/airflow:{version}-python3.11"]
    assert words("FROM") == ["${AIRFLOW_IMAGE}"]


def test_it_is_never_root_from_the_first_line_to_the_last():
    assert words("USER") == ["airflow"]
    assert dockerfile()[2] == ("USER", "airflow")
    assert all("--chown=airflow:0" in rest for rest in words("COPY"))


def test_it_holds_no_secret():
    for rest in [*words("ARG"), *words("ENV")]:
        assert not re.search(r"(PASSWORD|SECRET|TOKEN|KEY|DSN|CONN)\w*=", rest, re.IGNORECASE)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored.index("deploy/secrets") > ignored.index("!deploy")
    assert "**/.env*" in ignored


def test_what_it_copies_is_let_in_and_nothing_else_is():
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {rest.split()[-2] for rest in words("COPY")}

    assert lines[0] == "*"
    assert {each.split("/")[0] for each in copied} == let_in
    assert all((ROOT / each).exists() for each in copied)


def test_packages_are_those_whose_hashes_we_know():
    installs = [rest for rest in words("RUN") if "pip install" in rest]

    assert len(installs) == 1
    assert installs[0].count("pip install") == installs[0].count("--require-hashes") == 2
    for name in ("requirements.txt", "deploy/requirements.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text())
        assert [each for each in entries if "==" in each and "--hash=sha256:" not in each] == []


def test_what_the_image_adds_does_not_change_what_we_tested():
    tested, added = pins("requirements.txt"), pins("deploy/requirements.txt")

    assert {
        name: (tested[name], version) for name, version in added.items() if tested.get(name, version) != version
    } == {}
    assert {"celery", "redis", "apache-airflow-providers-celery"} <= set(added) - set(tested)


def test_the_project_and_the_folder_of_its_connection_types_are_on_the_path():
    first, second = image_environment()["PYTHONPATH"].split(":")

    assert first == "/opt/bridge"
    provider = ROOT / second.removeprefix("/opt/bridge/")
    assert [path.name for path in provider.iterdir() if fnmatch(path.name, "*.dist-info")]


def test_every_start_finds_bytecode():
    compiled = [rest for rest in words("RUN") if "compileall" in rest]

    assert len(compiled) == 1
    assert "PYTHONDONTWRITEBYTECODE" not in str(dockerfile())
    copied = {f"/opt/bridge/{rest.split()[-2]}" for rest in words("COPY")}
    assert {path for path in copied if not path.endswith(".txt")} == set(re.findall(r"/opt/bridge/\w+", compiled[0]))


def test_secret_files_become_settings_before_the_official_entrypoint_runs():
    assert words("ENTRYPOINT") == [
        '["/usr/bin/dumb-init", "--", "python", "/opt/bridge/deploy/entrypoint.py", "/entrypoint"]'
    ]
    assert (ROOT / "deploy" / "entrypoint.py").exists()
