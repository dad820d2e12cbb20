"""Who wins, who is refused, and what is sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import (
    Order,
    Reason,
    Role,
    SocketReading,
    Source,
)
from custom_components.energy_park.park.arbiter import (
    RETRY_FOR,
    Decision,
    SocketState,
    end,
    let_yield,
    observe,
    place,
    release,
    restore,
    tick,
)
from custom_components.energy_park.park.caution import Policy, needs_look
from custom_components.energy_park.park.station import COMPUTER_OFF_BELOW_W, OffBand

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAMP = Policy(role=Role.OTHER, protected=False)
COMPUTER = Policy(role=Role.COMPUTER, protected=False)
ON = SocketReading(on=True, power_w=60.0)
OFF = SocketReading(on=False, power_w=0.0)
REASONS = {
    Source.SAFETY: Reason.SHED,
    Source.PERSON: Reason.PERSON,
    Source.SCHEDULE: Reason.SCHEDULE,
    Source.BALANCE: Reason.BALANCE,
}


def order(
    source: Source,
    on: bool = False,
    until: datetime | None = None,
    group: bool = False,
) -> Order:
    return Order(
        on=on,
        source=source,
        reason=REASONS[source],
        given_at=NOW,
        until=until,
        group=group,
    )


def seen_on(policy: Policy = LAMP) -> SocketState:
    """A socket found on."""
    return observe(SocketState(), policy, ON, NOW, HOUR).state


def test_first_reading_is_taken_as_found() -> None:
    decision = observe(SocketState(), LAMP, ON, NOW, HOUR)
    assert decision.switch is None
    assert decision.state.wanted is True
    assert decision.state.reason is Reason.AS_FOUND


def test_an_order_is_sent_with_its_reason() -> None:
    decision = place(seen_on(), order(Source.PERSON), LAMP, ON, NOW)
    assert decision.switch is False
    assert decision.state.wanted is False
    assert decision.state.reason is Reason.PERSON
    assert not decision.state.confirmed


@pytest.mark.parametrize(
    ("standing", "new", "wins"),
    [
        (Source.SAFETY, Source.PERSON, False),
        (Source.SAFETY, Source.SCHEDULE, False),
        (Source.PERSON, Source.SAFETY, True),
        (Source.PERSON, Source.SCHEDULE, False),
        (Source.SCHEDULE, Source.PERSON, True),
        (Source.SCHEDULE, Source.BALANCE, False),
        (Source.BALANCE, Source.SCHEDULE, True),
        (Source.PERSON, Source.PERSON, True),
    ],
)
def test_precedence(standing: Source, new: Source, wins: bool) -> None:
    state = place(seen_on(), order(standing, on=False), LAMP, ON, NOW).state
    decision = place(state, order(new, on=True), LAMP, OFF, NOW)
    assert (decision.switch is True) is wins
    assert decision.state.wanted is wins
    assert (decision.refused is Reason.OUTRANKED) is not wins


def test_an_outranked_order_takes_over_when_the_stronger_ends() -> None:
    state = place(
        seen_on(), order(Source.PERSON, on=True, until=NOW + HOUR), LAMP, ON, NOW
    ).state
    state = place(state, order(Source.SCHEDULE, on=False), LAMP, ON, NOW).state
    before = tick(state, LAMP, ON, NOW + HOUR - timedelta(seconds=1))
    assert before == Decision(state)
    after = tick(state, LAMP, ON, NOW + HOUR)
    assert after.switch is False
    assert after.state.reason is Reason.SCHEDULE


def test_an_override_without_plan_leaves_the_socket_as_it_is() -> None:
    state = place(
        seen_on(), order(Source.PERSON, until=NOW + HOUR), LAMP, ON, NOW
    ).state
    decision = tick(state, LAMP, OFF, NOW + HOUR)
    assert decision.switch is None
    assert decision.state.wanted is False
    assert decision.state.reason is Reason.OVERRIDE_ENDED


def test_release_gives_back_to_the_plan() -> None:
    state = place(seen_on(), order(Source.SCHEDULE, on=False), LAMP, ON, NOW).state
    state = place(state, order(Source.PERSON, on=True), LAMP, OFF, NOW).state
    decision = release(state, Source.PERSON, LAMP, ON, NOW)
    assert decision.switch is False
    assert decision.state.reason is Reason.SCHEDULE
    assert release(decision.state, Source.PERSON, LAMP, OFF, NOW).switch is None


def test_a_claim_that_is_ended_is_gone_with_the_next_tick() -> None:
    planned = place(SocketState(), order(Source.SCHEDULE, on=True), LAMP, ON, NOW)
    lasting = place(planned.state, order(Source.PERSON), LAMP, ON, NOW)
    ending = end(lasting.state, Source.PERSON, NOW)
    assert ending.next_expiry == NOW
    assert ending.wanted is False
    decision = tick(ending, LAMP, OFF, NOW)
    assert decision.switch is True
    assert [claim.source for claim in decision.state.claims] == [Source.SCHEDULE]


def test_the_next_expiry_is_the_first_of_all_claims() -> None:
    state = place(
        seen_on(), order(Source.PERSON, until=NOW + 2 * HOUR), LAMP, ON, NOW
    ).state
    state = place(state, order(Source.SCHEDULE, until=NOW + HOUR), LAMP, ON, NOW).state
    assert state.next_expiry == NOW + HOUR
    assert state.until == NOW + 2 * HOUR


@pytest.mark.parametrize("source", [Source.SAFETY, Source.SCHEDULE, Source.BALANCE])
def test_rules_leave_protected_sockets_on(source: Source) -> None:
    policy = Policy(role=Role.OTHER, protected=True)
    decision = place(seen_on(), order(source), policy, ON, NOW)
    assert decision.switch is None
    assert decision.refused is Reason.PROTECTED
    assert decision.state.claims == ()
    assert place(seen_on(), order(source, on=True), policy, OFF, NOW).switch is True


def test_a_person_may_switch_a_protected_socket_but_not_with_its_sector() -> None:
    policy = Policy(role=Role.OTHER, protected=True)
    assert place(seen_on(), order(Source.PERSON), policy, ON, NOW).switch is False
    with_sector = place(seen_on(), order(Source.PERSON, group=True), policy, ON, NOW)
    assert with_sector.refused is Reason.PROTECTED


def test_a_sectors_network_stays_on() -> None:
    policy = Policy(role=Role.NETWORK, protected=False)
    decision = place(seen_on(), order(Source.PERSON, group=True), policy, ON, NOW)
    assert decision.refused is Reason.PROTECTED


@pytest.mark.parametrize(
    "reading",
    [
        None,
        SocketReading(on=True),
        SocketReading(on=True, power_w=COMPUTER_OFF_BELOW_W),
        SocketReading(on=True, power_w=180.0),
    ],
)
@pytest.mark.parametrize("source", [Source.SAFETY, Source.SCHEDULE, Source.BALANCE])
def test_a_computer_that_may_run_is_never_cut_by_a_rule(
    reading: SocketReading | None, source: Source
) -> None:
    decision = place(seen_on(COMPUTER), order(source), COMPUTER, reading, NOW)
    assert decision.switch is None
    assert decision.refused is Reason.RUNNING


@pytest.mark.parametrize(
    ("order_", "policy", "looks"),
    [
        (order(Source.PERSON, group=True), COMPUTER, True),
        (order(Source.SCHEDULE), COMPUTER, True),
        (order(Source.PERSON), COMPUTER, False),
        (order(Source.PERSON, on=True, group=True), COMPUTER, False),
        (order(Source.SCHEDULE), LAMP, False),
        (order(Source.SCHEDULE), replace(COMPUTER, has_station=True), False),
        (replace(order(Source.SCHEDULE), seen_off=True), COMPUTER, False),
    ],
)
def test_a_computer_is_read_anew_before_a_rule_may_cut_it(
    order_: Order, policy: Policy, looks: bool
) -> None:
    assert needs_look(order_, policy) is looks


def test_a_computer_in_standby_is_cut_with_its_sector() -> None:
    standby = SocketReading(on=True, power_w=2.1)
    decision = place(
        seen_on(COMPUTER), order(Source.PERSON, group=True), COMPUTER, standby, NOW
    )
    assert decision.switch is False


def test_what_was_learnt_replaces_the_seed_threshold() -> None:
    small = replace(COMPUTER, off_band=OffBand(0.1, 1.2))
    idle = SocketReading(on=True, power_w=4.0)
    assert (
        place(seen_on(small), order(Source.SCHEDULE), small, idle, NOW).switch is None
    )
    dock = replace(COMPUTER, off_band=OffBand(1.5, 7.2))
    off = SocketReading(on=True, power_w=6.1)
    assert place(seen_on(dock), order(Source.SCHEDULE), dock, off, NOW).switch is False
    dead = SocketReading(on=True, power_w=0.0)
    assert place(seen_on(dock), order(Source.SCHEDULE), dock, dead, NOW).switch is None


def test_a_stations_computer_is_cut_by_a_job_that_has_watched_it_only() -> None:
    station = replace(COMPUTER, has_station=True)
    off = SocketReading(on=True, power_w=2.1)
    blind = place(seen_on(station), order(Source.SCHEDULE), station, off, NOW)
    assert blind.refused is Reason.RUNNING
    watched = replace(order(Source.SCHEDULE), seen_off=True)
    assert place(seen_on(station), watched, station, off, NOW).switch is False
    awake = place(seen_on(station), watched, station, ON, NOW)
    assert awake.refused is Reason.RUNNING


def test_what_a_job_has_seen_does_not_hold_for_later() -> None:
    station = replace(COMPUTER, has_station=True)
    off = SocketReading(on=True, power_w=2.1)
    watched = replace(order(Source.SCHEDULE), seen_off=True)
    cut = place(seen_on(station), watched, station, off, NOW).state
    assert observe(cut, station, off, NOW + timedelta(seconds=9), HOUR).switch is None
    override = order(Source.PERSON, on=True, until=NOW + HOUR)
    kept = place(cut, override, station, OFF, NOW).state
    after = tick(kept, station, off, NOW + HOUR)
    assert after.switch is None
    assert after.refused is Reason.RUNNING


def test_a_person_may_cut_this_very_computer() -> None:
    assert place(seen_on(), order(Source.PERSON), COMPUTER, ON, NOW).switch is False


@pytest.mark.parametrize("policy", [COMPUTER, replace(COMPUTER, has_station=True)])
def test_a_computer_that_was_off_is_not_cut_again(policy: Policy) -> None:
    """Somebody may have pressed the button of the plug since it was read."""
    state = observe(SocketState(), policy, OFF, NOW, HOUR).state
    decision = place(state, order(Source.PERSON, group=True), policy, OFF, NOW)
    assert decision.switch is None
    assert decision.refused is None
    assert decision.state.confirmed
    pressed = observe(decision.state, policy, ON, NOW, HOUR)
    assert pressed.switch is None
    assert pressed.state.reason is Reason.AT_DEVICE
    by_hand = place(state, order(Source.PERSON), policy, OFF, NOW)
    assert by_hand.switch is False


def test_a_plan_that_takes_over_does_not_cut_again_what_was_off() -> None:
    state = observe(SocketState(), COMPUTER, OFF, NOW, HOUR).state
    state = place(
        state, order(Source.PERSON, on=True, until=NOW + HOUR), COMPUTER, OFF, NOW
    ).state
    state = observe(state, COMPUTER, ON, NOW, HOUR).state
    state = place(state, order(Source.SCHEDULE), COMPUTER, OFF, NOW).state
    after = tick(state, COMPUTER, OFF, NOW + HOUR)
    assert after.switch is None
    assert after.state.wanted is False
    assert after.state.confirmed


def test_what_was_just_ordered_on_is_ordered_off_again() -> None:
    """The reading is older than the order: it tells nothing of it."""
    state = observe(SocketState(), COMPUTER, OFF, NOW, HOUR).state
    state = place(
        state, order(Source.PERSON, on=True, group=True), COMPUTER, OFF, NOW
    ).state
    off = place(state, order(Source.PERSON, group=True), COMPUTER, OFF, NOW)
    assert off.switch is False


def test_a_plan_that_takes_over_does_not_cut_a_running_computer() -> None:
    standby = SocketReading(on=True, power_w=2.1)
    state = place(
        seen_on(), order(Source.PERSON, on=True, until=NOW + HOUR), COMPUTER, ON, NOW
    ).state
    state = place(state, order(Source.SCHEDULE), COMPUTER, standby, NOW).state
    decision = tick(state, COMPUTER, ON, NOW + HOUR)
    assert decision.switch is None
    assert decision.refused is Reason.RUNNING
    assert decision.state.refused is Reason.RUNNING


def test_a_lost_order_is_sent_again_for_a_minute_only() -> None:
    state = place(seen_on(), order(Source.PERSON), LAMP, ON, NOW).state
    assert observe(state, LAMP, ON, NOW + RETRY_FOR, HOUR).switch is False
    late = observe(state, LAMP, ON, NOW + RETRY_FOR + timedelta(seconds=1), HOUR)
    assert late == Decision(state)


def test_a_lost_order_does_not_cut_a_computer_that_woke_meanwhile() -> None:
    standby = SocketReading(on=True, power_w=2.1)
    state = place(seen_on(), order(Source.SCHEDULE), COMPUTER, standby, NOW).state
    assert (
        observe(state, COMPUTER, ON, NOW + timedelta(seconds=10), HOUR).switch is None
    )


def test_a_hand_at_the_device_counts_as_a_persons_order() -> None:
    state = place(seen_on(), order(Source.SCHEDULE), LAMP, ON, NOW).state
    state = observe(state, LAMP, OFF, NOW, HOUR).state
    decision = observe(state, LAMP, ON, NOW + HOUR, HOUR)
    assert decision.switch is None
    assert decision.state.wanted is True
    assert decision.state.reason is Reason.AT_DEVICE
    assert decision.state.until == NOW + 2 * HOUR
    back = tick(decision.state, LAMP, ON, NOW + 2 * HOUR)
    assert back.switch is False


def test_what_was_shed_for_no_limit_yields_to_a_person() -> None:
    shed = replace(order(Source.SAFETY), yields=True)
    state = place(seen_on(), shed, LAMP, ON, NOW).state
    # A rule is no person.
    rule = place(state, order(Source.SCHEDULE, on=True), LAMP, OFF, NOW)
    assert rule.refused is Reason.OUTRANKED
    person = place(state, order(Source.PERSON, on=True), LAMP, OFF, NOW)
    assert person.switch is True
    assert [claim.source for claim in person.state.claims] == [Source.PERSON]
    # Neither is a hand at the device undone.
    state = observe(state, LAMP, OFF, NOW, HOUR).state
    pressed = observe(state, LAMP, ON, NOW, HOUR)
    assert pressed.switch is None
    assert [claim.source for claim in pressed.state.claims] == [Source.PERSON]


def test_what_was_shed_can_be_let_yield() -> None:
    state = place(seen_on(), order(Source.SAFETY), LAMP, ON, NOW).state
    wish = order(Source.PERSON, on=True)
    assert place(state, wish, LAMP, OFF, NOW).refused is Reason.OUTRANKED
    assert place(let_yield(state), wish, LAMP, OFF, NOW).switch is True


def test_a_hand_at_the_device_does_not_undo_safety_shedding() -> None:
    state = place(seen_on(), order(Source.SAFETY), LAMP, ON, NOW).state
    state = observe(state, LAMP, OFF, NOW, HOUR).state
    decision = observe(state, LAMP, ON, NOW + HOUR, HOUR)
    assert decision.switch is False
    assert decision.state.reason is Reason.SHED


def test_an_unknown_state_changes_nothing() -> None:
    state = place(seen_on(), order(Source.PERSON), LAMP, ON, NOW).state
    assert observe(state, LAMP, SocketReading(), NOW, HOUR) == Decision(state)


orders = st.builds(
    lambda source, on, minutes, group: order(
        source, on, minutes and NOW + timedelta(minutes=minutes), group
    ),
    st.sampled_from(Source),
    st.booleans(),
    st.one_of(st.none(), st.integers(1, 60)),
    st.booleans(),
)
readings = st.one_of(
    st.none(),
    st.builds(
        SocketReading,
        on=st.one_of(st.none(), st.booleans()),
        power_w=st.one_of(st.none(), st.floats(0, 500)),
    ),
)
policies = st.builds(Policy, role=st.sampled_from(Role), protected=st.booleans())


@given(
    policies,
    st.lists(st.tuples(orders, readings, st.integers(0, 30)), max_size=20),
)
def test_no_history_of_orders_lets_a_rule_cut_what_must_stay(
    policy: Policy, steps: list[tuple[Order, SocketReading | None, int]]
) -> None:
    """Whatever is ordered when: what is sent follows the claims and the guards."""
    state, now = SocketState(), NOW
    for wish, reading, minutes in steps:
        now += timedelta(minutes=minutes)
        decisions = [tick(state, policy, reading, now)]
        decisions.append(
            place(
                decisions[-1].state,
                replace(wish, until=wish.until and now + (wish.until - NOW)),
                policy,
                reading,
                now,
            )
        )
        if reading is not None:
            decisions.append(observe(decisions[-1].state, policy, reading, now, HOUR))
        for decision in decisions:
            _check(decision, policy, reading, now)
        state = decisions[-1].state


def _check(
    decision: Decision, policy: Policy, reading: SocketReading | None, now: datetime
) -> None:
    claims = decision.state.claims
    ranks = [list(Source).index(claim.source) for claim in claims]
    assert ranks == sorted(set(ranks))
    if decision.switch is None:
        return
    assert decision.switch is decision.state.wanted
    assert claims[0].until is None or claims[0].until > now - RETRY_FOR
    if decision.switch is False and (
        claims[0].source is not Source.PERSON or claims[0].group
    ):
        assert not policy.protected
        assert policy.role is not Role.NETWORK
        if policy.role is Role.COMPUTER:
            assert reading is not None
            assert reading.on is False or (
                reading.power_w is not None and reading.power_w < COMPUTER_OFF_BELOW_W
            )


# A park that is observed


OBSERVED = Policy(role=Role.OTHER, protected=False, observed=True)


@given(st.sampled_from(Source), st.booleans(), st.booleans())
def test_an_observed_park_switches_for_persons_and_safety_only(
    source: Source, on: bool, group: bool
) -> None:
    wish = order(source, on, group=group)
    decision = place(seen_on(), wish, OBSERVED, ON, NOW)
    if source in (Source.PERSON, Source.SAFETY):
        assert decision.switch is on
    else:
        refused = replace(seen_on(), refused=Reason.OBSERVED, refused_order=wish)
        assert decision == Decision(refused, refused=Reason.OBSERVED)


def test_what_must_not_be_is_told_before_what_is_only_observed() -> None:
    policy = replace(OBSERVED, role=Role.COMPUTER)
    decision = place(SocketState(), order(Source.SCHEDULE), policy, ON, NOW)
    assert decision.refused is Reason.RUNNING


def test_a_plan_that_was_overridden_is_not_taken_up_while_observed() -> None:
    state = place(seen_on(), order(Source.SCHEDULE), LAMP, ON, NOW).state
    state = place(state, order(Source.PERSON, True, NOW + HOUR), LAMP, ON, NOW).state
    decision = tick(state, OBSERVED, ON, NOW + 2 * HOUR)
    assert decision.switch is None
    assert decision.refused is Reason.OBSERVED


# Restoring what was shed


def shed_state(*others: Order) -> SocketState:
    """A socket that was on, was shed and is seen off; others gave their orders."""
    state = place(seen_on(), order(Source.SAFETY), LAMP, ON, NOW).state
    for other in others:
        state = place(state, other, LAMP, OFF, NOW).state
    return observe(state, LAMP, OFF, NOW, HOUR).state


def test_what_was_shed_comes_on_again_and_says_so() -> None:
    decision = restore(shed_state(), LAMP, OFF, NOW + HOUR)
    assert decision.switch is True
    assert decision.state.claims == ()
    assert decision.state.wanted is True
    assert decision.state.reason is Reason.RESTORED


def test_what_somebody_switched_off_meanwhile_stays_off() -> None:
    state = shed_state(order(Source.PERSON, on=False, until=NOW + 2 * HOUR))
    decision = restore(state, LAMP, OFF, NOW + HOUR)
    assert decision.switch is None
    assert decision.state.wanted is False
    assert decision.state.reason is Reason.PERSON


def test_who_was_told_to_wait_gets_what_was_ordered() -> None:
    state = shed_state(order(Source.PERSON, on=True, until=NOW + 2 * HOUR))
    assert state.wanted is False
    decision = restore(state, LAMP, OFF, NOW + HOUR)
    assert decision.switch is True
    assert decision.state.reason is Reason.PERSON


def test_a_restoration_that_was_lost_is_ordered_again() -> None:
    state = restore(shed_state(), LAMP, OFF, NOW + HOUR).state
    # The plug did not take it: what is, is as good as what was wanted.
    state = observe(state, LAMP, OFF, NOW + HOUR, HOUR).state
    assert restore(state, LAMP, OFF, NOW + 2 * HOUR).switch is True


def test_what_was_not_shed_is_not_switched_on() -> None:
    assert restore(seen_on(), LAMP, ON, NOW) == Decision(seen_on())
    off = observe(SocketState(), LAMP, OFF, NOW, HOUR).state
    assert restore(off, LAMP, OFF, NOW).switch is None


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("reading", [None, SocketReading()])
def test_a_blind_toggle_is_for_a_person_and_this_very_socket(
    on: bool, reading: SocketReading | None
) -> None:
    lamp = Policy(role=Role.OTHER, protected=False, blind=True)
    for source in Source:
        for group in (True, False):
            given = order(source, on=on, group=group)
            decision = place(SocketState(), given, lamp, reading, NOW)
            by_hand = source is Source.PERSON and not group
            assert decision.switch is (on if by_hand else None)
            assert decision.refused is (None if by_hand else Reason.STATE_UNKNOWN)
            # A state that was told is as good as one that was read.
            told = place(SocketState(), given, lamp, OFF, NOW)
            assert told.switch is on


def test_no_computer_is_toggled_blindly_by_anybody() -> None:
    policy = Policy(role=Role.COMPUTER, protected=False, blind=True)
    for on in (True, False):
        decision = place(SocketState(), order(Source.PERSON, on=on), policy, None, NOW)
        assert decision.refused is Reason.STATE_UNKNOWN
        assert decision.switch is None


def test_a_stations_monitor_returns_to_a_plan_that_is_off_by_a_job_only() -> None:
    monitor = Policy(role=Role.MONITOR, protected=False, by_job=True)
    state = place(seen_on(monitor), order(Source.SCHEDULE), monitor, ON, NOW).state
    kept_on = order(Source.PERSON, on=True, until=NOW + HOUR)
    state = place(state, kept_on, monitor, ON, NOW).state
    state = observe(state, monitor, ON, NOW, HOUR).state
    decision = tick(state, monitor, ON, NOW + HOUR)
    assert decision.switch is None
    assert decision.refused is Reason.RUNNING
    assert decision.state.wanted is True
    assert [claim.source for claim in decision.state.claims] == [Source.SCHEDULE]
    # What it shows does not count as somebody's doing, and nothing is sent again.
    later = observe(decision.state, monitor, ON, NOW + 2 * HOUR, HOUR)
    assert later.switch is None
    assert later.state.claims == decision.state.claims
    ordered = order(Source.SCHEDULE, group=True)
    assert place(later.state, ordered, monitor, ON, NOW).switch is False
