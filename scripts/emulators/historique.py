"""Frames of historique mode (Enedis-NOI-CPT_54E, section 6.1, Linky meters)."""

from .contracts import BLUE, RED, WHITE
from .registers import Registers
from .tic_bytes import digits, frame, historique_group

TOMORROW = {None: "----", BLUE: "BLEU", WHITE: "BLAN", RED: "ROUG"}
I_MAX_A = {1: 90, 3: 60}
# While a phase of a three-phase meter is overloaded and one minute after, one
# frame in 21 is long.
SHORT_FRAMES = 20
SHORT_AFTER_S = 60


class Historique:
    """Builds the frames; it remembers the overload that makes them short.

    ``old`` is an electronic meter without PAPP whose indexes have 8 digits, ``warns``
    is False for a three-phase meter that keeps to long frames in an overload.
    """

    def __init__(
        self,
        serial: str,
        subscribed_va: float,
        *,
        old: bool = False,
        warns: bool = True,
    ) -> None:
        self._serial = serial
        self._subscribed_va = subscribed_va
        self._old = old
        self._warns = warns
        self._overloaded_at: float | None = None
        self._short_left = SHORT_FRAMES

    def frame(self, registers: Registers, now: float) -> bytes:
        """Return the frame of this moment, long or short."""
        subscribed_a = round(self._subscribed_va / 200 / registers.phases)
        currents_a = [round(current) for current in registers.currents_a]
        overload = {
            phase: current
            for phase, current in enumerate(currents_a, 1)
            if current > subscribed_a
        }
        if registers.phases == 1:
            groups = self._long(registers, subscribed_a, currents_a, overload)
        elif self._warns and self._is_short(now, overloaded=bool(overload)):
            groups = self._short(currents_a, overload)
        else:
            groups = self._long(registers, subscribed_a, currents_a, {})
        return frame([historique_group(label, value) for label, value in groups])

    def _is_short(self, now: float, *, overloaded: bool) -> bool:
        if overloaded:
            self._overloaded_at = now
        if self._overloaded_at is None or now - self._overloaded_at > SHORT_AFTER_S:
            self._overloaded_at, self._short_left = None, SHORT_FRAMES
            return False
        if self._short_left == 0:
            self._short_left = SHORT_FRAMES
            return False
        self._short_left -= 1
        return True

    def _short(
        self, currents_a: list[int], overload: dict[int, int]
    ) -> list[tuple[str, str]]:
        return [
            *((f"ADIR{phase}", digits(a, 3)) for phase, a in overload.items()),
            ("ADCO", self._serial),
            *((f"IINST{n}", digits(a, 3)) for n, a in enumerate(currents_a, 1)),
        ]

    def _long(
        self,
        registers: Registers,
        subscribed_a: int,
        currents_a: list[int],
        overload: dict[int, int],
    ) -> list[tuple[str, str]]:
        tariff, local = registers.tariff, registers.local
        groups = [
            ("ADCO", self._serial),
            ("OPTARIF", tariff.contract.optarif),
            ("ISOUSC", digits(subscribed_a, 2)),
        ]
        groups += self._indexes(registers)
        if tariff.pejp(local):
            groups.append(("PEJP", "30"))
        groups.append(("PTEC", tariff.contract.periods[tariff.index(local)].ptec))
        if tariff.coloured:
            groups.append(("DEMAIN", TOMORROW[tariff.colour_tomorrow(local)]))
        # PAPP comes in steps of 10 VA.
        papp = ("PAPP", digits(round(registers.drawn_va, -1), 5))
        i_max = digits(I_MAX_A[registers.phases], 3)
        if registers.phases == 1:
            groups.append(("IINST", digits(currents_a[0], 3)))
            groups += [("ADPS", digits(current, 3)) for current in overload.values()]
            groups += [("IMAX", i_max), papp, ("HHPHC", "A"), ("MOTDETAT", "000000")]
            return [group for group in groups if not self._old or group is not papp]
        groups += [(f"IINST{n}", digits(a, 3)) for n, a in enumerate(currents_a, 1)]
        groups += [(f"IMAX{n}", i_max) for n in (1, 2, 3)]
        groups.append(("PMAX", digits(registers.peaks.yesterday.power_va, 5)))
        groups += [papp, ("MOTDETAT", "000000"), ("PPOT", "00")]
        return groups

    def _indexes(self, registers: Registers) -> list[tuple[str, str]]:
        """Return the contract's indexes; one that has no words here is all in all."""
        contract, width = registers.tariff.contract, 8 if self._old else 9
        if not contract.in_historique:
            return [("BASE", digits(registers.drawn_wh, width))]
        return [
            (period.label, digits(registers.indexes_wh[number], width))
            for number, period in enumerate(contract.periods)
        ]
