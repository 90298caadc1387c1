// What programs that name this header want is in net/ip.h.
#pragma once

#include <net/ip.h>
