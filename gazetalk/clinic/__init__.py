"""Profiles, sessions over time, reports."""
