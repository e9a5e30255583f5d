"""From gaze to text: layouts, dwell, composing, the journal."""
