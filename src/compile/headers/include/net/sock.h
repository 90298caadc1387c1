// Sockets. The names of their members that are really members of the common part, and the common part's own questions.
#pragma once

#include <linux/fs.h>
#include <linux/in6.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/socket.h>
#include <linux/uio.h>
#include <net/net_namespace.h>

#define sk_node __sk_common.skc_node
#define sk_nulls_node __sk_common.skc_nulls_node
#define sk_refcnt __sk_common.skc_refcnt
#define sk_tx_queue_mapping __sk_common.skc_tx_queue_mapping
#define sk_rx_queue_mapping __sk_common.skc_rx_queue_mapping
#define sk_hash __sk_common.skc_hash
#define sk_portpair __sk_common.skc_portpair
#define sk_num __sk_common.skc_num
#define sk_dport __sk_common.skc_dport
#define sk_addrpair __sk_common.skc_addrpair
#define sk_daddr __sk_common.skc_daddr
#define sk_rcv_saddr __sk_common.skc_rcv_saddr
#define sk_family __sk_common.skc_family
#define sk_state __sk_common.skc_state
#define sk_reuse __sk_common.skc_reuse
#define sk_reuseport __sk_common.skc_reuseport
#define sk_ipv6only __sk_common.skc_ipv6only
#define sk_net_refcnt __sk_common.skc_net_refcnt
#define sk_bound_dev_if __sk_common.skc_bound_dev_if
#define sk_bind_node __sk_common.skc_bind_node
#define sk_prot __sk_common.skc_prot
#define sk_net __sk_common.skc_net
#define sk_v6_daddr __sk_common.skc_v6_daddr
#define sk_v6_rcv_saddr __sk_common.skc_v6_rcv_saddr
#define sk_cookie __sk_common.skc_cookie
#define sk_incoming_cpu __sk_common.skc_incoming_cpu
#define sk_flags __sk_common.skc_flags
#define sk_rxhash __sk_common.skc_rxhash
#define sk_rmem_alloc sk_backlog.rmem_alloc

#define sock_net(sk) read_pnet(&(sk)->__sk_common.skc_net)
#define sock_flag(sk, flag) (((sk)->__sk_common.skc_flags >> (flag)) & 1)
#define sk_fullsock(sk) ((1 << (sk)->__sk_common.skc_state) & ~((1 << TCP_TIME_WAIT) | (1 << TCP_NEW_SYN_RECV)))
#define SOCKET_I(inode) (&container_of(inode, struct socket_alloc, vfs_inode)->socket)
#define SOCK_INODE(socket_) (&container_of(socket_, struct socket_alloc, socket)->vfs_inode)
#define sk_wmem_alloc_get(sk) ((int)refcount_read(&(sk)->sk_wmem_alloc) - 1)
#define sk_rmem_alloc_get(sk) atomic_read(&(sk)->sk_backlog.rmem_alloc)
#define sock_owned_by_user(sk) ((sk)->sk_lock.owned)
#define sk_acceptq_is_full(sk) ((u32)(sk)->sk_ack_backlog > (u32)(sk)->sk_max_ack_backlog)
#define sk_unhashed(sk) ((sk)->__sk_common.skc_node.pprev == NULL)
#define sk_hashed(sk) (!sk_unhashed(sk))
#define sk_is_tcp(sk) ((sk)->sk_type == SOCK_STREAM && (sk)->sk_protocol == IPPROTO_TCP)
#define sk_is_udp(sk) ((sk)->sk_type == SOCK_DGRAM && (sk)->sk_protocol == IPPROTO_UDP)
#define sk_is_inet(sk) ((sk)->__sk_common.skc_family == AF_INET || (sk)->__sk_common.skc_family == AF_INET6)
