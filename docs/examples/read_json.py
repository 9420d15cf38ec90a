"""The JSON of a window: the same keys and values, whether read from a file or made here."""

import json

import kstab

window = kstab.window("Li10GeP2S12").to_dict()
print(json.loads(json.dumps(window)) == window)
print(window["kind"], window["schema_version"], window["verdict"], window["window_kind"])
print(f"{1000 * window['energy_above_hull']:.1f} meV/atom above the hull")
for miss in window["near_misses"]:
    print(miss["formula"], f"would move the reduction limit to {miss['reduction_limit']:.3f} V")
