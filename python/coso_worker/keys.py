"""The keys of a worker that other hosts may reach: its own pair, and which clients it lets in."""

import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import zmq
from zmq.auth.thread import ThreadAuthenticator

ZAP_DOMAIN = "coso"
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO

Z85_BYTES = 40
"""Length of a CURVE key as text."""


class WorkerKeys(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What `--keys` names: CURVE keys as Z85 text, 40 characters each."""

    public_key: str
    secret_key: str
    allowed_clients: list[str]

    def __repr__(self) -> str:
        """Without the secret: this may land in a log."""
        return f"WorkerKeys(public_key={self.public_key!r}, {len(self.allowed_clients)} allowed clients)"


def read_keys(path: Path) -> WorkerKeys:
    """Raises ValueError for a file that is missing, that others than its owner may open, or that holds no keys."""
    mend = "`npx coso worker --listen ADDRESS --keys FILE` makes one"
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & OPEN_TO_OTHERS:
            raise ValueError(f"--keys: {path} has mode {mode:04o}, so that others may open it; run `chmod 600 {path}`")
        keys = msgspec.json.decode(path.read_bytes(), type=WorkerKeys)
    except OSError as error:
        raise ValueError(f"--keys: cannot read {path}: {error.strerror}; {mend}") from error
    except msgspec.DecodeError as error:
        raise ValueError(f"--keys: {path} holds no worker's keys: {error}; {mend}") from error
    if any(len(key) != Z85_BYTES for key in (keys.public_key, keys.secret_key, *keys.allowed_clients)):
        raise ValueError(f"--keys: {path}: expected keys of {Z85_BYTES} characters; {mend}")
    return keys


class AllowedClients:
    """What the authenticator asks about each connection."""

    def __init__(self, keys: WorkerKeys) -> None:
        self._allowed = {key.encode() for key in keys.allowed_clients}

    def callback(self, domain: str, key: bytes) -> bool:
        """Whether the client that proved to hold the secret of `key` (Z85) is let in."""
        return key in self._allowed


def lock(
    context: "zmq.Context[zmq.Socket[bytes]]", socket: "zmq.Socket[bytes]", keys: WorkerKeys
) -> Callable[[], None]:
    """Has `socket`, before it is bound, encrypt and let allowed clients in alone; what is returned ends that."""
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    authenticator.configure_curve_callback(domain=ZAP_DOMAIN, credentials_provider=AllowedClients(keys))
    socket.setsockopt_string(zmq.ZAP_DOMAIN, ZAP_DOMAIN)
    # Without this, libzmq lets everyone in where nobody answers for the domain.
    socket.setsockopt(zmq.ZAP_ENFORCE_DOMAIN, 1)
    socket.setsockopt(zmq.CURVE_SERVER, 1)
    socket.setsockopt_string(zmq.CURVE_PUBLICKEY, keys.public_key)
    socket.setsockopt_string(zmq.CURVE_SECRETKEY, keys.secret_key)
    return authenticator.stop
