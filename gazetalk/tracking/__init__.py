"""From camera frames to gaze: faces, eyes, calibration, gaze, fixations."""
