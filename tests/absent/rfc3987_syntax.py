"""Not here, as where it is not installed: jsonschema does without it, and no test needs the IRIs that it checks.

Its import makes a parser of a grammar. That takes three seconds, and each Jupyter server, Hub and Lab would pay them.
"""

raise ImportError(__doc__)
