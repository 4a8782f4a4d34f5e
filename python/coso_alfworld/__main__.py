"""`python -m coso_alfworld --worlds text --endpoint ipc://PATH`: the same calls over ZeroMQ, a message each way."""

from __future__ import annotations

import argparse

import zmq

from coso_alfworld.calls import answer
from coso_alfworld.kinds import KINDS, make_worlds
from coso_worker.lifetime import checked_endpoint, end_with_parent, end_with_signals, remove_socket


def main() -> None:
    parser = argparse.ArgumentParser(prog="coso_alfworld", description=__doc__)
    parser.add_argument("--endpoint", type=checked_endpoint, required=True)
    parser.add_argument("--worlds", choices=KINDS, required=True)
    arguments = parser.parse_args()
    endpoint: str = arguments.endpoint
    end_with_signals()
    end_with_parent(endpoint)
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.ROUTER)
    socket.linger = 0
    socket.bind(endpoint)
    worlds = make_worlds(arguments.worlds)
    try:
        while True:
            sender, identity, request = socket.recv_multipart()
            socket.send_multipart([sender, identity, answer(worlds, request.decode()).encode()])
    finally:
        socket.close()
        remove_socket(endpoint)


if __name__ == "__main__":
    main()
