"""Publish entries to nchan with POST requests on one connection: publish_to_http PORT."""

import sys
from http.client import HTTPConnection

from bench.fanout_peers.publishing import compact, entry, publish_on_command

connection = HTTPConnection("127.0.0.1", int(sys.argv[1]))


async def send(number: int) -> None:
    connection.request("POST", "/publish", compact(entry(number)))
    answer = connection.getresponse()
    answer.read()
    assert answer.status in {200, 201, 202}, answer.status


if __name__ == "__main__":
    publish_on_command(send)
