"""The reports of a run: JUnit XML for continuous integration, and one HTML page that needs nothing else."""
import re
from pathlib import Path
from typing import List
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader

from bot.signposting.data_files import shown
from bot.signposting.routes import table
from bot.signposting.situation import AUDIENCES
from bot.staff.flows.coverage import Coverage
from bot.staff.flows.results import Result
from bot.staff.flows.told import told
from bot.staff.flows.why import why

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_reports(folder: Path, results: List[Result], covered: Coverage) -> None:
    """Writes junit.xml and report.html into the folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "junit.xml").write_bytes(junit(results))
    (folder / "report.html").write_text(page(results, covered), encoding="utf-8")


def junit(results: List[Result]) -> bytes:
    """A test suite for each file, a test case for each flow."""
    suites = ElementTree.Element("testsuites", name="flows", tests=str(len(results)), failures=str(sum(not one.passed for one in results)))
    for path in dict.fromkeys(one.flow.path for one in results):
        of_file = [one for one in results if one.flow.path == path]
        suite = ElementTree.SubElement(
            suites, "testsuite", name=shown(path), tests=str(len(of_file)), failures=str(sum(not one.passed for one in of_file)), errors="0",
            time=f"{sum(one.seconds for one in of_file):.3f}",
        )
        for one in of_file:
            case = ElementTree.SubElement(
                suite, "testcase", name=_clean(one.flow.name), classname=path.stem, file=shown(path), line=str(one.flow.line), time=f"{one.seconds:.3f}"
            )
            if not one.passed:
                first = one.failures[0]
                message = _clean(f"{first.what}: expected {first.expected}, got {first.got}")
                ElementTree.SubElement(case, "failure", message=message, type="failure").text = _clean(told(one))
    return ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)


def _clean(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def page(results: List[Result], covered: Coverage) -> str:
    templates = Environment(loader=FileSystemLoader(str(Path(__file__).parent)), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return templates.get_template("report.html.j2").render(
        results=sorted(results, key=lambda one: one.passed), failed=sum(not one.passed for one in results), covered=covered, why=why, shown=shown,
        concerns=table().severity, audiences=AUDIENCES, most=max(covered.heat.values(), default=1),
    )
