"""Reads the files in data/ and says, where one is wrong, which file, line and field to mend."""
import difflib
from pathlib import Path
from typing import Any, Iterable, Type, TypeVar

from pydantic import BaseModel, Extra, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"

Model = TypeVar("Model", bound=BaseModel)


class DataError(ValueError):
    """A file in data/ is wrong. Its text is meant for staff: file, line, field and what to do."""


class Strict(BaseModel):
    """A row of a data file: unknown fields are mistakes, and rows do not change once read."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False
        frozen = True


def shown(path: Path) -> str:
    """The path as staff know it: from the project's folder on, where it lies in there."""
    return str(path.relative_to(ROOT)) if ROOT in path.parents else str(path)


def read_yaml(path: Path, lines: bool = True) -> Any:
    """The file's content, with line numbers kept on every mapping and list; without `lines` as plain dicts and lists, in a tenth of the time.

    Raises DataError where the file is missing or is not YAML.
    """
    try:
        return YAML(typ="rt" if lines else "safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{shown(path)}: cannot be read ({error.strerror})") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise DataError(f"{shown(path)}:{mark.line + 1 if mark else 1}: not valid YAML: {error.problem}") from None


def line_of(content: Any, where: Iterable) -> int:
    """The line (from 1) of the innermost part of `where`, a path of keys and indexes, that the file has."""
    line = 1
    for key in where:
        try:
            position = content.lc.data[key]
            line = position[0] + 1
            content = content[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


def read(path: Path, model: Type[Model]) -> Model:
    """The file as a `model`. Raises DataError that names file, line and field of the first mistakes."""
    try:
        return model.parse_obj(read_yaml(path, lines=False) or {})
    except ValidationError as error:
        content, lines = read_yaml(path), []
        for mistake in error.errors()[:5]:
            where = [part for part in mistake["loc"] if part != "__root__"]
            field = ".".join(str(part) for part in where) or "the file"
            lines.append(f"{shown(path)}:{line_of(content, where)}: {field}: {mistake['msg']}")
        raise DataError("\n".join(lines)) from None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint such as ' (did you mean childline?)', or nothing where no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""
