"""The SQL files beside the migrations, as psql would run them."""

from pathlib import Path
import re

SQL = Path(__file__).parents[2] / "sql"

# psql's variables: :name as it is, :'name' as a text, :"name" as a name.
_VARIABLE = re.compile(r""":(?:'(?P<text>\w+)'|"(?P<name>\w+)"|(?P<plain>[a-z]\w*))""")
_NAMED = re.compile(r"^-- name: (\w+)\n-- (.*)\n", re.MULTILINE)


def fill(sql: str, values: dict[str, str | int]) -> str:
    """Put values in the place of psql's variables.

    Raises:
        KeyError: a value is missing.
        ValueError: a plain variable is not a number.
    """

    def value(match: re.Match[str]) -> str:
        if match.string[match.start() - 1 : match.start()] == ":":
            return match[0]  # a cast
        if name := match["text"]:
            return "'" + str(values[name]).replace("'", "''") + "'"
        if name := match["name"]:
            return '"' + str(values[name]).replace('"', '""') + '"'
        return str(int(values[match["plain"]]))

    return _VARIABLE.sub(value, sql)


def read(name: str, **values: str | int) -> str:
    """Return one of the files with its variables filled in."""
    return fill((SQL / name).read_text(encoding="utf-8"), values)


def queries() -> dict[str, tuple[str, str]]:
    """Return what can be asked: name to explanation and statement."""
    text = (SQL / "queries.sql").read_text(encoding="utf-8")
    found = list(_NAMED.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return {
        match[1]: (match[2], text[match.end() : end].strip().rstrip(";"))
        for match, end in zip(found, ends, strict=True)
    }
