"""The puppet's eyes look where they are told, as real eyes do."""

import dataclasses

import numpy as np
import pytest

from gazetalk.lab import eyeball
from gazetalk.lab.head import rotation_of
from gazetalk.lab.person import Person, draw_person

TARGETS = [(0.0, 100.0, 0.0), (-170.0, 10.0, 0.0), (170.0, 200.0, 0.0)]
CENTRE = np.array([-31.0, 20.0, 600.0])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("side", [0, 1])
def test_the_line_of_sight_meets_the_target(target, side):
    """The visual axis, not the optical one, passes within a hundredth of a millimetre."""
    eye = eyeball.eye_of(draw_person(3), side, 3)
    head = rotation_of(np.array([4.0, -3.0, 2.0]))
    turn = eyeball.turned(eye, CENTRE, np.array(target), head)
    nodal = CENTRE + turn @ (0.0, 0.0, -eyeball.NODAL_MM)
    sight = turn @ eye.line_of_sight
    reached = nodal + sight * np.dot(np.array(target) - nodal, sight)
    assert np.linalg.norm(reached - target) < 0.01


def test_a_turn_is_a_rotation_without_torsion_about_the_line_ahead():
    """Listing's law: the axis of the turn from straight ahead has no part along straight ahead."""
    eye = eyeball.eye_of(Person(kappa_out_deg=(0, 0), kappa_up_deg=(0, 0)), 0, 1)
    turn = eyeball.turned(eye, CENTRE, np.array(TARGETS[1]), np.eye(3))
    assert turn @ turn.T == pytest.approx(np.eye(3), abs=1e-12)
    assert turn[0, 1] == pytest.approx(turn[1, 0], abs=1e-12)


def test_both_optical_axes_point_outward_of_the_target():
    """Kappa: the optical axes lie towards the temples, mirror images of one another."""
    target = np.array([0.0, 0.0, 0.0])
    right, left = (eyeball.eye_of(Person(), side, 0) for side in (0, 1))
    at_right = eyeball.turned(right, np.array([-31.5, 0.0, 600.0]), target, np.eye(3))
    at_left = eyeball.turned(left, np.array([31.5, 0.0, 600.0]), target, np.eye(3))
    converged = np.degrees(np.arctan2(31.5, 600.0))
    outward = np.degrees(np.arcsin(at_right[0, 2]))  # the right eye's temple is at -x
    assert outward == pytest.approx(5.0 - converged, abs=0.1)
    assert at_left[0, 2] == pytest.approx(-at_right[0, 2])


def test_the_eyes_converge_on_a_near_point():
    straight = dataclasses.replace(Person(), kappa_out_deg=(0.0, 0.0), kappa_up_deg=(0.0, 0.0))
    target = np.array([0.0, 0.0, 300.0])
    axes = [
        -eyeball.turned(
            eyeball.eye_of(straight, side, 0), np.array([x, 0.0, 600.0]), target, np.eye(3)
        )[:, 2]
        for side, x in ((0, -31.5), (1, 31.5))
    ]
    assert axes[0][0] > 0.08
    assert axes[1][0] < -0.08
