// TCP: what it keeps in a packet and about a connection.
#pragma once

#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/tcp_states.h>

#define TCP_SKB_CB(skb) ((struct tcp_skb_cb *)&((skb)->cb[0]))
#define tcp_snd_cwnd(tp) ((tp)->snd_cwnd)
#define tcp_left_out(tp) ((tp)->sacked_out + (tp)->lost_out)
#define tcp_packets_in_flight(tp) ((tp)->packets_out - tcp_left_out(tp) + (tp)->retrans_out)
#define tcp_in_slow_start(tp) ((tp)->snd_cwnd < (tp)->snd_ssthresh)
#define before(seq1, seq2) ((s32)((u32)(seq1) - (u32)(seq2)) < 0)
#define after(seq2, seq1) before(seq1, seq2)
#define between(seq1, seq2, seq3) ((u32)(seq3) - (u32)(seq2) >= (u32)(seq1) - (u32)(seq2))
#define tcp_jiffies32 ((u32)bpf_jiffies64())
#define tcp_min_rtt(tp) ((tp)->rtt_min.s[0].v)
#define tcp_skb_pcount(skb) (TCP_SKB_CB(skb)->tcp_gso_segs)
#define tcp_skb_mss(skb) (TCP_SKB_CB(skb)->tcp_gso_size)
#define tcp_in_cwnd_reduction(sk) (((1 << TCP_CA_CWR | 1 << TCP_CA_Recovery) & (1 << inet_csk(sk)->icsk_ca_state)) != 0)
#define tcp_receive_window(tp) \
  ({ s32 window_ = (tp)->rcv_wup + (tp)->rcv_wnd - (tp)->rcv_nxt; (u32)(window_ < 0 ? 0 : window_); })
#define tcp_wnd_end(tp) ((tp)->snd_una + (tp)->snd_wnd)
#define tcp_is_sack(tp) ((tp)->rx_opt.sack_ok != 0)
#define tcp_is_reno(tp) (!tcp_is_sack(tp))
#define tcp_optlen(skb) ((tcp_hdr(skb)->doff - 5) * 4)
#define inner_tcp_hdrlen(skb) (inner_tcp_hdr(skb)->doff * 4)
