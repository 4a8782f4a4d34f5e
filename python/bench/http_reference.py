"""The usual way to serve a model, for comparison: JSON with base64 images over HTTP. Prints its port when ready."""

import base64
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np

from bench.pixels import answer_to
from coso_worker.lifetime import end_with_parent


class ImagesHandler(BaseHTTPRequestHandler):
    """`{"prompts", "shape", "images": [base64]}` → `{"utterances"}`, over a connection that is kept."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        images = np.stack(
            [
                np.frombuffer(base64.b64decode(image), dtype=np.uint8).reshape(request["shape"])
                for image in request["images"]
            ]
        )
        body = json.dumps({"utterances": answer_to(request["prompts"], images)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a line a request would be measured too."""


if __name__ == "__main__":
    end_with_parent("tcp://127.0.0.1:0")
    server = HTTPServer(("127.0.0.1", 0), ImagesHandler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
