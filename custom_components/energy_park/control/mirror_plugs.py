"""What a plug measures, and what is decided of it, as rows for the mirror."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from homeassistant.util import dt as dt_util

from ..coordinator import PlugCoordinator
from ..mirror.measures import plug_rows, socket_rows
from ..mirror.mirror import Mirror
from ..mirror.rows import EPOCH, ChannelRow, SubjectKind
from ..model import PlugReading, Socket
from ..plug.shelly_em import channel_name
from .energy import EnergyBook
from .happenings import actual, decisions
from .mirror_parts import PartRows
from .mirrored import channel_id
from .switchboard import Switchboard


class PlugRows:
    """Offers a mirror what one plug measures, and what becomes of its sockets."""

    def __init__(
        self,
        plug: PlugCoordinator,
        switchboard: Switchboard,
        energy: EnergyBook,
        mirror: Mirror,
        parts: PartRows,
    ) -> None:
        """Take the plug; what its sockets should be now is known already."""
        self._plug = plug
        self._switchboard = switchboard
        self._energy = energy
        self._mirror = mirror
        self._parts = parts
        self._poll: PlugReading | None = None
        self._on: dict[str, object] = {}
        self._states = {
            socket.id: switchboard.memory(socket).state for socket in plug.plug.sockets
        }

    def read(self) -> None:
        """Offer a poll that is new, and what was decided and seen of the sockets."""
        plug, now = self._plug, dt_util.utcnow()
        new = plug.heard and plug.data is not self._poll
        if new:
            self._poll = plug.data
            self._offer_channels(now)
        for socket in plug.plug.sockets:
            self._tell_decisions(socket, now)
            reading = plug.reading(socket)
            if new and reading is not None:
                # The device's own counter may start again; the book's does not.
                total_wh = self._energy.socket_wh(socket.id)
                measured = replace(reading, energy_wh=total_wh)
                self._mirror.offer_many(socket_rows(socket.id, measured, now))
            on = reading.on if reading is not None else None
            if on is not self._on.get(socket.id):
                self._on[socket.id] = on
                why = self._states[socket.id].reason
                self._mirror.offer(actual(socket, on, why, now))
        self.describe()

    def _offer_channels(self, now: datetime) -> None:
        for number in self._plug.channels:
            if (reading := self._plug.data.sockets.get(number)) is not None:
                subject = channel_id(self._plug, number)
                self._mirror.offer_many(
                    socket_rows(subject, reading, now, SubjectKind.CHANNEL)
                )

    def _tell_decisions(self, socket: Socket, now: datetime) -> None:
        before = self._states[socket.id]
        state = self._switchboard.memory(socket).state
        if state is not before:
            self._states[socket.id] = state
            self._mirror.offer_many(decisions(socket, before, state, now))

    def describe(self) -> None:
        """Offer what the plug, its sockets and its channels are, if that is new."""
        memory, plug = self._switchboard.memory, self._plug.plug
        sockets = tuple(
            replace(socket, priority=memory(socket).priority) for socket in plug.sockets
        )
        protected = frozenset(s.id for s in sockets if memory(s).protected)
        described = plug_rows(replace(plug, sockets=sockets), EPOCH, protected)
        self._parts.describe(
            self._plug.subentry.subentry_id, [*described, *self._channels()]
        )

    def _channels(self) -> Iterator[ChannelRow]:
        for number in self._plug.channels:
            yield ChannelRow(
                channel_id=channel_id(self._plug, number),
                plug_id=self._plug.plug.serial,
                number=number,
                name=f"{self._plug.plug.name} {channel_name(number)}",
                updated_at=EPOCH,
            )
