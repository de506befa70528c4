"""What cannot run here: the container file, compose, manifests, alerts and dashboards, each by schema and linter."""

import json
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import typer
import yaml

from duban.entrypoints.cli.main import app
from duban.ops.metrics import NAMES
from duban.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
KUBERNETES = "1.31"  # the oldest that the manifests are written for
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
WRITTEN = [*DEPLOY.rglob("*.y*ml")]
ROLES = {"worker", "relay", "projector", "notifier", "web"}
COUNTERS = frozenset({"duban_deliveries"})  # a counter is asked for by its name and _total
PROCESS = ("process_", "python_")  # metrics of the process itself
LINT = "{extends: default, rules: {line-length: {max: 130}, document-start: disable, braces: {max-spaces-inside: 1}}}"


def run(tool: str, *arguments: str | Path) -> str:
    done = subprocess.run([BIN / tool, *arguments], check=False, capture_output=True, text=True, cwd=ROOT)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def documents(file: Path) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(file.read_text("utf-8")) if one]


def commands() -> set[str]:
    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined] # a group has them


def test_the_container_file_has_no_fault_and_installs_nothing_without_its_hash() -> None:
    file = DEPLOY / "Containerfile"
    installs = re.findall(r"pip install (.*)", file.read_text("utf-8"))

    assert run("hadolint", file) == ""
    assert installs
    assert all("--require-hashes" in one or "--no-deps" in one for one in installs)
    assert re.search(r"^USER 10001", file.read_text("utf-8"), re.M)


def test_compose_holds_its_schema_and_every_role_runs_a_command_that_exists() -> None:
    file = DEPLOY / "compose.yaml"
    services = documents(file)[0]["services"]

    assert run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", file) == ""
    assert ROLES | {"migrate", "postgres", "temporal"} <= services.keys()
    for role in (*ROLES, "migrate"):
        assert services[role]["command"] == [role]
        assert role in commands()
        assert services[role]["read_only"]


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_a_manifest_holds_its_schema(file: Path) -> None:
    found = documents(file)

    for document in found:
        if document["kind"] != "Kustomization":
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        else:
            assert {*document["resources"]} == {m.name for m in MANIFESTS} - {file.name}
    assert found


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_is_probed_limited_and_runs_as_nobody(role: str) -> None:
    deployment = documents(DEPLOY / "kubernetes" / f"{role}.yaml")[0]
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert container["args"] == [role]
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["resources"]["limits"]["memory"]
    assert (
        pod["terminationGracePeriodSeconds"] > 30
    )  # a worker drains for ten seconds, all parts stop in twenty


def test_settings_named_in_deploy_exist() -> None:
    known = {f"DUBAN_{name.upper()}" for name in Settings.model_fields}

    files = [*WRITTEN, DEPLOY / "Containerfile"]
    named = {name for file in files for name in re.findall(r"DUBAN_[A-Z_]+", file.read_text("utf-8"))}

    assert named
    assert named <= known


def test_dashboards_and_alerts_name_metrics_that_exist() -> None:
    dashboard = json.loads((DEPLOY / "grafana/duban.json").read_text("utf-8"))
    alerts = documents(DEPLOY / "prometheus/alerts.yml")[0]["groups"]
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for group in alerts for rule in group["rules"]]

    named = {name for expr in asked for name in re.findall(r"\b(?:duban|process|python)_[a-z_]+", expr)}

    known = {f"{name}_total" if name in COUNTERS else name for name in NAMES}
    assert {name for name in named if not name.startswith(PROCESS)} <= known
    assert len(asked) > 10
    assert {name for name in known if "mail" in name or "deliveries" in name} <= named
    assert all(rule["annotations"]["action"] for group in alerts for rule in group["rules"])


def test_what_is_written_as_yaml_is_well_formed() -> None:
    assert run("yamllint", "--strict", "-d", LINT, *WRITTEN) == ""


def test_the_image_holds_what_runs_and_the_same_versions_as_the_tests() -> None:
    def pinned(lock: Path) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", lock.read_text("utf-8"), re.M))

    image, tested = pinned(DEPLOY / "requirements.lock"), pinned(ROOT / "requirements.lock")
    wanted = {
        re.split(r"[\[<>=;, ]", one)[0].lower().replace("_", "-")
        for one in distribution("duban").requires or ()
    }

    assert wanted <= image.keys()
    assert "pytest" not in image
    assert {name: tested.get(name) for name in image} == image
