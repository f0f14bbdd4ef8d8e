"""Lines read by the workers of a Dask cluster, in order.

The judge's recipe is a result that every worker fetches once; what a worker that died had in hand
is given to another one.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from techwatch.errors import ReplayError
from techwatch.replay.readings import read_by

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator

    from distributed import Client, Future

    from techwatch.replay.readings import Recipe, Result, Waiting
    from techwatch.replay.windows import Entry

_CONNECT = 20.0  # seconds, for the scheduler and then for the first worker
_AHEAD = 3  # pieces a thread of the workers that are given out before the first is needed
_RETRIES = 3  # of a piece whose worker failed
_PATIENCE = 60.0  # seconds without a worker


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """Connect to a scheduler; raises ReplayError where there is none, or where it has no worker."""
    try:
        from distributed import Client  # noqa: PLC0415 - optional, and slow to import
    except ImportError as error:
        raise ReplayError("--dask needs Dask: pip install 'techwatch[dask]'") from error
    try:
        client = Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ReplayError(f"no Dask scheduler answers at {address}: {error}") from error
    try:
        client.wait_for_workers(1, timeout=_CONNECT)
        yield client
    except TimeoutError as error:
        raise ReplayError(f"the Dask cluster at {address} has no worker: start one") from error
    finally:
        client.close()


def in_cluster(
    pieces: Iterable[list[Entry]], recipe: Recipe, repeated: Collection[int], client: Client
) -> Generator[Result | Waiting, None, None]:
    """Read on the workers of a cluster; raises ReplayError where a piece fails or none is left."""
    key = f"techwatch-recipe-{sha256(repr(recipe).encode()).hexdigest()[:16]}"
    shared = client.submit(type(recipe), *recipe, key=key)
    todo = iter(pieces)
    given: deque[Future[list[Result | Waiting]]] = deque()

    def give(number: int) -> None:
        for piece in islice(todo, number):
            again = {e.number for e in piece if e.number in repeated}
            work = client.submit(read_by, shared, piece, again, pure=False, retries=_RETRIES)
            given.append(work)

    try:
        give(_room(client))
        while given:
            found = _result(given[0], client)
            given.popleft().release()
            give(max(1, _room(client) - len(given)))
            yield from found
    finally:
        client.cancel(list(given))
        shared.release()


def _room(client: Client) -> int:
    threads: dict[str, int] = client.nthreads()
    return _AHEAD * max(1, sum(threads.values()))


def _result(future: Future[list[Result | Waiting]], client: Client) -> list[Result | Waiting]:
    """Wait for a piece, as long as there are workers that may bring it."""
    from distributed import CancelledError, TimeoutError  # noqa: A004, PLC0415 - optional
    from distributed.scheduler import KilledWorker  # noqa: PLC0415 - likewise

    while True:
        try:
            return future.result(timeout=_PATIENCE)
        except TimeoutError as error:
            if not client.nthreads():
                raise ReplayError("the Dask cluster has lost its last worker") from error
        except KilledWorker as error:
            raise ReplayError(
                "several Dask workers died over the same lines, as they do when memory is short"
            ) from error
        except CancelledError as error:
            raise ReplayError("the Dask cluster has gone, or dropped the work") from error
        except ModuleNotFoundError as error:
            raise ReplayError(
                f"a Dask worker lacks a module: {error}; install techwatch"
            ) from error
