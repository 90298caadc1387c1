"""TLS over loopback, by OpenSSL's own programs: a client sends a secret to a server."""

import subprocess

import turn

PORT = "12343"


def talk():
    with subprocess.Popen(["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{PORT}"], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        client.stdin.write(b"compat-secret\n")
        client.stdin.flush()
        server.stdout.readline()
        client.kill()


subprocess.run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=compat "
               "-keyout key.pem -out certificate.pem".split(), check=True, stderr=subprocess.DEVNULL)
server = subprocess.Popen(["openssl", "s_server", "-quiet", "-accept", PORT, "-cert", "certificate.pem", "-key",
                           "key.pem"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
turn.take(talk)
