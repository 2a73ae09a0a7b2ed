"""`python -m bot flows`: reads, runs and reports the flows, once or whenever a file changes."""
import asyncio
import time
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.signposting.data_files import DATA, DataError
from bot.staff.flows.coverage import Coverage, coverage
from bot.staff.flows.model import Flow
from bot.staff.flows.reading import flow_files, load
from bot.staff.flows.results import Result
from bot.staff.flows.told import told

PASSED, FAILED, MISTAKES = 0, 1, 2   # exit statuses
LOOK_EVERY_SECONDS = 0.7
MOST_NAMED = 8   # of what nobody tests, in the terminal; the report names all


def flows(paths: Sequence[Path], report: Optional[Path], text: Optional[str], watch: bool) -> int:
    """The exit status: 0 all passed, 1 some failed, 2 mistakes in a file, or nothing to run."""
    console, errors = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        found = _chosen(load(paths), text)   # before the model is loaded, so that mistakes are named at once
    except DataError as error:
        errors.print(f"[bold red]The flow files need mending:[/]\n{escape(str(error))}")
        if not watch:
            return MISTAKES
        found = []
    if not found and not watch:
        errors.print(f"There is no flow with {text!r} in its name." if text else "There are no flows in there.", markup=False)
        return MISTAKES
    from bot.assistant import Assistant, ModelUnusable

    try:
        assistant = Assistant.load()
    except ModelUnusable as error:
        errors.print(str(error), markup=False)
        return MISTAKES
    status = _run(assistant, found, report, console, errors) if found else MISTAKES
    while watch:
        _wait_for_change(paths, errors)
        status = _again(assistant, paths, text, report, console, errors)
    return status


def _chosen(found: List[Flow], text: Optional[str]) -> List[Flow]:
    return [flow for flow in found if text.lower() in flow.name.lower()] if text else found


def _run(assistant, found: List[Flow], report: Optional[Path], console: Console, errors: Console) -> int:
    from bot.staff.flows.running import run

    bars = Progress(TextColumn("flows"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=errors, transient=True)
    began = time.perf_counter()
    with bars:
        bar = bars.add_task("flows", total=len(found))

        def on_result(result: Result) -> None:
            bars.advance(bar)
            if not result.passed:
                console.print(f"[bold red]✗[/] {escape(told(result))}\n")

        results = asyncio.run(run(assistant, found, on_result))
    seconds = time.perf_counter() - began
    covered = coverage(results)
    failed = sum(not one.passed for one in results)
    _print_coverage(covered, console)
    outcome = f"[bold red]{failed} failed[/], {len(results) - failed} passed" if failed else f"[bold green]{len(results)} passed[/]"
    console.print(f"{outcome}: {len(results)} flows, {covered.answers} answers in {seconds:.1f} s")
    if report:
        from bot.staff.flows.reports import write_reports

        write_reports(report, results, covered)
        console.print(f"Report: {report / 'report.html'} and {report / 'junit.xml'}", markup=False)
    return FAILED if failed else PASSED


def _print_coverage(covered: Coverage, console: Console) -> None:
    shares = [f"{kind} {len(names) - len(missing)}/{len(names)}" for (kind, names), missing in zip(covered.reached.items(), covered.missing().values())]
    console.print("Reached: " + ", ".join(shares), markup=False)
    for kind, names in covered.missing().items():
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            console.print(f"  nobody tests {kind}: {', '.join(names[:MOST_NAMED])}{more}", markup=False)


# ---- --watch

def _again(assistant, paths: Sequence[Path], text: Optional[str], report: Optional[Path], console: Console, errors: Console) -> int:
    from bot.staff.flows.fresh import read_anew

    try:
        read_anew()
        found = _chosen(load(paths), text)
    except DataError as error:
        errors.print(f"[bold red]The files need mending:[/]\n{escape(str(error))}")
        return MISTAKES
    return _run(assistant, found, report, console, errors)


def _wait_for_change(paths: Sequence[Path], errors: Console) -> None:
    """Returns when a flow file, or a file in data/ that needs no training, has changed."""
    errors.print("Watching the flows and data/ for changes (Ctrl-C ends). What is in data/nlu, data/rules.yml and data/domain/domain.yml needs training.", markup=False)
    before = _stamps(paths)
    while _stamps(paths) == before:
        time.sleep(LOOK_EVERY_SECONDS)


def _stamps(paths: Sequence[Path]) -> Dict[Path, int]:
    stamps = {}
    for path in paths:
        try:
            files = flow_files(path)
        except DataError:
            continue
        for file in [*files, *DATA.glob("*.yml"), *(DATA / "domain" / "words").glob("*.yml")]:
            try:
                stamps[file] = file.stat().st_mtime_ns
            except OSError:   # it is being saved at this moment
                continue
    return stamps
