"""Load shedding: what the contract allows, and which loads go and return for it.

Everything here is pure. The caller keeps a ``State``, builds a ``View`` and calls
``rule.decide(view, state)`` on each reading of the meter, on each reading of a plug,
and at the ``decide_at`` that the last ``Decision`` named.

- ``View``: ``now``, the ``supplies``, the ``loads``, the ``policy``.
  A ``Supply`` is a reading of the meter with its contract's limits: ``linky_supply`` makes
  one of each phase of a Linky (from the trip state of that phase), ``meter_supply``
  one of any other meter by a ``Contract``. Each is given the one ``before``, and an old
  one stays in the view: the rule itself sees that the meter is silent. A warning that
  comes before its frame is told as ``early``.
  A ``Load`` is a socket. All of the park's are in the view, also those that do not
  answer (``load.lost()``); each answer makes ``load.read(at, on, power_w)``. A
  ``Delay`` per plug learns ``delay_s``: ``delay.follow(seconds)`` after each order.
  The ``Policy`` is what the owner chose: margin, what a silent meter costs.
- ``Decision``: the next ``state``; ``orders`` to give, in their order, each with its
  cause; ``left_s`` and ``ready``, an overload predicted and who would go for it, in
  time for something milder, as turning down a heater; ``ask``, the loads whose plugs
  are to be read at once; ``enough`` is False if the loads will not do.
- What became of each order goes back by ``orders.answered(state, load, on, answer,
  now)``: the arbiter refused it, or the plug did it, or not. Then decide again.
- ``State.to_dict`` is ready for JSON; ``State.from_dict`` goes on after a restart.
  ``state.shed`` tells what is off, why, since when, until when and what it drew.
- People ask by ``requests.request(now, loads, state, power_w=..., sectors=...)``, which
  gives orders and a state, and tells what stays off for it, and by
  ``requests.end(now, state, loads)``, which lets what is shed return as soon as it fits.
- A large load asks ``may_start.may_start(view, state, power, phase)``; each one that
  was told yes is counted by ``may_start.promised``.
- ``outlook.next_shed`` and ``outlook.next_return`` tell who would go next, who would
  come back next, and what that waits for.
"""
