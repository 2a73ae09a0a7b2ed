"""`make audit` says what it found, what nobody has judged, and what it could not look up; the judgement is about the packages there are."""
import importlib.util
import re

from bot.signposting.data_files import ROOT

SECURITY = (ROOT / "docs" / "security.md").read_text()


def verdict(*packages, judged=SECURITY):
    spec = importlib.util.spec_from_file_location("audit", ROOT / "scripts" / "audit.py")
    audit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(audit)
    lines, status = audit.verdict(packages, judged)
    return "\n".join(lines), status


def test_an_advisory_that_nobody_judged_fails():
    said, status = verdict({"name": "x", "version": "1", "vulns": [{"id": "GHSA-none", "aliases": ["CVE-0000-1"]}]})
    assert status == 1 and "NOT JUDGED" in said


def test_a_judged_one_passes_by_any_of_its_numbers():
    said, status = verdict({"name": "pydantic", "version": "1.10.9", "vulns": [{"id": "PYSEC-0", "aliases": ["CVE-2024-3772"]}]})
    assert status == 0 and "judged in docs/security.md" in said


def test_what_could_not_be_looked_up_is_named_and_is_no_success():
    said, status = verdict({"name": "x", "skip_reason": "not found"}, {"name": "y", "version": "1", "vulns": []})
    assert status == 2 and "1 of 2 packages" in said and "NOT looked up: x" in said


def test_the_table_judges_the_versions_that_are_installed():
    installed = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / "requirements.txt").read_text(), re.M))
    judged = [pin.split() for line in SECURITY.splitlines() if line.startswith("| `") for pin in re.findall(r"`([a-z0-9-]+ [0-9][^`]*)`", line.split("|")[1])]
    assert len(judged) > 40
    for name, version in judged:
        assert installed.get(name) == version, f"{name} {version}"
