"""A radio channel in software, behind the interface of the chip's driver.

What is sent may get lost, come twice, late or damaged; and someone who hears it all
may send what he likes.
"""

from dataclasses import dataclass
import queue
from random import Random

PACKET_SIZE = 32
LATE_BY_MAX = 20


@dataclass(slots=True, kw_only=True)
class Faults:
    """Shares of the packets to which each thing happens."""

    lost: float = 0.0
    repeated: float = 0.0
    late: float = 0.0
    damaged: float = 0.0
    forged: float = 0.0


class Air:
    """What becomes of packets on their way. ``heard`` is what was sent so far."""

    def __init__(self, faults: Faults | None = None, seed: int = 0) -> None:
        self.faults = faults or Faults()
        self.heard: list[bytes] = []
        self._late: list[tuple[int, bytes]] = []
        self._rng = Random(seed)

    def carry(self, packet: bytes) -> list[bytes]:
        """Return what arrives when a packet is sent."""
        self.heard.append(packet)
        arrived = []
        if not self._happens(self.faults.lost):
            if self._happens(self.faults.late):
                due = len(self.heard) + self._rng.randint(1, LATE_BY_MAX)
                self._late.append((due, packet))
            elif self._happens(self.faults.damaged):
                arrived.append(self.damage(packet))
            else:
                arrived.append(packet)
        if self._happens(self.faults.repeated):
            arrived.append(self._rng.choice(self.heard))
        if self._happens(self.faults.forged):
            arrived.append(self.forge())
        arrived += [late for due, late in self._late if due <= len(self.heard)]
        self._late = [late for late in self._late if late[0] > len(self.heard)]
        return arrived

    def damage(self, packet: bytes) -> bytes:
        """Return a packet with a few bits of it flipped."""
        bits = 0
        for _ in range(self._rng.randint(1, 4)):
            bits |= 1 << self._rng.randrange(8 * len(packet))
        return (int.from_bytes(packet) ^ bits).to_bytes(len(packet))

    def forge(self) -> bytes:
        """Return a packet made without the key, from nothing or from those heard."""
        packet = bytearray(self._rng.choice(self.heard or [bytes(PACKET_SIZE)]))
        match self._rng.randrange(4):
            case 0:
                return self._rng.randbytes(PACKET_SIZE)
            case 1:  # the number of a packet to come, before the data of an old one
                numbers = int.from_bytes(packet[1:8]) + self._rng.randint(1, 1000)
                packet[1:8] = numbers.to_bytes(8)[-7:]
            case 2:  # the data of one packet in another
                packet[8:24] = self._rng.choice(self.heard or [packet])[8:24]
            case _:  # another length
                packet[0] ^= self._rng.randint(1, 31)
        return bytes(packet)

    def _happens(self, share: float) -> bool:
        return self._rng.random() < share


class SoftwareRadio:
    """Both ends of a channel: what is sent is received, as the air lets it.

    ``failure`` is what each call raises, of a chip that is absent or breaks.
    """

    def __init__(self, air: Air | None = None) -> None:
        self.air = air or Air()
        self.failure: Exception | None = None
        self.opened = False
        self._arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    @property
    def waiting(self) -> int:
        """Return the number of packets that arrived and were not received."""
        return self._arrived.qsize()

    def open(self) -> None:
        """Make the radio ready."""
        self._check()
        self.opened = True

    def close(self) -> None:
        """Let go of it."""
        self.opened = False

    def receive(self, timeout_s: float) -> bytes | None:
        """Return the next packet that arrived."""
        self._check()
        try:
            return self._arrived.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def send(self, packet: bytes) -> bool:
        """Send into the air, which acknowledges everything."""
        self._check()
        for arrived in self.air.carry(packet):
            self._arrived.put(arrived)
        return True

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure
