// Unix sockets.
#pragma once

#include <net/sock.h>

#define unix_sk(sk) ((struct unix_sock *)(sk))
#define unix_peer(sk) (unix_sk(sk)->peer)
