"""``python -m pipelines.cli``: the command line without the console script."""

import sys

from pipelines.cli import main

sys.exit(main())
