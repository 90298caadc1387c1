// IPv6 addresses.
#pragma once

#include <linux/ipv6.h>

#define ipv6_addr_any(a) \
  (((a)->in6_u.u6_addr32[0] | (a)->in6_u.u6_addr32[1] | (a)->in6_u.u6_addr32[2] | (a)->in6_u.u6_addr32[3]) == 0)
#define ipv6_addr_v4mapped(a) \
  (((a)->in6_u.u6_addr32[0] | (a)->in6_u.u6_addr32[1]) == 0 && (a)->in6_u.u6_addr32[2] == htonl(0xffff))
#define ipv6_addr_loopback(a) \
  (((a)->in6_u.u6_addr32[0] | (a)->in6_u.u6_addr32[1] | (a)->in6_u.u6_addr32[2]) == 0 && \
   (a)->in6_u.u6_addr32[3] == htonl(1))
#define ipv6_addr_is_multicast(a) (((a)->in6_u.u6_addr32[0] & htonl(0xff000000)) == htonl(0xff000000))
#define ipv6_addr_equal(a, b) \
  (((a)->in6_u.u6_addr32[0] ^ (b)->in6_u.u6_addr32[0]) == 0 && \
   ((a)->in6_u.u6_addr32[1] ^ (b)->in6_u.u6_addr32[1]) == 0 && \
   ((a)->in6_u.u6_addr32[2] ^ (b)->in6_u.u6_addr32[2]) == 0 && ((a)->in6_u.u6_addr32[3] ^ (b)->in6_u.u6_addr32[3]) == 0)
#define ipv6_addr_is_ll_all_nodes(a) \
  (((a)->in6_u.u6_addr32[0] ^ htonl(0xff020000)) == 0 && ((a)->in6_u.u6_addr32[1] | (a)->in6_u.u6_addr32[2]) == 0 && \
   (a)->in6_u.u6_addr32[3] == htonl(1))
#define ip6_flowinfo(header) (*(const __be32 *)(header) & htonl(0x0fffffff))
#define ip6_flowlabel(header) (*(const __be32 *)(header) & htonl(0x000fffff))
#define ip6_tclass(flowinfo) ((u8)(ntohl((flowinfo) & htonl(0x0ff00000)) >> 20))
