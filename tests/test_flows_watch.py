"""`python -m bot flows --watch`: the tests run again when a file is saved, and a mistake does not end it."""
import subprocess
import sys

from bot.signposting.data_files import ROOT
from tests.servers import until

FLOW = """test_cases:
  - test_case: Bullied
    steps:
      - user: im being bullied at school
        assertions:
          - concern: {concern}
"""


def test_a_saved_file_is_run_again_and_a_mistake_is_named(tmp_path):
    flow, log = tmp_path / "flow.yml", tmp_path / "log"
    flow.write_text(FLOW.format(concern="bullying"))
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "bot", "flows", str(flow), "--watch"], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)

    def said(text: str, watching: int) -> bool:
        printed = log.read_text()
        return text in printed and printed.count("Watching the flows") == watching

    try:
        until(lambda: said("1 passed: 1 flows", 1), 120, "the flow passes")
        flow.write_text(FLOW.format(concern="neglect"))
        until(lambda: said("1 failed, 0 passed", 2), 60, "the changed flow fails")
        flow.write_text(FLOW.format(concern="neglekt"))
        until(lambda: said("neglekt", 3), 60, "the mistake is named")
        flow.write_text(FLOW.format(concern="bullying") + "\n")
        until(lambda: log.read_text().count("1 passed: 1 flows") == 2, 60, "the mended flow passes")
    finally:
        process.terminate()
        process.wait(20)
