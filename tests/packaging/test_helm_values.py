"""deploy/helm-values.yaml. No cluster and no chart is here, so this holds what the chart's documentation says of its keys."""

import re

import yaml
from compose_file import ROOT, image_environment, services

VALUES = yaml.safe_load((ROOT / "deploy" / "helm-values.yaml").read_text())

# The chart's values at 1.19 (Airflow 3.1) and its release notes to 1.22: key -> keys below it that we may use.
KNOWN: dict[str, set[str] | None] = {
    "airflowVersion": None,
    "executor": None,
    "images": {"airflow"},
    "uid": None,
    "gid": None,
    "securityContexts": {"pod", "containers"},
    "env": None,
    "secret": None,
    "volumes": None,
    "volumeMounts": None,
    "fernetKeySecretName": None,
    "jwtSecretName": None,
    "apiSecretKeySecretName": None,
    "data": {"metadataSecretName", "resultBackendSecretName", "brokerUrlSecretName"},
    "config": None,
    "postgresql": {"enabled"},
    "redis": {"enabled", "passwordSecretName"},
    "createUserJob": {"enabled"},
    "migrateDatabaseJob": {"enabled", "args", "extraInitContainers", "resources"},
    "apiServer": {"replicas", "env", "extraVolumes", "extraVolumeMounts", "resources", "startupProbe"},
    "scheduler": {"replicas", "resources"},
    "dagProcessor": {"enabled", "replicas", "resources"},
    "triggerer": {"enabled", "replicas", "persistence", "resources"},
    "workers": {"celery"},
    "statsd": {"enabled"},
}
RUNNING = ("apiServer", "scheduler", "dagProcessor", "triggerer")


def test_every_key_is_one_that_the_chart_knows():
    assert set(VALUES) <= set(KNOWN)
    for key, below in KNOWN.items():
        if below is not None:
            assert set(VALUES[key]) <= below, key
    assert set(VALUES["workers"]["celery"]) <= {"replicas", "terminationGracePeriodSeconds", "persistence", "resources"}


def test_it_runs_the_same_airflow_in_the_same_way_as_compose():
    environment = services()["worker"]["environment"]

    assert f"=={VALUES['airflowVersion']} " in (ROOT / "requirements.txt").read_text()
    assert VALUES["executor"] == environment["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert VALUES["config"]["core"]["auth_manager"] == environment["AIRFLOW__CORE__AUTH_MANAGER"]
    assert (
        VALUES["config"]["core"]["simple_auth_manager_users"]
        == (environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"])
    )
    assert {each["name"]: each["value"] for each in VALUES["env"]}["PYTHONPATH"] == image_environment()["PYTHONPATH"]


def test_workers_scale_by_a_number_as_in_compose_with_as_many_slots_and_the_same_imports():
    environment, workers = services()["worker"]["environment"], VALUES["workers"]
    celery = VALUES["config"]["celery"]

    # `workers.replicas` is the older name, deprecated since the chart has `workers.celery`.
    assert set(workers) == {"celery"}
    assert workers["celery"]["replicas"] == int(services()["worker"]["deploy"]["replicas"])
    assert celery["worker_concurrency"] == int(environment["AIRFLOW__CELERY__WORKER_CONCURRENCY"])
    assert celery["extra_celery_config"] == environment["AIRFLOW__CELERY__EXTRA_CELERY_CONFIG"]
    assert (
        workers["celery"]["replicas"] * celery["worker_concurrency"] <= 32
    )  # Airflow's `core.parallelism`, unless set


def test_secrets_are_named_and_never_written():
    text = (ROOT / "deploy" / "helm-values.yaml").read_text()

    assert not re.search(
        r"^\s*(password|pass|fernetKey|jwtSecret|apiSecretKey|webserverSecretKey):", text, re.MULTILINE
    )
    assert all(set(each) == {"envName", "secretName", "secretKey"} for each in VALUES["secret"])
    assert {each["envName"] for each in VALUES["secret"]} == {"BRIDGE_DSN", "BRIDGE_READER_DSN", "BRIDGE_KEY"}
    assert VALUES["createUserJob"]["enabled"] is False


def test_our_migration_runs_before_airflows_and_alone_knows_the_owner():
    first = VALUES["migrateDatabaseJob"]["extraInitContainers"][0]

    assert first["args"] == ["python", "-m", "include.database.migrate"]
    assert first["env"] == [
        {"name": "BRIDGE_OWNER_DSN", "valueFrom": {"secretKeyRef": {"name": "bridge-owner", "key": "owner-dsn"}}}
    ]
    assert str(VALUES).count("owner-dsn") == 1
    assert VALUES["migrateDatabaseJob"]["args"] == services()["prepare"]["command"]


def test_nobody_is_root_and_everybody_has_a_limit():
    assert VALUES["securityContexts"]["pod"]["runAsNonRoot"] is True
    assert VALUES["securityContexts"]["containers"]["allowPrivilegeEscalation"] is False
    parts = [*(VALUES[name] for name in RUNNING), VALUES["workers"]["celery"], VALUES["migrateDatabaseJob"]]
    for part in parts:
        assert set(part["resources"]["requests"]) == {"cpu", "memory"}
        assert "memory" in part["resources"]["limits"]


def test_the_people_who_may_log_in_come_from_where_our_entrypoint_looks():
    server = VALUES["apiServer"]
    told = {each["name"]: each["value"] for each in server["env"]}

    assert [each["mountPath"] for each in server["extraVolumeMounts"]] == [told["SECRETS_FOLDER"]]
    assert not told["SECRETS_FOLDER"].startswith(("/run/secrets", "/var/run/secrets"))  # the token's own place
    assert (
        told["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]
        == (VALUES["config"]["core"]["simple_auth_manager_passwords_file"])
    )
