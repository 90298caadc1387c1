// A packet's field in a function that knows nothing of the context; the context of another name, and of no type.
// load named tc
// load nameless socket_filter
#include <bcc/proto.h>
static int ttl_of(struct ip_t *ip) { return ip->ttl; }
int named(struct __sk_buff *packet) { return ttl_of((struct ip_t *)14); }
int nameless(void *context) { return ttl_of((struct ip_t *)14); }
