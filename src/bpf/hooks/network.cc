#include "bpf/hooks/network.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>

#include "bpf/load/libbpf_log.h"
#include "bpf/system/permission.h"

namespace sonde::bpf {
namespace {

constexpr std::string_view kKernelSays = "Kernel error message: ";

// What the kernel adds to an errno of netlink, in brackets; libbpf prints it.
std::string reason(const Capture& capture) {
  const std::string& text = capture.text();
  size_t at = text.find(kKernelSays);
  if (at == text.npos) return {};
  at += kKernelSays.size();
  return fmt::format(" ({})", text.substr(at, text.find('\n', at) - at));
}

// How many programs run at `target`, a cgroup: its own and those of the cgroups above it.
uint32_t programs_at(int target, uint32_t attach_type) {
  uint32_t flags = 0, count = 0;
  int error =
      bpf_prog_query(target, static_cast<bpf_attach_type>(attach_type), BPF_F_QUERY_EFFECTIVE, &flags, nullptr, &count);
  return error == 0 || error == -ENOSPC ? count : 0;
}

}  // namespace

Result<int> device_index(const std::string& device) {
  unsigned index = if_nametoindex(device.c_str());
  if (index != 0) return static_cast<int>(index);
  int code = errno;
  return base::fail_errno(code, fmt::format("device {}", device),
                          "`ip link` lists the devices of this network namespace");
}

Status set_xdp(const std::string& device, int program, uint32_t flags) {
  prepare_libbpf();
  ASSIGN_OR_RETURN(int index, device_index(device));
  Capture capture;
  int error = bpf_xdp_attach(index, program, flags, nullptr);
  if (error == 0) return {};
  std::string hint;
  if (error == -EBUSY || error == -EEXIST)
    hint = "a program is attached there, perhaps in another mode; `ip link` shows it";
  if (error == -EOPNOTSUPP)
    hint = "the device's driver has no XDP of this mode; XDP_FLAGS_SKB_MODE works on every device";
  return fail_system(
      -error,
      fmt::format("xdp {}: cannot {} the program{}", device, program < 0 ? "remove" : "attach", reason(capture)), hint);
}

Status attach_to(int program, int target, uint32_t attach_type, uint32_t flags) {
  prepare_libbpf();
  LIBBPF_OPTS(bpf_prog_attach_opts, options, .flags = flags);
  int error = bpf_prog_attach_opts(program, target, static_cast<bpf_attach_type>(attach_type), &options);
  if (error == 0) return {};
  std::string hint;
  if (error == -EBADF) hint = "the target is an open directory of a cgroup, or a map's descriptor";
  if (error == -EINVAL) hint = "the program's type, the attach type and the target have to fit together";
  std::string what = fmt::format("cannot attach the program with attach type {}", attach_type);
  // The kernel says EPERM, too, where one of the programs that are there was attached without BPF_F_ALLOW_MULTI.
  if (uint32_t others = error == -EPERM ? programs_at(target, attach_type) : 0; others > 0) {
    return base::fail_errno(EPERM, what,
                            fmt::format("{} of this kind there or above: BPF_F_ALLOW_MULTI (2), given by "
                                        "all of them, lets several run",
                                        others == 1 ? "a program is" : fmt::format("{} programs are", others)));
  }
  return fail_system(-error, what, hint);
}

Status detach_from(int program, int target, uint32_t attach_type) {
  int error = bpf_prog_detach2(program, target, static_cast<bpf_attach_type>(attach_type));
  if (error == 0) return {};
  return fail_system(-error, fmt::format("cannot detach the program with attach type {}", attach_type),
                     error == -ENOENT ? "it is not attached there" : "");
}

Result<base::Fd> open_raw_socket(const std::string& device, int program) {
  ASSIGN_OR_RETURN(int index, device_index(device));
  // Of no protocol, so that nothing comes in before the filter is there.
  base::Fd opened(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!opened.valid()) return fail_system(errno, "cannot open a raw socket");
  if (setsockopt(opened.get(), SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof program) != 0) {
    return fail_system(errno, fmt::format("cannot attach the program to a socket on {}", device),
                       errno == EINVAL ? "it has to be a socket filter" : "");
  }
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = index;
  address.sll_protocol = htons(ETH_P_ALL);
  if (bind(opened.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return fail_system(errno, fmt::format("cannot bind a raw socket to {}", device));
  }
  return opened;
}

}  // namespace sonde::bpf
