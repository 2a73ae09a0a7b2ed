"""Looks the packages of requirements.txt up among known vulnerabilities, with pip-audit from its own environment (.tools/audit).

Says plainly what could not be looked up: pip-audit itself calls that "no known vulnerabilities". The exit status is 1 where there is
an advisory that docs/security.md does not judge (it names each by its number), and 2 where not every package could be looked up.
"""
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIP_AUDIT = ROOT / ".tools" / "audit" / "bin" / "pip-audit"
SERVICES = ("osv", "pypi")


def looked_up(service, lock):
    """The packages of `lock` as pip-audit lists them, or None where the service could not be reached."""
    command = [str(PIP_AUDIT), "-r", str(lock), "--disable-pip", "--require-hashes", "--vulnerability-service", service, "-f", "json", "--progress-spinner", "off"]
    run = subprocess.run(command, capture_output=True, text=True)
    try:
        return json.loads(run.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None


def verdict(packages, judged):
    """The lines to print, and the exit status, for packages as pip-audit lists them and the text that judges advisories."""
    lines, unjudged = [], 0
    for package in packages:
        for found in package.get("vulns", []):
            names = {found["id"], *found.get("aliases", [])}
            known = any(name in judged for name in names)
            unjudged += not known
            lines.append(f"{package['name']} {package['version']}: {', '.join(sorted(names))}: {'judged in docs/security.md' if known else 'NOT JUDGED'}")
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    lines.append(f"{len(packages) - len(skipped)} of {len(packages)} packages looked up; {unjudged} advisories not judged.")
    if skipped:
        lines.append(f"NOT looked up: {', '.join(skipped)}")
    return lines, 1 if unjudged else 2 if skipped else 0


def main():
    for service in SERVICES:
        packages = looked_up(service, ROOT / "requirements.txt")
        looked = [package for package in packages or [] if "skip_reason" not in package]
        print(f"{service}: {f'{len(looked)} packages known there' if packages else 'could not be reached'}", flush=True)
        if looked:
            lines, status = verdict(packages, (ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
            print("\n".join(lines))
            return status
    print("Nothing was looked up: no service of vulnerabilities can be reached from here. This is no clean bill of health.")
    return 2


if __name__ == "__main__":
    sys.exit(main())
