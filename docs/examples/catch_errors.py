"""Errors carry what went wrong as fields."""

import kstab

try:
    kstab.window("k3sbs4")
except kstab.KstabError as error:
    print(type(error).__name__, error.exit_code)
    print(error.problem)
    print(error.advice)
