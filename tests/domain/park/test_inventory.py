"""A park as a table: what people's spreadsheets write, and what is wrong in them."""

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import Role
from custom_components.energy_park.park.inventory import (
    Entry,
    Fault,
    Inventory,
    Problem,
    read,
    write,
)

HEADER = "room,name,role,MAC,host,socket,priority"
PC = Entry(
    room="Salle A",
    name="Poste 1",
    host="192.168.1.7",
    role=Role.COMPUTER,
    mac="a8032ab1c2d3",
    socket=0,
    priority=6,
)


def one(table: str | bytes) -> Entry:
    inventory = read(table)
    assert inventory.problems == ()
    (entry,) = inventory.entries.values()
    return entry


def test_a_plain_table() -> None:
    line = "Salle A,Poste 1,computer,A8:03:2A:B1:C2:D3,192.168.1.7,0,6"
    assert read(f"{HEADER}\n{line}\n") == Inventory({2: PC}, ())


@pytest.mark.parametrize(
    "table",
    [
        (
            "salle;nom;rôle;mac;hôte;prise;priorité\r\n"
            "Salle A;Poste 1;ordinateur;a8-03-2a-b1-c2-d3;192.168.1.7;0;6\r\n"
        ),
        (
            "\ufeffSalle;Nom;Type;Adresse MAC;Adresse IP;Prise;Priorité\n"
            "Salle A;Poste 1;PC;A8032AB1C2D3;192.168.1.7;0;6\n"
        ),
        (
            "Priorité\tPrise\tHôte\tMAC\tRôle\tNom\tSalle\n"
            "6\t0\t192.168.1.7\tA803.2AB1.C2D3\tPoste\tPoste 1\tSalle A\n"
        ),
        (
            "room,name,role,mac,host,socket,priority,Remarks\n\n"
            '"Salle A","Poste 1","computer","a8032ab1c2d3","192.168.1.7",0,6,"a, b"\n'
        ),
    ],
)
def test_tables_of_the_field(table: str) -> None:
    assert one(table) == PC
    assert one(table.encode()) == PC


def test_a_table_in_the_encoding_of_an_old_spreadsheet() -> None:
    table = "salle;nom;hôte;rôle\nPièce à côté;Écran;10.0.0.7;écran\n"
    entry = one(table.encode("cp1252"))
    assert (entry.room, entry.name, entry.role) == (
        "Pièce à côté",
        "Écran",
        Role.MONITOR,
    )


def test_what_is_left_out_has_a_default() -> None:
    assert one("room,name,host\nA,Lamp,plug-7.lan:8080\n") == Entry(
        room="A", name="Lamp", host="plug-7.lan:8080"
    )


def test_quoted_fields_keep_separators_and_line_numbers() -> None:
    table = 'name,room,host\n"A, ""big"" one\nwith two lines",R,h1\nB,R,bad host\n'
    inventory = read(table)
    assert inventory.entries[2].name == 'A, "big" one\nwith two lines'
    assert inventory.problems == (Problem(4, Fault.HOST, "host"),)


@pytest.mark.parametrize(
    ("table", "problems"),
    [
        ("", [Problem(1, Fault.EMPTY)]),
        (" \n\n", [Problem(1, Fault.EMPTY)]),
        ("name,host\nA,h\n", [Problem(1, Fault.MISSING_COLUMN, "room")]),
        (
            "room,name,salle,host\n",
            [Problem(1, Fault.DUPLICATE_COLUMN, "room")],
        ),
        ('room,name,host\nA,"B,h\n', [Problem(2, Fault.NOT_A_TABLE)]),
    ],
)
def test_what_is_no_table_is_told(table: str, problems: list[Problem]) -> None:
    assert read(table) == Inventory({}, tuple(problems))


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("A,P,computer,,h,0,5", []),
        (",,,,,,", None),
        ("A,,computer,,,0,5", [("name", Fault.MISSING), ("host", Fault.MISSING)]),
        ("A,P,toaster,,h,0,5", [("role", Fault.ROLE)]),
        ("A,P,pc,A8032AB1C2D,h,0,5", [("mac", Fault.MAC)]),
        ("A,P,pc,xx:03:2a:b1:c2:d3,h,0,5", [("mac", Fault.MAC)]),
        ("A,P,pc,,http://h/path,0,5", [("host", Fault.HOST)]),
        ("A,P,pc,,user:secret@h,0,5", [("host", Fault.HOST)]),
        ("A,P,pc,,-h,0,5", [("host", Fault.HOST)]),
        ("A,P,pc,,h,-1,5", [("socket", Fault.SOCKET)]),
        ("A,P,pc,,h,1.5,5", [("socket", Fault.SOCKET)]),
        ("A,P,pc,,h,²,5", [("socket", Fault.SOCKET)]),
        ("A,P,pc,,h,0,0", [("priority", Fault.PRIORITY)]),
        ("A,P,pc,,h,0,11", [("priority", Fault.PRIORITY)]),
        ("A,P,pc,,h,0,high", [("priority", Fault.PRIORITY)]),
        ("A,P,pc,,h,0,5,more", [(None, Fault.TOO_MANY_FIELDS)]),
        ("A,P,pc,,h,0,5,,", []),
    ],
)
def test_each_line_is_checked(
    line: str, faults: list[tuple[str | None, Fault]] | None
) -> None:
    inventory = read(f"{HEADER}\n{line}\n")
    if faults is None:
        assert inventory == Inventory({}, ())
        return
    assert [(p.column, p.fault) for p in inventory.problems] == faults
    assert {p.line for p in inventory.problems} <= {2}
    assert (2 in inventory.entries) == (not faults)


@pytest.mark.parametrize(
    "host",
    [
        "plug",
        "plug-1.lan",
        "192.168.1.7:8080",
        "http://192.168.1.7",
        "https://plug.lan:8443/",
        "fd00::7",
        "[fd00::7]:80",
    ],
)
def test_an_address_is_taken_as_people_write_it(host: str) -> None:
    assert one(f"room,name,host\nA,P,{host}\n").host == host


@pytest.mark.parametrize(
    ("first", "second", "faults"),
    [
        ("A,P1,pc,,h,0,5", "A,P2,pc,,h,1,5", []),
        ("A,P1,pc,,h,0,5", "A,P2,pc,,H,0,5", [Fault.DUPLICATE_SOCKET]),
        ("A,P1,pc,,h,0,5", "A,P2,pc,,h,,5", [Fault.DUPLICATE_SOCKET]),
        ("A,P1,pc,,h,0,5", "A,P1,pc,,h,1,5", [Fault.DUPLICATE_NAME]),
        ("A,P1,pc,,h,0,5", "B,P1,pc,,h,1,5", []),
        (
            "A,P1,pc,a8032ab1c2d3,h,0,5",
            "A,P2,pc,a8032ab1c2d4,h,1,5",
            [Fault.OTHER_MAC],
        ),
        (
            "A,P1,pc,a8032ab1c2d3,h,0,5",
            "A,P2,pc,a8032ab1c2d3,g,0,5",
            [Fault.OTHER_HOST],
        ),
        ("A,P1,pc,a8032ab1c2d3,h,0,5", "A,P2,pc,,h,1,5", []),
    ],
)
def test_lines_that_contradict_each_other(
    first: str, second: str, faults: list[Fault]
) -> None:
    inventory = read(f"{HEADER}\n{first}\n{second}\n")
    assert [(p.line, p.fault) for p in inventory.problems] == [
        (3, fault) for fault in faults
    ]
    assert 2 in inventory.entries


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1
).filter(lambda text: text == text.strip() and "\ufeff" not in text)
entries = st.lists(
    st.builds(
        Entry,
        room=texts,
        name=texts,
        host=st.integers(1, 254).map(lambda n: f"10.0.0.{n}"),
        role=st.sampled_from(Role),
        mac=st.none(),
        socket=st.integers(0, 99),
        priority=st.integers(1, 10),
    ),
    unique_by=(
        lambda entry: (entry.room, entry.name),
        lambda entry: (entry.host, entry.socket),
    ),
)


@given(entries, st.sampled_from(",;\t"))
def test_what_is_written_is_read_again(entries: list[Entry], delimiter: str) -> None:
    inventory = read(write(entries, delimiter))
    assert inventory.problems == ()
    assert list(inventory.entries.values()) == entries


def test_a_mac_is_written_as_people_read_it() -> None:
    assert "A8:03:2A:B1:C2:D3".lower() in write([PC])
    assert one(write([PC])) == PC


@given(st.text() | st.binary())
def test_any_data_is_read(data: str | bytes) -> None:
    inventory = read(data)
    assert inventory.entries or inventory.problems or data


@given(st.text(alphabet=',;\t"\n\r ab0'))
def test_any_table_is_read(table: str) -> None:
    read(f"{HEADER}\n{table}")
