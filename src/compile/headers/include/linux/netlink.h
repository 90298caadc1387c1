// Netlink messages.
#pragma once

#define NLMSG_ALIGN(len) (((len) + 3) & ~3U)
#define NLMSG_LENGTH(len) ((len) + 16)
#define NLMSG_DATA(nlh) ((void *)((char *)(nlh) + 16))
#define nlmsg_hdr(skb) ((struct nlmsghdr *)(skb)->data)
#define nlmsg_data(nlh) NLMSG_DATA(nlh)
#define NETLINK_CB(skb) (*(struct netlink_skb_parms *)&((skb)->cb))
