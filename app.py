"""The web chat and the callbacks of WeChat Work: ``python app.py``. Settings come from the environment and ``.env``."""

from __future__ import annotations

import sys

from rag.service import main

if __name__ == "__main__":
    sys.exit(main())
