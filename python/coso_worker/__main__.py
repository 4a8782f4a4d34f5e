"""`python -m coso_worker --endpoint ipc:///path/to/socket`: a worker for a client; with `--keys`, for one at a time."""

import argparse
import os
import sys
import traceback
from functools import partial
from pathlib import Path

import zmq

from coso_worker.distributed.place import Place, place_of
from coso_worker.keys import read_keys
from coso_worker.lifetime import checked_endpoint, end_with_parent, end_with_signals, remove_socket
from coso_worker.listen import listen
from coso_worker.server import WireHandlers, serve


def load_handlers() -> WireHandlers:
    """Imports torch and all that follows, which takes seconds: only once the client has been greeted."""
    from coso_worker.handlers import Handlers

    return Handlers()


def main() -> None:
    parser = argparse.ArgumentParser(prog="coso_worker", description="Serves a policy, its SCM and their updates.")
    parser.add_argument("--endpoint", required=True, help="ipc://PATH, or tcp://127.0.0.1:PORT")
    parser.add_argument("--keys", type=Path, help="file of `coso worker`; clients may then come from other hosts")
    parser.add_argument("--once", action="store_true", help="with --keys: end when the first client has ended its work")
    arguments = parser.parse_args()
    try:
        keys = None if arguments.keys is None else read_keys(arguments.keys)
        endpoint = checked_endpoint(arguments.endpoint, has_keys=keys is not None)
    except ValueError as error:
        parser.error(str(error))
    end_with_signals()
    end_with_parent(endpoint)
    place = place_of(os.environ)
    if place is not None:
        serve_in_place(endpoint, place)
        return
    try:
        if keys is None:
            serve(endpoint, load_handlers)
        else:
            listen(endpoint, keys, load_handlers, is_once=arguments.once, say=partial(print, flush=True))
    except zmq.ZMQError as error:
        parser.error(f"--endpoint: cannot listen on {endpoint}: {error}")
    finally:
        remove_socket(endpoint)


def serve_in_place(endpoint: str, place: Place) -> None:
    """As one of several processes, of which rank 0 has the socket."""
    from coso_worker.distributed import signals
    from coso_worker.distributed.worker import follow_first, serve_with_others

    signals.end_with_launcher()
    code = 1
    try:
        if place.rank > 0:
            signals.end_at_once_with_sigterm()
            follow_first(place)
        else:
            signals.insist_on_sigterm(endpoint)
            serve_with_others(endpoint, place)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    if place.rank == 0:
        remove_socket(endpoint)
    sys.stderr.flush()
    # Taking torch and its groups apart would take seconds, or wait for a rank that is gone.
    os._exit(code)


if __name__ == "__main__":
    main()
