// tc: a filter of the queueing discipline clsact, for kernels without links for traffic control (tcx,
// network_hooks.cc). A process that is killed leaves it behind.
#include <bpf/libbpf.h>

#include <cerrno>

#include "bpf/hooks/hooks.h"
#include "bpf/hooks/network.h"
#include "bpf/load/libbpf_log.h"
#include "bpf/system/permission.h"

namespace sonde::bpf {

Result<Link> attach_tc(int program, const Hook& request) {
  ASSIGN_OR_RETURN(int index, device_index(request.target));
  prepare_libbpf();
  Capture capture;
  auto where = request.as<NetworkPlace>().is_egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;
  LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = index, .attach_point = where);
  int error = bpf_tc_hook_create(&hook);
  LIBBPF_OPTS(bpf_tc_opts, filter, .prog_fd = program);
  if (error == 0 || error == -EEXIST) error = bpf_tc_attach(&hook, &filter);
  if (error != 0) return fail_system(-error, fmt::format("cannot attach to {}", request.phrase()));
  Link link;
  link.at_end([index, where, handle = filter.handle, priority = filter.priority] {
    Capture quiet;
    LIBBPF_OPTS(bpf_tc_hook, on, .ifindex = index, .attach_point = where);
    LIBBPF_OPTS(bpf_tc_opts, gone, .handle = handle, .priority = priority);
    bpf_tc_detach(&on, &gone);
  });
  return link;
}

}  // namespace sonde::bpf
