"""When a look selects: after its time and no sooner, from trusted gaze only, once."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetalk.keyboard.dwell import ARM_S, LEAVE_S, LOSS_S, Dwell, DwellState, DwellTimes, Phase

NEED_S = 0.8


@dataclass(frozen=True)
class Look:
    """The eyes rest on a key (None: on no key) for a while; `fresh` False: they are not seen."""

    span_s: float
    key: str | None
    fresh: bool = True


def run(
    looks: list[Look], step_s: float = 0.01, dwell: Dwell | None = None, start_s: float = 0.0
) -> list[tuple[float, Look, DwellState]]:
    """Every update of a machine fed with the looks, one after the other, each `step_s`."""
    machine = dwell or Dwell()
    updates, tick = [], 0
    for look in looks:
        for _ in range(round(look.span_s / step_s)):
            t_s = start_s + tick * step_s
            updates.append((t_s, look, machine.update(t_s, look.key, NEED_S, look.fresh)))
            tick += 1
    return updates


def selections(looks: list[Look], step_s: float = 0.01) -> list[tuple[float, str | None]]:
    """Times (to the microsecond) and keys of all selections."""
    return [(round(t, 6), s.key_id) for t, _, s in run(looks, step_s) if s.selected]


def test_a_key_is_selected_after_arming_and_its_dwell_time() -> None:
    assert selections([Look(2.0, "a")]) == [(round(ARM_S + NEED_S, 6), "a")]


def test_the_phases_come_in_their_order() -> None:
    updates = run([Look(1.2, "a"), Look(0.1, None), Look(0.3, None), Look(0.6, None, False)])
    phases = [state.phase for _, _, state in updates]
    changes = [p for p, before in zip(phases, [None, *phases], strict=False) if p is not before]
    assert changes == [
        Phase.IDLE, Phase.ARMED, Phase.DWELLING, Phase.SELECTED, Phase.MUST_LEAVE,
        Phase.ARMED, Phase.IDLE,
    ]  # fmt: skip


def test_looking_at_no_key_selects_nothing() -> None:
    assert selections([Look(5.0, None)]) == []


def test_unseen_eyes_select_nothing_even_when_a_key_is_named() -> None:
    assert selections([Look(0.6, "a"), Look(5.0, "a", fresh=False)]) == []


def test_a_blink_costs_no_progress_and_a_long_loss_costs_all() -> None:
    blink = [Look(0.75, "a"), Look(0.35, None, False), Look(0.4, "a")]
    assert selections(blink) == [(1.3, "a")]
    away = [Look(0.75, "a"), Look(LOSS_S + 0.1, None, False), Look(0.9, "a")]
    assert selections(away) == []


def test_a_stray_to_a_neighbour_costs_what_it_lasted_not_everything() -> None:
    looks = [Look(0.75, "a"), Look(0.1, "b"), Look(0.6, "a")]
    assert selections(looks) == [(round(0.75 + 0.1 + 0.1 + (NEED_S - 0.6), 6), "a")]


def test_a_key_does_not_repeat_while_it_is_looked_at() -> None:
    assert len(selections([Look(20.0, "a")])) == 1


def test_jitter_over_the_edge_of_a_selected_key_is_no_leaving() -> None:
    jitter = [Look(0.1, "b"), Look(0.1, "a")] * 40
    assert selections([Look(1.0, "a"), *jitter]) == [(0.95, "a")]


def test_leaving_and_coming_back_selects_the_key_again() -> None:
    again = [Look(1.0, "a"), Look(LEAVE_S + 0.02, None), Look(1.0, "a")]
    assert [key for _, key in selections(again)] == ["a", "a"]


def test_closing_the_eyes_on_a_selected_key_is_no_leaving() -> None:
    assert len(selections([Look(1.0, "a"), Look(2.0, None, False), Look(3.0, "a")])) == 1


def test_after_a_page_change_the_key_under_the_eyes_must_first_be_left() -> None:
    machine = Dwell()
    run([Look(0.7, "a")], dwell=machine)
    machine.page_changed(0.7)
    stayed = run([Look(3.0, "b")], dwell=machine, start_s=0.71)
    assert {state.phase for _, _, state in stayed} == {Phase.IDLE, Phase.MUST_LEAVE}
    moved = run([Look(1.0, "c"), Look(1.0, "b")], dwell=machine, start_s=3.8)
    assert [state.key_id for _, _, state in moved if state.selected] == ["c", "b"]


def test_after_a_page_change_eyes_that_are_on_no_key_may_select_the_first_they_enter() -> None:
    machine = Dwell()
    machine.page_changed(0.0)
    entered = run([Look(0.3, None), Look(1.0, "b")], dwell=machine)
    assert [state.key_id for _, _, state in entered if state.selected] == ["b"]


def test_a_pause_between_updates_is_no_looking() -> None:
    machine = Dwell()
    run([Look(0.5, "a")], dwell=machine)
    assert not machine.update(60.0, "a", NEED_S, True).selected


def test_a_clock_that_runs_backwards_counts_for_nothing() -> None:
    machine = Dwell()
    for t_s in [0.0, 0.1, 0.2, 0.05, 0.15] * 30:
        assert not machine.update(t_s, "a", NEED_S, True).selected


def test_a_key_selected_by_hand_is_not_selected_again_by_the_eyes_on_it() -> None:
    machine = Dwell()
    run([Look(0.5, "a")], dwell=machine)
    machine.must_leave("a")
    after = run([Look(3.0, "a")], dwell=machine, start_s=0.5)
    assert not any(state.selected for _, _, state in after)


def test_times_go_by_the_kind_of_key_and_the_factor() -> None:
    times = DwellTimes(factor=2.0)
    assert (times.of("type"), times.of("space")) == (1.6, 1.6)
    assert (times.of("erase"), times.of("page:numbers"), times.of("speak")) == (2.4, 2.4, 2.4)
    assert (times.of("bell"), times.of("clear"), times.of("rest"), times.of("wake")) == (3.0,) * 4
    for bad in (0.29, 10.1, float("nan")):
        with pytest.raises(ValueError, match=r"from 0.3 to 10"):
            DwellTimes(factor=bad)
    with pytest.raises(ValueError, match="dwell time"):
        DwellTimes(letter_s=0.0)


# Spans are multiples of the coarsest step, so that all steps see the same looks.
spans = st.integers(1, 30).map(lambda n: n * 0.05)
looks = st.lists(
    st.builds(Look, spans, st.sampled_from(["a", "b", None]), st.sampled_from([True, True, False])),
    max_size=25,
)


@given(looks)
def test_the_number_of_updates_does_not_matter(looks: list[Look]) -> None:
    coarse = selections(looks, 0.05)
    assert selections(looks, 0.025) == coarse
    assert selections(looks, 0.01) == coarse


@given(looks)
def test_only_fresh_gaze_on_that_very_key_ever_selects(looks: list[Look]) -> None:
    for _, look, state in run(looks, 0.025):
        if state.selected:
            assert look.fresh and look.key == state.key_id


@given(looks)
def test_nothing_is_selected_twice_without_being_left_between(looks: list[Look]) -> None:
    off_s: dict[str | None, float] = {}
    left = {"a": True, "b": True}
    for _, look, state in run(looks, 0.025):
        for key in left:
            if look.fresh and look.key == key:
                off_s[key] = 0.0
            else:
                off_s[key] = off_s.get(key, 0.0) + 0.025
            left[key] = left[key] or off_s[key] >= LEAVE_S - 0.03
        if state.selected:
            assert left[str(state.key_id)]
            left[str(state.key_id)] = False


@given(looks, st.sampled_from([0.02, 0.033, 0.1]))
def test_progress_stays_within_bounds_and_grows_while_the_eyes_rest(
    looks: list[Look], step_s: float
) -> None:
    before: tuple[Look, DwellState] | None = None
    for _, look, state in run(looks, step_s):
        assert 0.0 <= state.progress <= 1.0
        same = before and look is before[0] and look.fresh and not state.selected
        if before and same and look.key == state.key_id == before[1].key_id is not None:
            assert state.progress >= before[1].progress or before[1].selected
        before = (look, state)


@given(looks, st.floats(0.01, 0.2))
def test_no_key_is_selected_sooner_than_its_dwell_time(looks: list[Look], step_s: float) -> None:
    seen_s = {"a": 0.0, "b": 0.0}
    for _, look, state in run(looks, step_s):
        if look.fresh and look.key:
            seen_s[look.key] += step_s
        if state.selected:
            assert seen_s[str(state.key_id)] >= NEED_S - 1e-6
            seen_s[str(state.key_id)] = 0.0
