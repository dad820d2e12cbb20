"""The emulated Linky meter: contract, metrology, frames and wire in one."""

from enum import StrEnum
from typing import Any, Self

from .contracts import CONTRACTS, Tariff
from .historique import Historique
from .line import Line
from .mains import Mains
from .registers import Registers
from .site import Site
from .standard import Nameplate, Standard


class Mode(StrEnum):
    """The two languages of the customer output."""

    HISTORIQUE = "historique"
    STANDARD = "standard"


BAUD = {Mode.HISTORIQUE: 1200, Mode.STANDARD: 9600}


class MeterFault(StrEnum):
    """What can go wrong between meter and reader."""

    SILENCE = "silence"
    """Nothing comes any more; connections stay."""
    CORRUPT = "corrupt"
    """One bit flips in a share ``rate`` of the bytes (default 0.01)."""
    EOT = "eot"
    """The next ``times`` frames (default 1) break off with EOT."""
    HALF_OPEN = "half_open"
    """Present TCP connections hear nothing more and are never closed."""
    DISCONNECT = "disconnect"
    """TCP connections are closed; new ones are served."""
    MODE = "mode"
    """The supplier changes the mode (to ``mode``, else to the other one)."""


class Model(StrEnum):
    """What a meter differs in from its fellows."""

    LINKY = "linky"
    PILOT = "pilot"
    """A Linky of the pilot, with early labels in standard mode."""
    SILENT = "silent"
    """A three-phase Linky that does not warn of an overload in historique."""
    OLD = "old"
    """An electronic meter: historique only, no PAPP, indexes of 8 digits."""


MANUFACTURED = {Model.PILOT: "041867", Model.OLD: "020528"}


class EmulatedMeter:
    """A Linky on a site; an asynchronous context manager that sends inside.

    ``url`` and ``pty`` are where to listen. ``mode`` may be changed at any
    time, as a supplier does. Alone, it stands before a base load of 600 W.
    """

    def __init__(
        self,
        site: Site | None = None,
        *,
        mode: str = "historique",
        phases: int = 1,
        contract: str = "base",
        producer: bool = False,
        subscribed_kva: int = 9,
        serial: str | None = None,
        pace: str = "real",
        port: int = 0,
        tariff: Tariff | None = None,
        model: str = "linky",
    ) -> None:
        self.site = site or Site(Mains())
        mains = self.site.mains
        self.mode = Mode(mode)
        made = MANUFACTURED.get(
            kind := Model(model), "041861" if phases == 1 else "041863"
        )
        self.serial = serial or f"{made}012345"
        self.registers = Registers(
            self.site,
            tariff or Tariff(CONTRACTS[contract], seed=mains.seed),
            phases=phases,
            cut_off_va=subscribed_kva * 1000,
        )
        self._historique = Historique(
            self.serial,
            subscribed_kva * 1000,
            old=kind is Model.OLD,
            warns=kind is not Model.SILENT,
        )
        self._standard = Standard(
            Nameplate(
                serial=self.serial,
                prm=f"09{self.serial}",
                subscribed_kva=subscribed_kva,
                cut_off_kva=subscribed_kva,
                producer=producer,
                pilot=kind is Model.PILOT,
            )
        )
        self.line = Line(
            self.frame, lambda: BAUD[self.mode], pace=pace, rng=mains.rng("line")
        )
        self._port = port

    @property
    def url(self) -> str:
        """Return the address of the TCP feed."""
        return f"socket://127.0.0.1:{self.line.port}"

    @property
    def pty(self) -> str:
        """Return the path of the serial port."""
        return self.line.pty.path

    @property
    def faults(self) -> list[str]:
        """Return the standing faults."""
        standing = {
            MeterFault.SILENCE: self.line.silent,
            MeterFault.CORRUPT: self.line.corrupt_rate,
            MeterFault.EOT: self.line.cuts_left,
        }
        return [str(fault) for fault, present in standing.items() if present]

    async def __aenter__(self) -> Self:
        """Start to send."""
        await self.line.open(self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Fall silent for good."""
        await self.line.close()

    def frame(self) -> bytes:
        """Return the frame of this moment."""
        self.registers.advance()
        if self.mode is Mode.STANDARD:
            return self._standard.frame(self.registers)
        return self._historique.frame(self.registers, self.site.mains.now())

    def fault(self, fault: MeterFault | str, **options: Any) -> None:
        """Bring up a fault."""
        match MeterFault(fault):
            case MeterFault.SILENCE:
                self.line.silent = True
            case MeterFault.CORRUPT:
                self.line.corrupt_rate = options.get("rate", 0.01)
            case MeterFault.EOT:
                self.line.cuts_left = options.get("times", 1)
            case MeterFault.HALF_OPEN:
                self.line.abandon_clients()
            case MeterFault.DISCONNECT:
                self.line.drop_clients()
            case MeterFault.MODE:
                other = {Mode.HISTORIQUE: Mode.STANDARD, Mode.STANDARD: Mode.HISTORIQUE}
                self.mode = Mode(options.get("mode", other[self.mode]))

    def clear(self) -> None:
        """End every fault; mode and abandoned connections stay as they are."""
        self.line.silent = False
        self.line.corrupt_rate = 0.0
        self.line.cuts_left = 0
