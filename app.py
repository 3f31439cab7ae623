"""The web chat: ``python app.py``. Settings come from the environment and ``.env``."""

from __future__ import annotations

import sys

from rag.channels.web.serve import main

if __name__ == "__main__":
    sys.exit(main())
