"""Ask plugins from Python: one from a file, with its option."""

import kstab
from kstab import plugins
from kstab.hooks import Page

host = plugins.load("wide.py", installed=False)
result = kstab.window("K2S", plugins=host, options={"wide": {"least": 1.5}})
(found,) = result.assessments
print(found.name, found.verdict, found.measurements[0].value, found.plugin)

result = kstab.window("K2S", plugins=True)  # the installed ones
print(len(result.assessments))

print(host.write("csv-assessments", result, Page()), end="")
