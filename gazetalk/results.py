"""A finished calibration's results for a helper, who may have single targets asked for again."""

from __future__ import annotations

from gazetalk.aiming import aim_on, usual_after
from gazetalk.keyboard.ways import TILES_UP_TO, error_in_keys
from gazetalk.run import Run
from gazetalk.screens.calibrate import CalibrationResults, TargetResult
from gazetalk.tracking.accuracy import Accuracy
from gazetalk.tracking.calibration import Calibrated
from gazetalk.tracking.fitting import CalibrationError
from gazetalk.tracking.resume import Usual

# Eyes alone must get past it too.
PATIENCE_S = 30.0
# Up to which error, in key widths, what is written with well (`gazetalk bench typing`): letters
# that are hit, tiles of words, large words with a switch; and beyond that.
SUITS = ((0.2, "any keyboard"), (TILES_UP_TO, "words to look at"), (1.2, "large words"))
LEAST = "left and right"
ASK = "Enter: done · a target's number and Enter: once more"


class Results:
    """Hears the helper's keys: a number and Enter redoes that target, Enter alone is the end."""

    def __init__(self) -> None:
        self.seen = False
        self._typed = ""
        self._why = ""
        self._last_s: float | None = None

    def press(self, key: str, run: Run) -> None:
        """A key of the computer's keyboard went down."""
        self._last_s, self._why = run.t_s, ""
        if key in ("return", "enter"):
            self._enter(run)
        elif key == "backspace":
            self._typed = self._typed[:-1]
        elif len(self._typed) < 3 and key.strip("[]").isdecimal():  # the number pad's come in []
            self._typed += key.strip("[]")

    def wait(self, t_s: float) -> None:
        """Time passes; after half a minute without a key nobody is there to look."""
        self._last_s = t_s if self._last_s is None else self._last_s
        self.seen = self.seen or t_s - self._last_s > PATIENCE_S

    def view(self, done: Calibrated) -> CalibrationResults:
        """What is to be drawn."""
        screen = done.calibration.model.screen
        return CalibrationResults(
            screen.width_px,
            screen.height_px,
            tuple(_targets(done)),
            tuple(_figures(done)),
            self._why or (f"Once more: target {self._typed}, Enter" if self._typed else ASK),
        )

    def _enter(self, run: Run) -> None:
        typed, self._typed = self._typed, ""
        if not typed:
            self.seen = True
            return
        try:
            run.redo([int(typed)])
            self._last_s = None
        except CalibrationError as error:
            self._why = str(error)


def _targets(done: Calibrated) -> list[TargetResult]:
    """Each target, and where it was found by a model that had not seen it."""
    found = done.calibration.found_px
    return [
        TargetResult(
            (look.target.x_px, look.target.y_px),
            (found[look.number],) if look.number in found else (),
            str(look.number),
        )
        for look in done.calibration.looks
    ]


def _figures(done: Calibrated) -> list[tuple[str, str]]:
    calibration = done.calibration
    figures = [
        ("Estimated error", _millimetres(calibration.left_out)),
        ("Measured error", _millimetres(done.measured)),
    ]
    if done.measured is not None and done.measured.sd is not None:
        figures.append(("Scatter", f"{done.measured.sd.mm:.0f} mm"))
    if done.measured is not None and done.measured.data_loss is not None:
        figures.append(("Samples lost", f"{100 * done.measured.data_loss:.0f} %"))
    figures.append(("Targets used", f"{calibration.used} of {calibration.asked}"))
    usual = usual_after(done)
    if usual is not None:
        figures.append(("Good for", _suits(done, usual)))
    return figures


def _suits(done: Calibrated, usual: Usual) -> str:
    """The largest demand on gaze that this error meets, as a way of writing."""
    screen = done.calibration.model.screen
    error_keys = error_in_keys(aim_on(screen, screen.width_px, usual), screen.width_px)
    return next((words for upto, words in SUITS if error_keys <= upto), LEAST)


def _millimetres(accuracy: Accuracy | None) -> str:
    if accuracy is None or accuracy.offset is None:
        return "not measured"
    return f"{accuracy.offset.mm:.0f} mm ({accuracy.targets} targets)"
