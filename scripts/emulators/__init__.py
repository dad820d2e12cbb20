"""An emulated Linky meter and an emulated computer park, for demo and tests.

They encode what the real devices send on their own, so that they can contradict
the integration: nothing here imports it.
"""

from .appliance import Appliance, Computer, ComputerState, Constant, Monitor
from .mains import Mains
from .outlet import Outlet
from .plug import EmulatedPlug, PlugFault
from .shelly_gen1 import ShellyGen1
from .shelly_gen2 import PLUS_PLUG_S, POWER_STRIP_4, PRO_4PM, ShellyGen2
from .tasmota import Tasmota

__all__ = [
    "PLUS_PLUG_S",
    "POWER_STRIP_4",
    "PRO_4PM",
    "Appliance",
    "Computer",
    "ComputerState",
    "Constant",
    "EmulatedPlug",
    "Mains",
    "Monitor",
    "Outlet",
    "PlugFault",
    "ShellyGen1",
    "ShellyGen2",
    "Tasmota",
]
