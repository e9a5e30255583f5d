"""gazetalk: type and speak with the eyes, with an ordinary webcam."""

__version__ = "0.1.0"
