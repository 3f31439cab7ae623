"""The processes whose time and memory are measured: ``python -m eval.bench.child build`` and ``… warm``.

Each reads its settings from the environment like any other start and prints one JSON object.
"""

from __future__ import annotations

import sys
from time import perf_counter

import orjson

from rag.settings import load_settings


def main(argv: list[str]) -> int:
    """Run the part named first and print what it measured."""
    result = _build() if argv[:1] == ["build"] else _warm()
    sys.stdout.buffer.write(orjson.dumps(result, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n")
    return 0


def _build() -> object:
    from rag.wiring import build

    computed = 0

    def progress(done: int, _: int) -> None:
        nonlocal computed
        computed = max(computed, done)

    start = perf_counter()
    built = build(load_settings(), progress=progress)
    seconds = perf_counter() - start
    return {"seconds": round(seconds, 3), "fresh": built.fresh, "vectors": computed, "units": built.manifest.units}


def _warm() -> object:
    from eval.bench.warm import measure

    return measure(load_settings())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
