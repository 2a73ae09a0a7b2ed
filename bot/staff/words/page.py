"""`python -m bot words`: the page that lays out all the words."""
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from bot.signposting.words import responses
from bot.staff.words.answers import ADULT_GRADE, CHILD_GRADE, said, special_routes, the_rest, typed, worries


def words(out: Path) -> None:
    """Writes the page. Raises DataError where a data file needs mending."""
    everything = [said(key) for key in responses()]
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.get_template("words.html.j2").render(
        today=date.today(), worries=worries(), special=special_routes(), rest=the_rest(), typed=typed(),
        count=sum(len(one.texts) for one in everything), unreviewed=sum(len(one.texts) for one in everything if not one.reviewed),
        hard=[one for one in everything if one.too_hard], child_grade=CHILD_GRADE, adult_grade=ADULT_GRADE,
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
