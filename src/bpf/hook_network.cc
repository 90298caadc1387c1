// xdp, tc, cgroup, socket_map, netns: programs on packets and sockets, for as long as somebody holds the link.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/bpf.h>

#include <cerrno>

#include "bpf/capture.h"
#include "bpf/hooks.h"
#include "bpf/network.h"
#include "bpf/network_types.h"
#include "bpf/permission.h"
#include "kernel/release.h"

namespace sonde::bpf {
namespace {

// Since Linux 6.6; this libbpf does not know them.
constexpr auto kTcxIngress = static_cast<bpf_attach_type>(46);
constexpr auto kTcxEgress = static_cast<bpf_attach_type>(47);

Result<Link> make_link(int program, int target, bpf_attach_type type, const HookRequest& request, std::string hint) {
  LIBBPF_OPTS(bpf_link_create_opts, options, .flags = request.network.flags);
  int fd = bpf_link_create(program, target, type, &options);
  if (fd >= 0) return Link(base::Fd(fd));
  if (fd == -EINVAL && hint.empty()) hint = "the program's type, its attach type and the target have to fit together";
  return fail_system(-fd, fmt::format("cannot attach to {} {}", request.kind, request.target), std::move(hint));
}

Result<base::Fd> open_target(const HookRequest& request, int flags, const char* hint) {
  base::Fd fd(open(request.target.c_str(), flags | O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return base::fail_errno(errno, fmt::format("{} {}", request.kind, request.target), hint);
  return fd;
}

// Where the kernel has no links for traffic control: a filter of clsact, which a process that is killed leaves behind.
Result<Link> attach_filter(int program, int index, const HookRequest& request) {
  prepare_libbpf();
  Capture capture;
  auto where = request.network.is_egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;
  LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = index, .attach_point = where);
  int error = bpf_tc_hook_create(&hook);
  LIBBPF_OPTS(bpf_tc_opts, filter, .prog_fd = program);
  if (error == 0 || error == -EEXIST) error = bpf_tc_attach(&hook, &filter);
  if (error != 0) return fail_system(-error, fmt::format("cannot attach to tc {}", request.target));
  Link link;
  link.at_end([index, where, handle = filter.handle, priority = filter.priority] {
    Capture quiet;
    LIBBPF_OPTS(bpf_tc_hook, on, .ifindex = index, .attach_point = where);
    LIBBPF_OPTS(bpf_tc_opts, gone, .handle = handle, .priority = priority);
    bpf_tc_detach(&on, &gone);
  });
  return link;
}

}  // namespace

Status resolve_network(const HookRequest& request, ResolvedType& resolved) {
  if (const NetworkType* type = network_type(request.network.attach_type)) {
    resolved.type.type = type->program_type;
    resolved.type.expected_attach_type = type->attach_type;
    return {};
  }
  if (resolved.type.type != 0) return {};
  return base::fail(ErrorKind::kInvalid, fmt::format("{} {}: it is not said which of a {}'s places is meant", request.kind,
                                                     request.target, request.kind),
                    "name it in the program's section, as SEC(\"cgroup/connect4\") does, or give the attach type: BPF_CGROUP_…, BPF_SK_…");
}

Result<Link> attach_xdp(int program, const HookRequest& request) {
  ASSIGN_OR_RETURN(int index, device_index(request.target));
  return make_link(program, index, BPF_XDP, request, {});
}

Result<Link> attach_tc(int program, const HookRequest& request) {
  ASSIGN_OR_RETURN(int index, device_index(request.target));
  if (kernel::running_version() < kernel::version_code(6, 6)) return attach_filter(program, index, request);
  return make_link(program, index, request.network.is_egress ? kTcxEgress : kTcxIngress, request, {});
}

Result<Link> attach_cgroup(int program, const HookRequest& request) {
  ASSIGN_OR_RETURN(base::Fd directory, open_target(request, O_DIRECTORY, "it is a directory of the cgroup2 hierarchy"));
  return make_link(program, directory.get(), static_cast<bpf_attach_type>(request.network.attach_type), request, {});
}

Result<Link> attach_netns(int program, const HookRequest& request) {
  ASSIGN_OR_RETURN(base::Fd space, open_target(request, 0, "it is a file such as /proc/self/ns/net or /run/netns/NAME"));
  return make_link(program, space.get(), static_cast<bpf_attach_type>(request.network.attach_type), request, {});
}

Result<Link> attach_socket_map(int program, const HookRequest& request) {
  uint32_t type = static_cast<uint32_t>(request.network.attach_type);
  RETURN_IF_ERROR(attach_to(program, request.network.map, type, request.network.flags));
  Link link;
  link.at_end([program, map = request.network.map, type] { (void)detach_from(program, map, type); });
  return link;
}

}  // namespace sonde::bpf
