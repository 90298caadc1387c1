// Packets. Places in a packet are offsets from skb->head.
#pragma once

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/list.h>

#define skb_mac_header(skb) ((unsigned char *)(skb)->head + (skb)->mac_header)
#define skb_network_header(skb) ((unsigned char *)(skb)->head + (skb)->network_header)
#define skb_transport_header(skb) ((unsigned char *)(skb)->head + (skb)->transport_header)
#define skb_inner_mac_header(skb) ((unsigned char *)(skb)->head + (skb)->inner_mac_header)
#define skb_inner_network_header(skb) ((unsigned char *)(skb)->head + (skb)->inner_network_header)
#define skb_inner_transport_header(skb) ((unsigned char *)(skb)->head + (skb)->inner_transport_header)
#define skb_end_pointer(skb) ((unsigned char *)(skb)->head + (skb)->end)
#define skb_tail_pointer(skb) ((unsigned char *)(skb)->head + (skb)->tail)
#define skb_mac_header_was_set(skb) ((skb)->mac_header != (__typeof__((skb)->mac_header))~0U)
#define skb_transport_header_was_set(skb) ((skb)->transport_header != (__typeof__((skb)->transport_header))~0U)
#define skb_network_offset(skb) ((int)(skb_network_header(skb) - (unsigned char *)(skb)->data))
#define skb_transport_offset(skb) ((int)(skb_transport_header(skb) - (unsigned char *)(skb)->data))
#define skb_mac_offset(skb) ((int)(skb_mac_header(skb) - (unsigned char *)(skb)->data))
#define skb_network_header_len(skb) ((u32)((skb)->transport_header - (skb)->network_header))
#define skb_mac_header_len(skb) ((u32)((skb)->network_header - (skb)->mac_header))
#define skb_shinfo(skb) ((struct skb_shared_info *)skb_end_pointer(skb))
#define skb_headlen(skb) ((skb)->len - (skb)->data_len)
#define skb_headroom(skb) ((unsigned int)((unsigned char *)(skb)->data - (unsigned char *)(skb)->head))
#define skb_is_nonlinear(skb) ((skb)->data_len != 0)
#define skb_is_gso(skb) (skb_shinfo(skb)->gso_size != 0)
#define skb_dst(skb) ((struct dst_entry *)((skb)->_skb_refdst & ~1UL))
#define skb_rtable(skb) ((struct rtable *)skb_dst(skb))
#define skb_queue_len(list) ((list)->qlen)
#define skb_queue_empty(list) ((const void *)(list)->next == (const void *)(list))
#define skb_peek(list) \
  ({ __auto_type list_ = (list); struct sk_buff *first_ = list_->next; (void *)first_ == (void *)list_ ? NULL : first_; })
#define skb_get_queue_mapping(skb) ((skb)->queue_mapping)
#define skb_rx_queue_recorded(skb) ((skb)->queue_mapping != 0)  // one more than the queue, so that 0 means none
#define skb_get_rx_queue(skb) ((u16)((skb)->queue_mapping - 1))
#define skb_get_nfct(skb) ((skb)->_nfct)
#define skb_vlan_tag_present(skb) ((skb)->vlan_all != 0)
#define skb_tailroom(skb) (skb_is_nonlinear(skb) ? 0 : (int)((skb)->end - (skb)->tail))
#define skb_is_gso_v6(skb) ((skb_shinfo(skb)->gso_type & SKB_GSO_TCPV6) != 0)
#define skb_inner_network_offset(skb) ((int)(skb_inner_network_header(skb) - (unsigned char *)(skb)->data))
#define skb_inner_transport_offset(skb) ((int)(skb_inner_transport_header(skb) - (unsigned char *)(skb)->data))
#define skb_ip_totlen(skb) ntohs(((struct iphdr *)skb_network_header(skb))->tot_len)
#define skb_get_ktime(skb) ((skb)->tstamp)
#define skb_get_hash_raw(skb) ((skb)->hash)
#define skb_cloned(skb) ((skb)->cloned && (atomic_read(&skb_shinfo(skb)->dataref) & 0xffff) != 1)
#define skb_shared(skb) (refcount_read(&(skb)->users) != 1)
#define skb_nfct(skb) ((struct nf_conntrack *)((skb)->_nfct & ~7UL))
