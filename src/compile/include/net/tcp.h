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
