"""Recorded sites, and which part of each hangs on plugs."""

from collections.abc import Iterator
from contextlib import suppress
import csv
from datetime import datetime
import gzip
from pathlib import Path

from custom_components.energy_park.model import Role
from scripts.simulation.recording import Appliance, Recording, from_samples

DATA = Path(__file__).resolve().parents[3] / "shared/data/sim"

# Of the TFG house two heat pumps are metered. What else exceeds 2 kW comes in pulses
# of 10 to 20 s; it is taken for one large appliance on a relay, and a quarter of the
# rest for plugs.
TFG = (
    Appliance(name="heat pump 1", priority=8),
    Appliance(name="heat pump 2", priority=7),
    Appliance(name="large appliance", priority=5),
    Appliance(name="plugs", priority=4),
)
LARGE_FROM_W = 2000.0
TFG_SHARE = 0.25

# Of the house in Sceaux the three metered circuits are.
SCEAUX = (
    Appliance(name="kitchen", priority=3),
    Appliance(name="laundry", priority=6),
    Appliance(name="water heater", priority=9, heater=True),
)

# Of the OGGA house the dishwasher, the washing machine and the iron are, and a quarter
# of the rest: its other plugs draw too little to matter.
OGGA = (
    Appliance(name="dishwasher", priority=7),
    Appliance(name="washing machine", priority=8),
    Appliance(name="iron", priority=5),
    Appliance(name="plugs", priority=4),
)
OGGA_PLUGS = ("Plug 8 Lave Vaisselles", "Plug 9 Laver", "Plug 4 Repasser")
OGGA_SHARE = 0.25

# A computer room of recorded devices, each column a day of a seat.
ROOM_SEATS = 40


def sites() -> Iterator[Recording]:
    """Yield every recording that is fine enough to show an overload."""
    for path in sorted((DATA / "tfg_10s").glob("*house.csv.gz")):
        yield tfg(path)
    yield sceaux(DATA / "uci_sceaux/household_power_consumption_2006-12-16_24.txt.gz")
    yield ogga(DATA / "ogga")
    yield room(DATA / "tracebase_10s")


def tfg(path: Path) -> Recording:
    """Read a house in Spain, its power from the grid; cosine phi is taken for 1."""
    samples = []
    for row in rows(path):
        try:
            at_s = datetime.fromisoformat(row["timestamp"]).timestamp()
            sun_w = float(row.get("powerP") or row.get("powerG") or 0)
            site_w = max(0.0, float(row["powerC"]) - max(0.0, sun_w))
            pumps_w = [max(0.0, float(row[f"powerL{n}"] or 0)) for n in (1, 2)]
        except ValueError:
            continue
        rest_w = max(0.0, site_w - sum(pumps_w))
        large_w = max(0.0, rest_w - LARGE_FROM_W)
        plugs_w = TFG_SHARE * (rest_w - large_w)
        samples.append((at_s, site_w, (*pumps_w, large_w, plugs_w)))
    return from_samples(f"TFG {path.name[:10]}", TFG, samples)


def sceaux(path: Path) -> Recording:
    """Read a winter house near Paris: V I of each minute, and three circuits."""
    samples = []
    for row in rows(path, ";"):
        try:
            day = datetime.strptime(f"{row['Date']} {row['Time']}", "%d/%m/%Y %H:%M:%S")
            site_va = float(row["Voltage"]) * float(row["Global_intensity"])
            circuits_w = [60 * float(row[f"Sub_metering_{n}"]) for n in (1, 2, 3)]
        except ValueError, TypeError:
            continue
        samples.append((day.timestamp(), site_va, circuits_w))
    return from_samples("Sceaux", SCEAUX, samples)


def ogga(folder: Path) -> Recording:
    """Read a French house: its meter each second, its plugs each three minutes."""
    plugs: dict[str, list[tuple[float, float]]] = {name: [] for name in OGGA_PLUGS}
    for row in rows(folder / "B_house_plugs.csv.gz"):
        with suppress(ValueError, KeyError):
            at_s = datetime.fromisoformat(row["Time stamp"]).timestamp()
            plugs[row["Device"].strip()].append((at_s, float(row["Power"])))
    samples = []
    for row in rows(folder / "B_house_meter_1s.csv.gz"):
        try:
            at_s = datetime.fromisoformat(row["Time stamp"][:26]).timestamp()
            site_w = float(row["Power"])
        except ValueError:
            continue
        plugs_w = [value_at(series, at_s) for series in plugs.values()]
        if sum(plugs_w) > site_w:
            plugs_w = [0.0] * len(plugs_w)
        others_w = OGGA_SHARE * (site_w - sum(plugs_w))
        samples.append((at_s, site_w, (*plugs_w, others_w)))
    return from_samples("OGGA", OGGA, samples)


def value_at(series: list[tuple[float, float]], at_s: float) -> float:
    """Return what was measured last, and drop what was before it."""
    while len(series) > 1 and series[1][0] <= at_s:
        series.pop(0)
    return series[0][1] if series and series[0][0] <= at_s else 0.0


def room(folder: Path) -> Recording:
    """Build a day of a computer room; what runs in it is not cut by a rule."""
    kinds = {
        "PC-Desktop": (Role.COMPUTER, 6),
        "Monitor-TFT": (Role.MONITOR, 8),
        "Printer": (Role.OTHER, 9),
        "Projector": (Role.OTHER, 5),
    }
    appliances, columns = [], []
    for kind, (role, priority) in kinds.items():
        days = list(rows(folder / f"{kind}.csv.gz"))
        for name in list(days[0])[1 : ROOM_SEATS + 1]:
            appliances.append(Appliance(name=name, role=role, priority=priority))
            columns.append([max(0.0, float(day[name] or 0)) for day in days])
    samples = (
        (10.0 * number, sum(powers_w), powers_w)
        for number, powers_w in enumerate(zip(*columns, strict=True))
    )
    return from_samples("computer room", appliances, samples)


def rows(path: Path, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """Yield the lines of a compressed table."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file, delimiter=delimiter)
