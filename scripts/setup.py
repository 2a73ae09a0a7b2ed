"""Sets the project up: finds or installs uv, makes .venv with Python 3.10 and installs exactly what the lock files say.

Needs any Python 3.8 or later and nothing else. Does only what is not done yet. `--tests` adds what the tests need, `--tool NAME` a tool
that does not resolve beside Rasa: requirements-NAME.txt says what goes into its own environment, .tools/NAME.
"""
import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
BROWSERS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome")
SERVERS = {"redis-server": "redis-tools", "nginx": "nginx"}   # program: the package of Debian's that holds it
SERVER_PATH = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"


def say(text):
    print(f"[set-up] {text}", flush=True)


def stop(text):
    say(text)
    sys.exit(1)


def runs(command):
    """True where the command can be started and ends well (a pyenv shim may exist and yet not run)."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def find_uv():
    """The path of a uv that runs: one on the PATH, or one put into .tools from PyPI."""
    own = TOOLS / "uv" / "bin" / "uv"
    for candidate in ("uv", str(own), str(TOOLS / "uv-target" / "bin" / "uv")):
        if runs([candidate, "--version"]):
            return candidate
    say("uv, which installs Python packages, is not here: putting it into .tools")
    if runs([sys.executable, "-m", "venv", str(TOOLS / "uv")]) and runs([str(own.parent / "python"), "-m", "pip", "install", "-q", "uv"]):
        return str(own)
    target = TOOLS / "uv-target"
    if runs([sys.executable, "-m", "pip", "install", "-q", "--target", str(target), "uv"]):
        return str(target / "bin" / "uv")
    stop("uv could not be installed: this Python has neither venv nor pip, or PyPI cannot be reached.\n"
         "         On Debian or Ubuntu: apt-get install python3-venv   (or install uv yourself), then run make again.")


def install(uv, lock_files, stamp_name="installed", venv=VENV, size="about 700 MB"):
    """Makes `venv` hold what the lock files name; skips it where the stamp says that it does already."""
    stamp = venv / stamp_name
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in lock_files)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    where = venv.relative_to(ROOT)
    if not (venv / "bin" / "python").exists():
        say(f"making {where} with Python 3.10")
        made = subprocess.run([uv, "venv", "-q", "--python", "3.10", str(venv)], cwd=str(ROOT))
        if made.returncode:
            stop("Python 3.10 was not found and could not be fetched. Install it (for example with pyenv), then run make again.")
    say(f"installing packages into {where} ({size} on disk; a minute or two the first time)")
    command = [uv, "pip", "install", "--python", str(venv / "bin" / "python"), "--require-hashes", "--no-deps"]
    for name in lock_files:
        command += ["-r", str(ROOT / name)]
    if subprocess.run(command, cwd=str(ROOT)).returncode:
        stop("the packages could not be installed: see the lines above (is PyPI reachable, is there disk space?)")
    stamp.write_text(wanted)


def install_tool(uv, name):
    install(uv, [f"requirements-{name}.txt"], venv=TOOLS / name, size="less than 100 MB")


def find_for_tests():
    """For the tests: a Chrome or Chromium, redis-server and nginx from the PATH, else Debian's where apt is there."""
    wanted = [] if any(shutil.which(name) for name in BROWSERS) else ["chromium"]
    wanted += [package for program, package in SERVERS.items() if not shutil.which(program, path=SERVER_PATH)]
    if not wanted:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        say(f"some tests need what was not found here (Debian: apt-get install {' '.join(wanted)})")
        return
    say(f"installing Debian's {' and '.join(wanted)} for the tests")
    # A package that brings a service must not start it here.
    quiet = {"stdout": subprocess.DEVNULL, "env": dict(os.environ, DEBIAN_FRONTEND="noninteractive", SYSTEMD_OFFLINE="1", RUNLEVEL="1")}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    if subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends"] + wanted, **quiet).returncode:
        say(f"{' and '.join(wanted)} could not be installed: the tests that need them will say so")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tests", action="store_true", help="also install what the tests need")
    parser.add_argument("--tool", help="install only this tool, into .tools/TOOL")
    arguments = parser.parse_args()
    if sys.version_info < (3, 8):
        stop("this needs Python 3.8 or later")
    uv = find_uv()
    if arguments.tool:
        return install_tool(uv, arguments.tool)
    install(uv, ["requirements.txt"])
    if arguments.tests:
        install(uv, ["requirements.txt", "requirements-test.txt"], "installed-tests")
        install_tool(uv, "schemathesis")
        find_for_tests()


if __name__ == "__main__":
    main()
