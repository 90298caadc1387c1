// Sockets with connections.
#pragma once

#include <net/inet_sock.h>

#define inet_csk(sk) ((struct inet_connection_sock *)(sk))
#define inet_csk_ca(sk) ((void *)inet_csk(sk)->icsk_ca_priv)
