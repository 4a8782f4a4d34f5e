"""`python -m coso_worker --endpoint ipc:///path/to/socket`: one worker for one client."""

import argparse

from coso_worker.lifetime import checked_endpoint, end_with_parent, end_with_signals, remove_socket
from coso_worker.server import WireHandlers, serve


def load_handlers() -> WireHandlers:
    """Imports torch and all that follows, which takes seconds: only once the client has been greeted."""
    from coso_worker.handlers import Handlers

    return Handlers()


def main() -> None:
    parser = argparse.ArgumentParser(prog="coso_worker", description="Serves a policy, its SCM and their updates.")
    parser.add_argument("--endpoint", required=True, help="ipc://PATH, or tcp://127.0.0.1:PORT")
    arguments = parser.parse_args()
    try:
        endpoint = checked_endpoint(arguments.endpoint)
    except ValueError as error:
        parser.error(str(error))
    end_with_signals()
    end_with_parent(endpoint)
    try:
        serve(endpoint, load_handlers)
    finally:
        remove_socket(endpoint)


if __name__ == "__main__":
    main()
