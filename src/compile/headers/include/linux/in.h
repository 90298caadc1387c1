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
#define ipv4_is_zeronet(addr) ((addr) == 0)
#define ipv4_is_local_multicast(addr) (((addr) & htonl(0xffffff00)) == htonl(0xe0000000))
#define ipv4_is_all_snoopers(addr) ((addr) == htonl(0xe000006a))
#define ipv4_is_private_10(addr) (((addr) & htonl(0xff000000)) == htonl(0x0a000000))
#define ipv4_is_private_172(addr) (((addr) & htonl(0xfff00000)) == htonl(0xac100000))
#define ipv4_is_private_192(addr) (((addr) & htonl(0xffff0000)) == htonl(0xc0a80000))
#define ipv4_is_linklocal_169(addr) (((addr) & htonl(0xffff0000)) == htonl(0xa9fe0000))
