// What programs on packets and sockets are loaded as, by what their section says.
#include "bpf/network_types.h"

#include <linux/bpf.h>

#include <algorithm>
#include <iterator>

namespace sonde::bpf {
namespace {

constexpr NetworkType kTypes[] = {
    {"socket_filter", "", BPF_PROG_TYPE_SOCKET_FILTER},
    {"tc", "", BPF_PROG_TYPE_SCHED_CLS},
    {"tc", "ingress", BPF_PROG_TYPE_SCHED_CLS},
    {"tc", "egress", BPF_PROG_TYPE_SCHED_CLS},
    {"tc_action", "", BPF_PROG_TYPE_SCHED_ACT},
    {"xdp", "", BPF_PROG_TYPE_XDP},
    {"xdp", "devmap", BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP},
    {"xdp", "cpumap", BPF_PROG_TYPE_XDP, BPF_XDP_CPUMAP},
    {"cgroup_skb", "ingress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS},
    {"cgroup_skb", "egress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS},
    {"cgroup_skb", "", BPF_PROG_TYPE_CGROUP_SKB},
    {"cgroup", "skb", BPF_PROG_TYPE_CGROUP_SKB},
    {"cgroup", "sock_create", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE},
    {"cgroup", "sock", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE},
    {"cgroup", "sock_release", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_RELEASE},
    {"cgroup", "post_bind4", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET4_POST_BIND},
    {"cgroup", "post_bind6", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET6_POST_BIND},
    {"cgroup", "bind4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_BIND},
    {"cgroup", "bind6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_BIND},
    {"cgroup", "connect4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT},
    {"cgroup", "connect6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_CONNECT},
    {"cgroup", "sendmsg4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_SENDMSG},
    {"cgroup", "sendmsg6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_SENDMSG},
    {"cgroup", "recvmsg4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_RECVMSG},
    {"cgroup", "recvmsg6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_RECVMSG},
    {"cgroup", "getpeername4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETPEERNAME},
    {"cgroup", "getpeername6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETPEERNAME},
    {"cgroup", "getsockname4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETSOCKNAME},
    {"cgroup", "getsockname6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETSOCKNAME},
    {"cgroup", "dev", BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE},
    {"cgroup", "sysctl", BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL},
    {"cgroup", "getsockopt", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_GETSOCKOPT},
    {"cgroup", "setsockopt", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT},
    {"sock_ops", "", BPF_PROG_TYPE_SOCK_OPS, BPF_CGROUP_SOCK_OPS},
    {"sk_skb", "stream_parser", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_PARSER},
    {"sk_skb", "stream_verdict", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_VERDICT},
    {"sk_skb", "verdict", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_VERDICT},
    {"sk_skb", "", BPF_PROG_TYPE_SK_SKB},
    {"sk_msg", "", BPF_PROG_TYPE_SK_MSG, BPF_SK_MSG_VERDICT},
    {"sk_lookup", "", BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP},
    {"sk_reuseport", "", BPF_PROG_TYPE_SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT},
    {"sk_reuseport", "migrate", BPF_PROG_TYPE_SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT_OR_MIGRATE},
    {"flow_dissector", "", BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_FLOW_DISSECTOR},
    {"lwt_in", "", BPF_PROG_TYPE_LWT_IN},
    {"lwt_out", "", BPF_PROG_TYPE_LWT_OUT},
    {"lwt_xmit", "", BPF_PROG_TYPE_LWT_XMIT},
    {"lwt_seg6local", "", BPF_PROG_TYPE_LWT_SEG6LOCAL},
};

}  // namespace

const NetworkType* network_type(std::string_view kind, std::string_view target) {
  for (const NetworkType& type : kTypes) {
    if (type.kind == kind && type.target == target) return &type;
  }
  return nullptr;
}

const NetworkType* network_type(int attach_type) {
  for (const NetworkType& type : kTypes) {
    if (attach_type >= 0 && type.attach_type == attach_type) return &type;
  }
  return nullptr;
}

bool is_on_network(std::string_view kind) {
  return std::any_of(std::begin(kTypes), std::end(kTypes), [&](const NetworkType& type) { return type.kind == kind; });
}

}  // namespace sonde::bpf
