"""The command line: python -m bot COMMAND."""
import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import List, Optional

from bot import lean, logs

lean.prepare()

import typer  # noqa: E402

cli = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def train(force: bool = typer.Option(False, help="Train even where nothing has changed.")) -> None:
    """Train the model, if data/, config.yml or the components have changed since the last time."""
    from bot.training import train as train_model

    raise typer.Exit(train_model(force))


@cli.command()
def serve(
    port: int = typer.Option(5005, envvar="PORT", help="The port to listen on."),
    host: str = typer.Option("127.0.0.1", envvar="HOST", help="The address to listen on."),
    workers: Optional[int] = typer.Option(None, envvar="WORKERS", help="Processes that answer; more than one needs REDIS_URL."),
) -> None:
    """Serve the page, the widget and the web chat API."""
    lean.serving()
    from bot.signposting.data_files import DataError
    from bot.training import check_data
    from bot.webchat.settings import SettingError, Settings
    from bot.webchat.workers import Refused, Workers

    def load():
        from bot.assistant import Assistant
        from bot.training import check_phrases, compile_phrases_aside

        check_phrases()
        assistant = Assistant.load()
        compile_phrases_aside()
        return assistant.on_new_message

    try:
        check_data()
        Workers(load, Settings.read(workers=workers), host, port).run()
    except (SettingError, DataError, Refused) as error:
        print(f"The bot does not start: {error}", file=sys.stderr, flush=True)
        raise typer.Exit(1)


@cli.command()
def outage(folder: Path = typer.Argument(..., help="The folder to write into.")) -> None:
    """Write the page and the answer that a proxy shows while the bot does not run (deploy/nginx.conf)."""
    from bot.webchat.outage import write

    write(folder)


@cli.command()
def converse(
    file: str = typer.Argument(..., metavar="FILE", help="JSON lines, {id, turns: [{user}]} or {id, text}; - reads standard input."),
) -> None:
    """Hold conversations written as JSON lines and write what the bot answers, a line for each.

    The exit status is 1 where a line was not valid; the others are answered all the same.
    """
    from bot.conversing import converse as hold

    source = sys.stdin if file == "-" else open(file, encoding="utf-8")
    with source:
        raise typer.Exit(asyncio.run(hold(source, sys.stdout)))


@cli.command()
def evaluate(
    report: Path = typer.Option(Path("reports/understanding"), help="The folder for report.html and report.json."),
    ordinary: Optional[Path] = typer.Option(None, exists=True, help="A tab-separated file of ordinary messages, for false alarms."),
    noise: bool = typer.Option(False, help="Also measure with typing errors, text-speak, no vowels, capitals and emoji."),
    parts: bool = typer.Option(False, help="Also without each part of the pipeline in turn, to see what it brings."),
    default: bool = typer.Option(False, help="Beside Rasa's default, which is installed and trained the first time (half an hour); speed too."),
) -> None:
    """Measure how well the bot understands, on messages written apart from the training phrases."""
    from bot.evaluation.evaluate import evaluate as run

    if not default:
        asyncio.run(run(report, ordinary, noise, parts=parts))
        return
    from bot.bench.bench import default_ready, speed
    from bot.bench.sides import Default, running

    default_ready()
    with running(Default) as beside:
        speed(beside)
        asyncio.run(run(report, ordinary, noise, beside, parts))


@cli.command()
def services(
    days: int = typer.Option(60, min=0, help="How many days ahead to look for what runs out."),
    today: datetime = typer.Option(None, formats=["%Y-%m-%d"], metavar="DATE", help="Another day than today, as 2027-01-31."),
    html: Optional[Path] = typer.Option(None, dir_okay=False, help="Also write a page with the call sheet to print."),
) -> None:
    """Every contact with its source, the day it was checked and when it runs out.

    The exit status is 1 where a detail in use has run out.
    """
    from bot.staff.contacts.show import services as show

    raise typer.Exit(show((today or datetime.now()).date(), days, html))


@cli.command()
def words(out: Path = typer.Option(Path("reports/words.html"), dir_okay=False, help="The page to write.")) -> None:
    """All that the bot can say on one page, with reading grades, services and where to edit it."""
    from bot.staff.words.page import words as write

    write(out)
    print(f"All that the bot can say: {out}")


@cli.command()
def flows(
    paths: Optional[List[Path]] = typer.Argument(None, metavar="[PATH]...", help="Flow files or folders of them; without any, tests/flows."),
    report: Optional[Path] = typer.Option(None, help="A folder for report.html and junit.xml."),
    filter: Optional[str] = typer.Option(None, help="Only the flows with this text in their name."),
    watch: bool = typer.Option(False, "--watch", help="Run again whenever a flow or a file in data/ changes."),
) -> None:
    """Run conversation tests on the real assistant.

    The exit status is 1 where a flow failed and 2 where a flow file has a mistake.
    """
    from bot.staff.flows.command import flows as run

    try:
        raise typer.Exit(run(paths or [Path("tests/flows")], report, filter, watch))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@cli.command()
def console(port: int = typer.Option(5006, help="The port on 127.0.0.1.")) -> None:
    """The staff console: talk with the bot in the browser, see why it answers so, and write and run tests. On this computer alone."""
    from bot.staff.console.server import serve as serve_console
    from bot.training import check_data, check_phrases

    check_data()
    check_phrases()
    serve_console(port)


@cli.command()
def bench(
    report: Path = typer.Option(Path("reports/bench"), help="The folder for bench.html and bench.json."),
    default: bool = typer.Option(True, help="Beside Rasa's default, which is installed and trained the first time: half an hour."),
    rounds: int = typer.Option(4, help="How often each load is repeated."),
    sessions: int = typer.Option(10_000, help="Sessions of three messages, for the memory that remains."),
) -> None:
    """Measure how fast and light the bot is, beside Rasa's default, by HTTP."""
    from bot.bench.bench import bench as run
    from bot.bench.bench import default_ready

    if default:
        default_ready()
    run(report, default, rounds, sessions)


@cli.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
def rasa(context: typer.Context) -> None:
    """Rasa's own commands (data validate, shell, test ...), started the light way: python -m bot rasa data validate."""
    if context.args[:1] in (["run"], ["x"]) and context.args[1:2] != ["actions"]:
        print(
            "Rasa's own server is closed: it leaves conversations open to anyone. Start the bot with: python -m bot serve", file=sys.stderr
        )
        raise typer.Exit(1)
    from rasa.__main__ import main as rasa_main

    if context.args[:1] != ["run"]:
        logs.ordinary()
    sys.argv = ["rasa", *context.args]
    sys.path.insert(0, os.getcwd())
    rasa_main()


if __name__ == "__main__":
    cli()
