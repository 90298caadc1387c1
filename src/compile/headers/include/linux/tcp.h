// TCP: its sockets and its header.
#pragma once

#include <linux/skbuff.h>
#include <net/inet_connection_sock.h>
#include <net/inet_timewait_sock.h>

#define tcp_sk(sk) ((struct tcp_sock *)(sk))
#define tcp_rsk(req) ((struct tcp_request_sock *)(req))
#define tcp_twsk(sk) ((struct tcp_timewait_sock *)(sk))
#define tcp_hdr(skb) ((struct tcphdr *)skb_transport_header(skb))
#define inner_tcp_hdr(skb) ((struct tcphdr *)skb_inner_transport_header(skb))
#define tcp_hdrlen(skb) (tcp_hdr(skb)->doff * 4)
#define tcp_flag_word(tp) (((union tcp_word_hdr *)(tp))->words[3])
