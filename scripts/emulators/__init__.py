"""An emulated Linky meter and an emulated computer park, for demo and tests.

They encode what the real devices send on their own, so that they can contradict
the integration: nothing here imports it.
"""

from .appliance import Appliance, Computer, ComputerState, Constant, Monitor
from .description import DescriptionError, generate, load
from .diy import Diy
from .lf2l_strip import Lf2lStrip
from .mains import Mains
from .meter import EmulatedMeter, MeterFault
from .mystrom import MyStrom
from .netio import Netio
from .openbeken import OpenBeken
from .outlet import Outlet
from .park import EmulatedPark
from .plug import EmulatedPlug, PlugFault
from .shelly_gen1 import ShellyGen1
from .shelly_gen2 import ShellyGen2
from .shelly_models import PLUS_PLUG_S, POWER_STRIP_4, PRO_4PM
from .shelly_panel import ShellyPanel
from .site import Site
from .tasmota import Tasmota

__all__ = [
    "PLUS_PLUG_S",
    "POWER_STRIP_4",
    "PRO_4PM",
    "Appliance",
    "Computer",
    "ComputerState",
    "Constant",
    "DescriptionError",
    "Diy",
    "EmulatedMeter",
    "EmulatedPark",
    "EmulatedPlug",
    "Lf2lStrip",
    "Mains",
    "MeterFault",
    "Monitor",
    "MyStrom",
    "Netio",
    "OpenBeken",
    "Outlet",
    "PlugFault",
    "ShellyGen1",
    "ShellyGen2",
    "ShellyPanel",
    "Site",
    "Tasmota",
    "generate",
    "load",
]
