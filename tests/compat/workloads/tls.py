"""TLS over loopback: a secret sent and answered, by OpenSSL on both sides."""

import socket
import ssl
import subprocess
import threading

import turn

HERE = ("127.0.0.1", 12343)


def serve(server: socket.socket, context: ssl.SSLContext) -> None:
    with context.wrap_socket(server.accept()[0], server_side=True) as peer:
        peer.send(peer.recv(1000))
        peer.recv(1)


def talk():
    serving = threading.Thread(target=serve, args=[server, server_side])
    serving.start()
    trusting = ssl.create_default_context(cafile="certificate.pem")
    trusting.check_hostname = False
    with trusting.wrap_socket(socket.create_connection(HERE)) as client:
        client.send(b"compat-secret")
        client.recv(1000)
    serving.join()


subprocess.run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=compat -keyout key.pem "
               "-out certificate.pem".split(), check=True, stderr=subprocess.DEVNULL)
server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_side.load_cert_chain("certificate.pem", "key.pem")
server = socket.create_server(HERE)
turn.take(talk)
