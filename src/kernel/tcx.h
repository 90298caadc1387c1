// Links of traffic control as the kernel's interface has them since Linux 6.6, newer than the headers that we are built
// with.
#pragma once

namespace sonde::kernel {

inline constexpr int kTcxIngress = 46, kTcxEgress = 47;  // enum bpf_attach_type: BPF_TCX_INGRESS, BPF_TCX_EGRESS

}  // namespace sonde::kernel
