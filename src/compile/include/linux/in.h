// Classes of IPv4 addresses, given in host byte order.
#pragma once

#define IN_CLASSA(a) ((((u32)(a)) & 0x80000000) == 0)
#define IN_CLASSB(a) ((((u32)(a)) & 0xc0000000) == 0x80000000)
#define IN_CLASSC(a) ((((u32)(a)) & 0xe0000000) == 0xc0000000)
#define IN_CLASSD(a) ((((u32)(a)) & 0xf0000000) == 0xe0000000)
#define IN_MULTICAST(a) IN_CLASSD(a)
#define IN_LOOPBACK(a) ((((u32)(a)) & 0xff000000) == 0x7f000000)
#define ipv4_is_loopback(addr) (((addr) & htonl(0xff000000)) == htonl(0x7f000000))
#define ipv4_is_multicast(addr) (((addr) & htonl(0xf0000000)) == htonl(0xe0000000))
#define ipv4_is_lbcast(addr) ((addr) == htonl(0xffffffff))
