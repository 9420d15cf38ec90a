"""Held out."""


def report() -> str:
    return ""
