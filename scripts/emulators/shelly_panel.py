"""Panel meters of Shelly: channels without a switch, beside a relay at most.

Payloads as a Pro EM-50 and a Pro 3EM send them (recordings).
"""

from collections.abc import Sequence
from typing import Any, override

from .outlet import Outlet
from .plug import Json
from .shelly_gen2 import ShellyGen2
from .shelly_models import PRO_3EM, PRO_EM


class ShellyPanel(ShellyGen2):
    """A Pro EM, or a Pro 3EM where there are three ``circuits``.

    A circuit is an outlet that nobody switches.
    """

    def __init__(self, *, circuits: Sequence[Outlet], **plug: Any) -> None:
        self._circuits = list(circuits)
        self._three_phases = len(self._circuits) == 3
        default: Json = {
            "sockets": 0 if self._three_phases else 1,
            "model": PRO_3EM if self._three_phases else PRO_EM,
        }
        super().__init__(**default | plug)

    @override
    def _status(self) -> Json:
        return super()._status() | (
            self._triple() if self._three_phases else self._singles()
        )

    @override
    def _switch_status(self, outlet: Outlet) -> Json:
        """Return the relay of a panel: a contact that measures nothing."""
        return {
            "id": outlet.number,
            "source": outlet.source,
            "output": outlet.on,
            "temperature": {"tC": 29.4, "tF": 85.0},
        }

    def _singles(self) -> Json:
        status: Json = {}
        for index, circuit in enumerate(self._circuits):
            status[f"em1:{index}"] = {
                "id": index,
                **self._measures(circuit),
                "calibration": "factory",
            }
            status[f"em1data:{index}"] = {
                "id": index,
                "total_act_energy": round(circuit.energy_wh, 2),
                "total_act_ret_energy": 12.5,
            }
        return status

    def _triple(self) -> Json:
        measures: Json = {"id": 0, "n_current": None, "user_calibrated_phase": []}
        data: Json = {"id": 0}
        for phase, circuit in zip("abc", self._circuits, strict=True):
            for name, value in self._measures(circuit).items():
                measures[f"{phase}_{name}"] = value
            data[f"{phase}_total_act_energy"] = round(circuit.energy_wh, 2)
            data[f"{phase}_total_act_ret_energy"] = 0.0
        for name in ("current", "act_power", "aprt_power"):
            measures[f"total_{name}"] = round(
                sum(measures[f"{phase}_{name}"] for phase in "abc"), 3
            )
        total = sum(circuit.energy_wh for circuit in self._circuits)
        data |= {"total_act": round(total, 2), "total_act_ret": 0.0}
        return {"em:0": measures, "emdata:0": data, "temperature:0": {"tC": 46.6}}

    def _measures(self, circuit: Outlet) -> Json:
        measure = circuit.measure()
        return {
            "current": round(measure.current_a, 3),
            "voltage": round(measure.voltage_v, 1),
            "act_power": round(measure.power_w, 1),
            "aprt_power": round(measure.apparent_power_va, 1),
            "pf": round(measure.power_factor, 2),
            "freq": round(self.mains.frequency_hz, 1),
        }
