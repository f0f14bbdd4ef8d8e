"""What the image and the composition promise; `make image-test` builds and runs the image."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from techwatch.settings import Settings, load

ROOT = Path(__file__).parents[1]
SECRET_WORDS = re.compile(r"PASSWORD|TOKEN|SECRET|CREDENTIAL", re.IGNORECASE)


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile's stages, each a list of instructions; what stands before FROM comes first."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found: list[list[tuple[str, str]]] = [[]]
    for line in re.sub(r"\\\n\s*", " ", lines).splitlines():
        instruction, _, rest = line.strip().partition(" ")
        if instruction == "FROM":
            found.append([])
        if instruction:
            found[-1].append((instruction, rest.strip()))
    return found


def values(stage: list[tuple[str, str]], instruction: str) -> list[str]:
    return [rest for name, rest in stage if name == instruction]


def test_the_composition_follows_the_published_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [*command, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_stage_stands_on_the_given_base(stages: list[list[tuple[str, str]]]) -> None:
    assert values(stages[0], "ARG")[0].startswith("BASE_IMAGE=")
    assert [values(stage, "FROM")[0].split()[0] for stage in stages[1:]] == ["${BASE_IMAGE}"] * 2


def test_images_are_pinned(stages: list[list[tuple[str, str]]], compose: Any) -> None:
    base = values(stages[0], "ARG")[0].removeprefix("BASE_IMAGE=")
    images = [base, *(service["image"] for service in compose["services"].values())]
    for image in images:
        _, colon, tag = image.rpartition(":")
        assert colon, f"{image} has no tag"
        assert tag not in {"latest", "edge", "nightly"}


def test_the_image_runs_as_a_numeric_user_that_is_not_root(
    stages: list[list[tuple[str, str]]],
) -> None:
    user = values(stages[-1], "USER")[-1]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)


def test_the_image_says_how_it_is_started_stopped_and_checked(
    stages: list[list[tuple[str, str]]],
) -> None:
    final = stages[-1]
    assert values(final, "ENTRYPOINT") == ['["techwatch"]']
    assert values(final, "CMD") == ['["run"]']
    assert values(final, "STOPSIGNAL") == ["SIGTERM"]
    assert values(final, "VOLUME") == ["/data"]
    assert values(final, "HEALTHCHECK")[0].endswith('CMD ["techwatch", "status", "--health"]')


def test_only_hashed_requirements_are_installed(stages: list[list[tuple[str, str]]]) -> None:
    commands = " && ".join(values(stages[1], "RUN")).split("&&")
    for install in (command for command in commands if " install " in command):
        assert "--require-hashes" in install or "--no-index" in install, install


def test_the_final_stage_installs_no_packages(stages: list[list[tuple[str, str]]]) -> None:
    assert not re.search(r"\b(pip|apt-get|apt|apk)\b", " ".join(values(stages[-1], "RUN")))


@pytest.mark.parametrize("name", ["techwatch", "mailpit", "mail-demo"])
def test_every_service_is_confined(compose: Any, name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_every_service_that_stays_up_has_limits(compose: Any) -> None:
    for name, service in compose["services"].items():
        if service["restart"] != "no":
            assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name


def test_ports_are_open_to_this_machine_only(compose: Any) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_configuration_is_mounted_read_only(compose: Any) -> None:
    volumes = compose["services"]["techwatch"]["volumes"]
    assert {"./config:/config:ro", "./baseline:/baseline:ro", "data:/data"} == set(volumes)


def test_the_service_has_the_health_check_of_the_image(
    stages: list[list[tuple[str, str]]], compose: Any
) -> None:
    check = compose["services"]["techwatch"]["healthcheck"]
    _, _, command = values(stages[-1], "HEALTHCHECK")[0].partition("CMD ")
    assert check["test"] == ["CMD", *yaml.safe_load(command)]


def test_the_service_is_given_the_time_it_takes_to_stop(compose: Any) -> None:
    longest = Settings().service.stop_within
    grace = compose["services"]["techwatch"]["stop_grace_period"]
    assert longest < int(grace.removesuffix("s"))


def test_no_secret_stands_in_the_composition(compose: Any) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            assert value is None or not SECRET_WORDS.search(name), name
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())


def test_the_service_mails_only_to_the_catcher_unless_told_otherwise(compose: Any) -> None:
    environment = compose["services"]["techwatch"]["environment"]
    assert environment["TECHWATCH_EMAIL__HOST"] == "${TECHWATCH_EMAIL__HOST:-mailpit}"
    assert compose["services"]["mailpit"]["profiles"] == ["mail"]


@pytest.mark.parametrize("name", ["techwatch", "mail-demo"])
def test_techwatch_accepts_the_environment_it_is_given(
    stages: list[list[tuple[str, str]]], compose: Any, name: str, tmp_path: Path
) -> None:
    """A setting that was renamed must show here: an unknown variable stops techwatch."""
    environment = dict(re.findall(r"\b(TECHWATCH_\w+)=(\S+)", " ".join(values(stages[-1], "ENV"))))
    for variable, value in compose["services"][name]["environment"].items():
        if value is not None:
            environment[variable] = re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value)
    settings = load(tmp_path / "techwatch.yaml", environment)
    assert (settings.email.host, settings.email.port) == ("mailpit", 1025)
    assert settings.data_dir == Path("/data" if name == "techwatch" else "/tmp/demo")


def test_techwatch_accepts_the_mail_server_that_the_comment_shows(tmp_path: Path) -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    environment = dict(re.findall(r"^#   (TECHWATCH_EMAIL__\w+)=(.+)$", text, re.MULTILINE))
    secret = tmp_path / "smtp_password"
    secret.write_text("not a real one\n", "utf-8")
    environment["TECHWATCH_EMAIL__PASSWORD_FILE"] = str(secret)
    settings = load(tmp_path / "techwatch.yaml", environment)
    assert settings.email.password is not None
    assert settings.email.password.get_secret_value() == "not a real one"


def test_the_build_sees_everything_it_copies(stages: list[list[tuple[str, str]]]) -> None:
    allowed = {
        line.removeprefix("!").rstrip("/")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copies = [rest.split()[:-1] for stage in stages[1:] for rest in values(stage, "COPY")]
    sources = {
        source.split("/")[0] for copy in copies for source in copy if "--from" not in copy[0]
    }
    assert sources == allowed
    assert all((ROOT / source).exists() for source in sources)
