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
from techwatch.settings.schema import leaves, variable

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
    images = {base, *(service["image"] for service in compose["services"].values())}
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


def test_what_lists_the_contents_is_pinned_as_for_development() -> None:
    pins = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("image.txt", "dev.txt")
    ]
    assert any(pin.startswith("cyclonedx-bom==") for pin in pins[0])
    assert pins[0] <= pins[1]


def test_the_image_has_a_list_of_what_it_holds(stages: list[list[tuple[str, str]]]) -> None:
    assert any("cyclonedx-py environment" in command for command in values(stages[1], "RUN"))
    [copied] = [rest for rest in values(stages[-1], "COPY") if "sbom" in rest]
    target = copied.split()[-1]
    assert f'io.cyclonedx.sbom="{target}"' in " ".join(values(stages[-1], "LABEL"))


def test_the_final_stage_installs_no_packages(stages: list[list[tuple[str, str]]]) -> None:
    assert not re.search(r"\b(pip|apt-get|apt|apk)\b", " ".join(values(stages[-1], "RUN")))


@pytest.mark.parametrize(
    "name", ["techwatch", "desk", "worker", "migrate", "postgres", "mailpit", "mail-demo"]
)
def test_every_service_is_confined(compose: Any, name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode"} & set(service)


def test_these_are_all_services(compose: Any) -> None:
    profiles = {name: service.get("profiles") for name, service in compose["services"].items()}
    assert profiles == {
        "techwatch": None,
        "desk": ["desk"],
        "worker": ["cluster"],
        "migrate": ["cluster"],
        "postgres": ["cluster"],
        "mailpit": ["mail"],
        "mail-demo": ["mail"],
    }


def test_every_service_that_stays_up_has_a_health_check(compose: Any) -> None:
    for name, service in compose["services"].items():
        assert (service["restart"] == "no") or "test" in service["healthcheck"], name


def test_service_and_workers_use_the_same_database(compose: Any) -> None:
    """Else `docker compose --profile cluster up` polled every feed for two databases."""
    services = compose["services"]
    for name in ("techwatch", "desk", "worker", "migrate"):
        environment = services[name]["environment"]
        assert environment["TECHWATCH_DATABASE_URL_FILE"] == "/run/secrets/database_url", name
        assert "database_url" in services[name]["secrets"]
    assert compose["secrets"]["database_url"] == {"file": "${DATABASE_URL_FILE:-/dev/null}"}


def test_workers_wait_for_the_upgrade_and_that_for_the_database(compose: Any) -> None:
    services = compose["services"]
    done, healthy = "service_completed_successfully", "service_healthy"
    assert services["worker"]["depends_on"]["migrate"]["condition"] == done
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": healthy}}
    assert services["migrate"]["command"] == ["db", "upgrade"]
    assert services["techwatch"]["depends_on"]["migrate"]["required"] is False


def test_only_techwatch_reaches_the_database(compose: Any) -> None:
    assert compose["networks"]["database"] == {"internal": True}
    assert compose["services"]["postgres"]["networks"] == ["database"]
    assert not compose["services"]["postgres"].get("ports")


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
    assert compose["services"]["worker"]["volumes"] == volumes  # senders' locks and digests


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
            secret = SECRET_WORDS.search(name) and not str(value).startswith("/run/secrets/")
            assert value is None or not secret, name
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())


def test_the_service_mails_only_to_the_catcher_unless_told_otherwise(compose: Any) -> None:
    environment = compose["services"]["techwatch"]["environment"]
    assert environment["TECHWATCH_EMAIL__HOST"] == "${TECHWATCH_EMAIL__HOST:-mailpit}"
    assert compose["services"]["mailpit"]["profiles"] == ["mail"]


def by_default(value: str) -> str:
    """Return what a value is where no variable is set."""
    found = re.compile(r"\$\{\w+:-([^{}]*)\}")
    while found.search(value):
        value = found.sub(r"\1", value)
    return value


@pytest.mark.parametrize("database", ["", "postgresql+psycopg://techwatch:word@postgres/techwatch"])
@pytest.mark.parametrize("name", ["techwatch", "desk", "worker", "migrate", "mail-demo"])
def test_techwatch_accepts_the_environment_it_is_given(
    stages: list[list[tuple[str, str]]], compose: Any, name: str, database: str, tmp_path: Path
) -> None:
    """A setting that was renamed must show here: an unknown variable stops techwatch."""
    secret = tmp_path / "secret"
    secret.write_text(f"{database}\n", "utf-8")
    environment = dict(re.findall(r"\b(TECHWATCH_\w+)=(\S+)", " ".join(values(stages[-1], "ENV"))))
    for given, value in compose["services"][name]["environment"].items():
        if given == "TECHWATCH_DATABASE_URL_FILE":
            environment[given] = str(secret)
        elif value is not None:
            environment[given] = by_default(value)
        elif given.endswith("PUBLIC_URL"):
            environment[given] = "https://techwatch.example.org"
        elif given.endswith("FORMAT"):
            environment[given] = "json"
    settings = load(tmp_path / "techwatch.yaml", environment)
    assert (settings.email.host, settings.email.port) == ("mailpit", 1025)
    assert settings.data_dir == Path("/tmp/demo" if name == "mail-demo" else "/data")
    if name != "mail-demo":
        assert settings.http.port == 8080
        assert bool(settings.database_url) is bool(database)
    if name == "desk":
        web = settings.web
        assert (web.address, web.login) == ("0.0.0.0", "required")
        assert compose["services"]["desk"]["ports"] == [
            f"127.0.0.1:${{DESK_PORT:-8321}}:{web.port}"
        ]
        assert web.public_url == "http://127.0.0.1:8321"


def test_a_secret_that_is_passed_on_is_a_setting_and_has_its_file(compose: Any) -> None:
    known = {variable(place) for place, leaf in leaves(Settings) if leaf.secret}
    shown = (ROOT / "docker-compose.yml").read_text("utf-8")
    for name in compose["services"]["desk"]["environment"]:  # the service's, and its own
        if name.endswith("_FILE"):
            assert name.removesuffix("_FILE") in known
            assert re.search(rf"{name}(=|: )/run/secrets/\w+", shown), name


def test_the_comment_names_secrets_that_are_there(compose: Any) -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    named = set(re.findall(r"/run/secrets/(\w+)", text))
    assert named == set(compose["secrets"])


def test_the_desk_may_write_to_files_only_where_it_is_told(compose: Any) -> None:
    volumes = compose["services"]["desk"]["volumes"]
    mounted = {by_default(one) for one in volumes}
    assert mounted == set(compose["services"]["techwatch"]["volumes"])
    assert [one.rpartition(":")[2] for one in volumes if "DESK_FILES" in one] == ["-ro}"] * 2


def test_the_desk_takes_the_provider_that_the_comment_shows(tmp_path: Path) -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    shown = dict(re.findall(r"^#   (TECHWATCH_WEB__\w+)=(\S+)", text, re.MULTILINE))
    secret = tmp_path / "oidc"
    secret.write_text("not a real one\n", "utf-8")
    shown["TECHWATCH_WEB__OIDC__CLIENT_SECRET_FILE"] = str(secret)
    web = load(tmp_path / "techwatch.yaml", shown).web
    assert web.oidc.client_secret is not None
    assert web.oidc.client_secret.get_secret_value() == "not a real one"
    assert web.trusted_proxies == ("172.16.0.0/12",)


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
