"""What deploy/ says agrees with the code and with itself. The proxy is tried for real in tests/test_outage.py."""
import re
import shutil
import subprocess

import pytest
from ruamel.yaml import YAML

from bot.signposting.data_files import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = YAML(typ="safe").load((DEPLOY / "compose.yml").read_text())
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
READS = re.compile(r"""(?:environ(?:ment)?(?:\.get\(|\[)|_number\(environment, |envvar=)\s*"([A-Z_]+)\"""")
SET_FOR_LIBRARIES = {"RASA_TELEMETRY_ENABLED", "SQLALCHEMY_SILENCE_UBER_WARNING", "TQDM_DISABLE"}   # by the program itself


def settings_in_the_code():
    code = [path for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py")]
    return {name for path in code for name in READS.findall(path.read_text())} - SET_FOR_LIBRARIES


def test_the_operations_guide_has_every_setting_and_no_other():
    table = re.search(r"## Settings\n(.*?)\n## ", (ROOT / "docs" / "operations.md").read_text(), re.S).group(1)
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.M)) == settings_in_the_code()


def test_the_containers_set_only_what_the_bot_reads():
    assert set(COMPOSE["services"]["bot"]["environment"]) <= settings_in_the_code()


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_every_container_is_read_only_and_without_privileges(service):
    container = COMPOSE["services"][service]
    assert container["read_only"] and container["cap_drop"] == ["ALL"] and container["security_opt"] == ["no-new-privileges:true"]
    assert container["ulimits"]["core"] == 0 and container["tmpfs"] and container["mem_limit"]
    assert not [one for one in container.get("volumes", []) if not one.endswith(":ro")]
    if "build" in container:
        stage = CONTAINERFILE.split(f" AS {container['build']['target']}\n")[1].split("\nFROM ")[0]
        assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", stage, re.M)


def test_redis_keeps_nothing_on_disk_and_cannot_be_reached_from_outside():
    redis = COMPOSE["services"]["redis"]
    command = redis["command"]
    assert command[command.index("--save") + 1] == "" and command[command.index("--appendonly") + 1] == "no"
    assert redis["networks"] == ["inside"] and COMPOSE["networks"]["inside"]["internal"] and "ports" not in redis


def test_what_the_images_copy_is_there():
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert all((ROOT / one).exists() for one in kept)
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.M):
        for source in sources.split():
            assert source == "." or any(source == one or source.startswith(one + "/") for one in kept), source
    for made in re.findall(r"^COPY --from=build /app/(\S+)", CONTAINERFILE, re.M):
        assert made in (".venv", "docs", "models", "outage") or made in kept, made


def test_systemd_understands_the_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not here")
    unit = tmp_path / "safeguarding-bot.service"
    unit.write_text((DEPLOY / "safeguarding-bot.service").read_text().replace("/opt/safeguarding-bot/.venv/bin/python", "/bin/true"))
    run = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
    assert run.returncode == 0 and "safeguarding-bot" not in run.stderr, run.stderr
