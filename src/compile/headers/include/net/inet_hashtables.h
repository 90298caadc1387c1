// What programs that name this header want is in net/inet_sock.h.
#pragma once

#include <net/inet_sock.h>
