"""``python -m rag.channels.cli``."""

import sys

from rag.channels.cli.commands import main

sys.exit(main())
