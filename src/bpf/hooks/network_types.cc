#include "bpf/hooks/network_types.h"

#include <linux/bpf.h>

namespace sonde::bpf {
namespace {

using enum HookKind;

constexpr NetworkType kTypes[] = {
    {kSocketFilter, "", BPF_PROG_TYPE_SOCKET_FILTER},
    {kTc, "", BPF_PROG_TYPE_SCHED_CLS},
    {kTc, "ingress", BPF_PROG_TYPE_SCHED_CLS},
    {kTc, "egress", BPF_PROG_TYPE_SCHED_CLS},
    {kTcAction, "", BPF_PROG_TYPE_SCHED_ACT},
    {kXdp, "", BPF_PROG_TYPE_XDP},
    {kXdp, "devmap", BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP},
    {kXdp, "cpumap", BPF_PROG_TYPE_XDP, BPF_XDP_CPUMAP},
    {kCgroupSkb, "ingress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS},
    {kCgroupSkb, "egress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS},
    {kCgroupSkb, "", BPF_PROG_TYPE_CGROUP_SKB},
    {kCgroup, "skb", BPF_PROG_TYPE_CGROUP_SKB},
    {kCgroup, "sock_create", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE},
    {kCgroup, "sock", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE},
    {kCgroup, "sock_release", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_RELEASE},
    {kCgroup, "post_bind4", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET4_POST_BIND},
    {kCgroup, "post_bind6", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET6_POST_BIND},
    {kCgroup, "bind4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_BIND},
    {kCgroup, "bind6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_BIND},
    {kCgroup, "connect4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT},
    {kCgroup, "connect6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_CONNECT},
    {kCgroup, "sendmsg4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_SENDMSG},
    {kCgroup, "sendmsg6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_SENDMSG},
    {kCgroup, "recvmsg4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_RECVMSG},
    {kCgroup, "recvmsg6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_RECVMSG},
    {kCgroup, "getpeername4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETPEERNAME},
    {kCgroup, "getpeername6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETPEERNAME},
    {kCgroup, "getsockname4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETSOCKNAME},
    {kCgroup, "getsockname6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETSOCKNAME},
    {kCgroup, "dev", BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE},
    {kCgroup, "sysctl", BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL},
    {kCgroup, "getsockopt", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_GETSOCKOPT},
    {kCgroup, "setsockopt", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT},
    {kSockOps, "", BPF_PROG_TYPE_SOCK_OPS, BPF_CGROUP_SOCK_OPS},
    {kSkSkb, "stream_parser", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_PARSER},
    {kSkSkb, "stream_verdict", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_VERDICT},
    {kSkSkb, "verdict", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_VERDICT},
    {kSkSkb, "", BPF_PROG_TYPE_SK_SKB},
    {kSkMsg, "", BPF_PROG_TYPE_SK_MSG, BPF_SK_MSG_VERDICT},
    {kSkLookup, "", BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP},
    {kSkReuseport, "", BPF_PROG_TYPE_SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT},
    {kSkReuseport, "migrate", BPF_PROG_TYPE_SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT_OR_MIGRATE},
    {kFlowDissector, "", BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_FLOW_DISSECTOR},
    {kLwtIn, "", BPF_PROG_TYPE_LWT_IN},
    {kLwtOut, "", BPF_PROG_TYPE_LWT_OUT},
    {kLwtXmit, "", BPF_PROG_TYPE_LWT_XMIT},
    {kLwtSeg6local, "", BPF_PROG_TYPE_LWT_SEG6LOCAL},
};

}  // namespace

const NetworkType* network_type(HookKind kind, std::string_view target) {
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

}  // namespace sonde::bpf
