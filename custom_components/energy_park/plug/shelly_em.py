"""Panel meters of Shelly: channels that are measured and cannot be switched.

Source: the vendor's Gen2 API pages, components EM, EMData, EM1 and EM1Data.
"""

from collections.abc import Mapping
import re
from typing import Final

from ..model import SocketReading
from .values import members, number

# A device may have sockets and channels: channels count from beyond all sockets.
# em1:N is 100 + N; the phases a, b and c of em:N are 200 + 10 N and the two after.
FIRST_SINGLE: Final = 100
FIRST_TRIPLE: Final = 200
_TRIPLE_STEP: Final = 10
_PHASES: Final = "abc"
_METER: Final = re.compile(r"(em1?):(\d)")


def channels(status: Mapping[str, object]) -> tuple[int, ...]:
    """Return the numbers of the channels in ``Shelly.GetStatus``."""
    found: list[int] = []
    for key, value in status.items():
        if (match := _METER.fullmatch(key)) is None:
            continue
        index = int(match[2])
        if match[1] == "em1":
            found.append(FIRST_SINGLE + index)
        else:
            found += (
                FIRST_TRIPLE + _TRIPLE_STEP * index + offset
                for offset, phase in enumerate(_PHASES)
                if f"{phase}_act_power" in members(value)
            )
    return tuple(sorted(found))


def channel_name(channel: int) -> str:
    """Return what stands on a panel: a number, or the letter of a phase."""
    if channel < FIRST_TRIPLE:
        return str(channel - FIRST_SINGLE + 1)
    index, offset = divmod(channel - FIRST_TRIPLE, _TRIPLE_STEP)
    letter = _PHASES[offset].upper() if offset < len(_PHASES) else str(offset)
    return f"{index + 1}{letter}" if index else letter


def channel_reading(status: Mapping[str, object], channel: int) -> SocketReading:
    """Read one channel of ``Shelly.GetStatus``.

    Power is negative where energy flows back. The register of energy drawn holds
    nothing of what flowed back, unlike that of a switch.
    """
    prefix, component = "", f"1:{channel - FIRST_SINGLE}"
    if channel >= FIRST_TRIPLE:
        index, offset = divmod(channel - FIRST_TRIPLE, _TRIPLE_STEP)
        if offset >= len(_PHASES):
            return SocketReading()
        prefix, component = f"{_PHASES[offset]}_", f":{index}"
    meter = members(status.get(f"em{component}"))
    counter = members(status.get(f"em{component.replace(':', 'data:')}"))

    def value(name: str) -> float | None:
        return number(meter.get(prefix + name))

    return SocketReading(
        power_w=value("act_power"),
        current_a=value("current"),
        voltage_v=value("voltage"),
        energy_wh=number(counter.get(f"{prefix}total_act_energy")),
        power_factor=value("pf"),
        apparent_power_va=value("aprt_power"),
        frequency_hz=value("freq"),
    )
