"""`python -m coso_alfworld --endpoint ipc://PATH`: the same calls over ZeroMQ, a request and an answer a message."""

from __future__ import annotations

import argparse

import zmq

from coso_alfworld.calls import answer
from coso_alfworld.worlds import Worlds
from coso_worker.lifetime import checked_endpoint, end_with_parent, end_with_signals, remove_socket


def main() -> None:
    parser = argparse.ArgumentParser(prog="coso_alfworld", description=__doc__)
    parser.add_argument("--endpoint", type=checked_endpoint, required=True)
    endpoint: str = parser.parse_args().endpoint
    end_with_signals()
    end_with_parent(endpoint)
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.ROUTER)
    socket.linger = 0
    socket.bind(endpoint)
    worlds = Worlds()
    try:
        while True:
            sender, identity, request = socket.recv_multipart()
            socket.send_multipart([sender, identity, answer(worlds, request.decode()).encode()])
    finally:
        socket.close()
        remove_socket(endpoint)


if __name__ == "__main__":
    main()
