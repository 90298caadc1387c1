// xdp, tcx, cgroup, socket_map, netns: programs on packets and sockets, for as long as somebody holds the link.
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/bpf.h>

#include <cerrno>

#include "bpf/hooks/hooks.h"
#include "bpf/hooks/network.h"
#include "bpf/hooks/network_types.h"
#include "bpf/system/permission.h"
#include "kernel/tcx.h"

namespace sonde::bpf {
namespace {

Result<Link> make_link(int program, int target, bpf_attach_type type, const Hook& request, std::string hint) {
  LIBBPF_OPTS(bpf_link_create_opts, options, .flags = request.as<NetworkPlace>().flags);
  int fd = bpf_link_create(program, target, type, &options);
  if (fd >= 0) return Link(base::Fd(fd));
  if (fd == -EINVAL && hint.empty()) hint = "the program's type, its attach type and the target have to fit together";
  return fail_system(-fd, fmt::format("cannot attach to {}", request.phrase()), std::move(hint));
}

Result<base::Fd> open_target(const Hook& request, int flags, const char* hint) {
  base::Fd fd(open(request.target.c_str(), flags | O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return base::fail_errno(errno, request.phrase(), hint);
  return fd;
}

}  // namespace

Status resolve_network(const Hook& request, ResolvedType& resolved) {
  if (const NetworkType* type = network_type(request.as<NetworkPlace>().attach_type)) {
    resolved.type.type = type->program_type;
    resolved.type.expected_attach_type = type->attach_type;
    return {};
  }
  if (resolved.type.type != 0) return {};
  return base::fail(
      ErrorKind::kInvalid,
      fmt::format("{}: it is not said which of a {}'s places is meant", request.phrase(), name_of(request.kind)),
      "name it in the program's section, as SEC(\"cgroup/connect4\") does, or give the attach type: BPF_CGROUP_…, BPF_SK_…");
}

Result<Link> attach_xdp(int program, const Hook& request) {
  ASSIGN_OR_RETURN(int index, device_index(request.target));
  return make_link(program, index, BPF_XDP, request, {});
}

Result<Link> attach_tcx(int program, const Hook& request) {
  ASSIGN_OR_RETURN(int index, device_index(request.target));
  auto type = request.as<NetworkPlace>().is_egress ? kernel::kTcxEgress : kernel::kTcxIngress;
  return make_link(program, index, static_cast<bpf_attach_type>(type), request, {});
}

Result<Link> attach_cgroup(int program, const Hook& request) {
  ASSIGN_OR_RETURN(base::Fd directory, open_target(request, O_DIRECTORY, "it is a directory of the cgroup2 hierarchy"));
  return make_link(program, directory.get(), static_cast<bpf_attach_type>(request.as<NetworkPlace>().attach_type),
                   request, {});
}

Result<Link> attach_netns(int program, const Hook& request) {
  ASSIGN_OR_RETURN(base::Fd space,
                   open_target(request, 0, "it is a file such as /proc/self/ns/net or /run/netns/NAME"));
  return make_link(program, space.get(), static_cast<bpf_attach_type>(request.as<NetworkPlace>().attach_type), request,
                   {});
}

Result<Link> attach_socket_map(int program, const Hook& request) {
  const auto& place = request.as<NetworkPlace>();
  uint32_t type = static_cast<uint32_t>(place.attach_type);
  RETURN_IF_ERROR(attach_to(program, place.map, type, place.flags));
  Link link;
  link.at_end([program, map = place.map, type] { (void)detach_from(program, map, type); });
  return link;
}

}  // namespace sonde::bpf
