"""A park as a table: one line a socket, read with care and written to be read again."""

from collections.abc import Iterable
import csv
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
import re
from typing import Final
import unicodedata

from ..model import Role

COLUMNS: Final = ("room", "name", "role", "mac", "host", "socket", "priority")
PRIORITIES: Final = range(1, 11)
PRIORITY_DEFAULT: Final = 5

# What people write above and in the columns, without accents and in lower case.
_HEADERS: Final = {
    "room": ("room", "sector", "salle", "piece", "local", "secteur", "sala", "aula"),
    "name": ("name", "nom", "libelle", "designation", "nombre"),
    "role": ("role", "type", "usage", "rol"),
    "mac": ("mac", "mac address", "adresse mac", "direccion mac"),
    "host": ("host", "ip", "address", "hote", "adresse", "adresse ip", "direccion"),
    "socket": ("socket", "outlet", "prise", "sortie", "voie", "toma", "enchufe"),
    "priority": ("priority", "priorite", "prioridad"),
}
_ROLES: Final = {
    Role.COMPUTER: ("computer", "pc", "ordinateur", "poste", "ordenador"),
    Role.MONITOR: ("monitor", "screen", "display", "ecran", "moniteur", "pantalla"),
    Role.NETWORK: ("network", "switch", "reseau", "red"),
    Role.OTHER: ("other", "autre", "otro", ""),
}
_MAC: Final = re.compile(r"[0-9a-f]{12}")
_DIGITS: Final = re.compile(r"[0-9]{1,3}")
_HOST: Final = re.compile(
    r"(?:https?://)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?(?::\d{1,5})?"
    r"|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+)/?"
)


class Fault(StrEnum):
    """What is wrong with a line."""

    EMPTY = "empty"
    NOT_A_TABLE = "not_a_table"
    MISSING_COLUMN = "missing_column"
    DUPLICATE_COLUMN = "duplicate_column"
    TOO_MANY_FIELDS = "too_many_fields"
    MISSING = "missing"
    ROLE = "role"
    MAC = "mac"
    HOST = "host"
    SOCKET = "socket"
    PRIORITY = "priority"
    DUPLICATE_SOCKET = "duplicate_socket"
    DUPLICATE_NAME = "duplicate_name"
    OTHER_MAC = "other_mac"
    OTHER_HOST = "other_host"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where; ``line`` counts from 1, the header's, ``column`` by name."""

    line: int
    fault: Fault
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One socket.

    ``room`` is empty where it is in none. ``socket`` is None for the only one of its
    plug.
    """

    room: str
    name: str
    host: str
    role: Role = Role.OTHER
    mac: str | None = None
    socket: int | None = None
    priority: int = PRIORITY_DEFAULT


@dataclass(frozen=True, slots=True)
class Inventory:
    """The good lines by their number, and the problems of the others."""

    entries: dict[int, Entry]
    problems: tuple[Problem, ...]


def read(data: str | bytes) -> Inventory:
    """Read a table: comma, semicolon or tab; any order of columns; a BOM or none.

    Columns that are not known are left aside. ``room``, ``name`` and ``host`` must
    be there, the others have defaults; only a room may be left empty. What stands twice, and a plug with two
    addresses, is a problem of the later line.
    """
    text = _decode(data)
    first, _, _ = text.lstrip().partition("\n")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                lines.append((begin, [field.strip() for field in fields]))
            begin = reader.line_num + 1
    except csv.Error:
        return Inventory({}, (Problem(begin, Fault.NOT_A_TABLE),))
    if not lines:
        return Inventory({}, (Problem(1, Fault.EMPTY),))
    (header_line, header), *rows = lines
    columns, problems = _columns(header_line, header)
    if problems:
        return Inventory({}, tuple(problems))
    return _check_all(rows, columns, len(header))


def write(entries: Iterable[Entry], delimiter: str = ",") -> str:
    """Return the table of these sockets, to be read again."""
    table = StringIO()
    writer = csv.writer(table, delimiter=delimiter)
    writer.writerow(COLUMNS)
    for entry in entries:
        mac = entry.mac and ":".join(re.findall("..", entry.mac))
        values = (entry.room, entry.name, entry.role, mac, entry.host, entry.socket)
        writer.writerow((*values, entry.priority))
    return table.getvalue()


def _decode(data: str | bytes) -> str:
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a spreadsheet writes in the west of Europe.
        return data.decode("cp1252", errors="replace")


def _plain(word: str) -> str:
    """Return a word in lower case, without accents and with single spaces."""
    parts = unicodedata.normalize("NFKD", word.casefold().replace("_", " "))
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())


def _columns(line: int, header: list[str]) -> tuple[dict[str, int], list[Problem]]:
    """Return where each column stands, and what is wrong with the header."""
    columns: dict[str, int] = {}
    problems: list[Problem] = []
    for index, title in enumerate(header):
        for column, words in _HEADERS.items():
            if _plain(title) not in words:
                continue
            if column in columns:
                problems.append(Problem(line, Fault.DUPLICATE_COLUMN, column))
            columns[column] = index
    problems += (
        Problem(line, Fault.MISSING_COLUMN, column)
        for column in ("room", "name", "host")
        if column not in columns
    )
    return columns, problems


def _check_all(
    rows: list[tuple[int, list[str]]], columns: dict[str, int], width: int
) -> Inventory:
    entries: dict[int, Entry] = {}
    problems: list[Problem] = []
    for line, fields in rows:
        # A separator within a text moves all that follows it.
        if any(fields[width:]):
            problems.append(Problem(line, Fault.TOO_MANY_FIELDS))
            continue
        values = {
            column: fields[index] if index < len(fields) else ""
            for column, index in columns.items()
        }
        if not (found := _check_values(line, values)):
            entry = _entry(values)
            if not (found := _compare(line, entry, entries.values())):
                entries[line] = entry
        problems += found
    return Inventory(entries, tuple(problems))


def _check_values(line: int, values: dict[str, str]) -> list[Problem]:
    """Return what is wrong with the values of one line."""
    problems = [
        Problem(line, Fault.MISSING, column)
        for column in ("name", "host")
        if not values[column]
    ]
    host, mac = values["host"], _mac(values.get("mac", ""))
    if host and not _HOST.fullmatch(host):
        problems.append(Problem(line, Fault.HOST, "host"))
    if mac and not _MAC.fullmatch(mac):
        problems.append(Problem(line, Fault.MAC, "mac"))
    if _role(values.get("role", "")) is None:
        problems.append(Problem(line, Fault.ROLE, "role"))
    if (socket := values.get("socket", "")) and not _DIGITS.fullmatch(socket):
        problems.append(Problem(line, Fault.SOCKET, "socket"))
    priority = values.get("priority", "")
    if priority and not (_DIGITS.fullmatch(priority) and int(priority) in PRIORITIES):
        problems.append(Problem(line, Fault.PRIORITY, "priority"))
    return problems


def _entry(values: dict[str, str]) -> Entry:
    """Return the socket of a line that was checked."""
    socket, priority = values.get("socket", ""), values.get("priority", "")
    return Entry(
        room=values["room"],
        name=values["name"],
        host=values["host"],
        role=_role(values.get("role", "")) or Role.OTHER,
        mac=_mac(values.get("mac", "")) or None,
        socket=int(socket) if socket else None,
        priority=int(priority) if priority else PRIORITY_DEFAULT,
    )


def _compare(line: int, entry: Entry, others: Iterable[Entry]) -> list[Problem]:
    """Return what contradicts the lines before."""
    faults: dict[Fault, str] = {}
    for other in others:
        same_host = other.host.casefold() == entry.host.casefold()
        if (other.room, other.name) == (entry.room, entry.name):
            faults[Fault.DUPLICATE_NAME] = "name"
        sockets = other.socket, entry.socket
        if same_host and (None in sockets or other.socket == entry.socket):
            faults[Fault.DUPLICATE_SOCKET] = "socket"
        if other.mac is None or entry.mac is None:
            continue
        if same_host and other.mac != entry.mac:
            faults[Fault.OTHER_MAC] = "mac"
        if not same_host and other.mac == entry.mac:
            faults[Fault.OTHER_HOST] = "host"
    return [Problem(line, fault, column) for fault, column in faults.items()]


def _mac(value: str) -> str:
    return re.sub(r"[:.\s-]", "", value).lower()


def _role(value: str) -> Role | None:
    """Return the role of a word; none is another one."""
    word = _plain(value)
    return next((role for role, words in _ROLES.items() if word in words), None)
