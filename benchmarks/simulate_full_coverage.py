"""How long full coverage of models too large to try would take, simulated from measured rates of one worker.

Every worker takes the next group (one file of the candidate with its counterparts in the parents) as soon as it is
free. A group takes as long as the slowest of what it shares: computing, hashing (one thread a file), its node's disk or
network, which is split evenly among the workers that read at that moment. Workers may die, and then begin their group
again elsewhere.

    python -m benchmarks.simulate_full_coverage --models 3 --gigabytes 807 --files 94 --nodes 32 --workers 1 \
        --compute 1.2 --hash 1.6 --read 3.0 [--deaths 0.01]

Rates are in GB/s: --compute and --hash of one worker and of one file's thread, --read of one node. Prints minutes, and
what bounds them.
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections import Counter


def simulate(
    sizes: list[float],
    models: int,
    nodes: int,
    workers: int,
    compute: float,
    digest: float,
    read: float,
    deaths: float,
    seed: int = 0,
) -> tuple[float, str]:
    """(seconds, what most groups waited for). sizes: GB of each group, all models together; deaths: share of the
    attempts at a group whose worker dies halfway.
    """
    draw = random.Random(seed)
    free = [(0.0, worker) for worker in range(nodes * workers)]
    heapq.heapify(free)
    waited: Counter[str] = Counter()
    waiting, last = sorted(sizes, reverse=True), 0.0
    while waiting:
        size = waiting.pop(0)
        at, worker = heapq.heappop(free)
        rates = {"computing": compute, "hashing": digest * models, "reading": read / workers}
        slowest = min(rates, key=rates.__getitem__)
        seconds = size / rates[slowest]
        if draw.random() < deaths:
            waiting.append(size)
            seconds /= 2
        else:
            waited[slowest] += 1
        last = max(last, at + seconds)
        heapq.heappush(free, (at + seconds, worker))
    return last, waited.most_common(1)[0][0]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=int, default=3)
    parser.add_argument("--gigabytes", type=float, default=807.0, help="of one model")
    parser.add_argument("--files", type=int, default=94, help="of the candidate")
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="of one node: its GPUs, or its share of cores")
    for name in ("compute", "hash", "read"):
        parser.add_argument(f"--{name}", type=float, required=True)
    parser.add_argument("--deaths", type=float, default=0.0)
    asked = parser.parse_args()
    sizes = [asked.models * asked.gigabytes / asked.files] * asked.files
    seconds, bound = simulate(
        sizes, asked.models, asked.nodes, asked.workers, asked.compute, asked.hash, asked.read, asked.deaths
    )
    total = asked.models * asked.gigabytes
    print(
        f"{total:,.0f} GB on {asked.nodes} x {asked.workers} workers: {seconds / 60:.1f} min, "
        f"{total / seconds:.1f} GB/s, bound by {bound}"
    )


if __name__ == "__main__":
    main()
