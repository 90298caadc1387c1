#!/usr/bin/python3
"""Stands in for netperf's server, which Debian has not got: takes what is sent to its port, in the foreground."""

import socket

NETPERF = 12865

with socket.create_server(("", NETPERF)) as server:
    while True:
        with server.accept()[0] as peer:
            while peer.recv(65536):
                pass
