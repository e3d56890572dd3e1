"""Run the command line as ``python -m partyline``."""

import sys

from partyline.cli import main

sys.exit(main())
