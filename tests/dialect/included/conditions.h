// Included by accepted/constants_in_conditions.c.
#if IPPROTO_UDP == 17
#define IS_FINE_IN_HEADER
#endif
