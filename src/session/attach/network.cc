// What attaches programs on packets and sockets without a session.
#include "bpf/hooks/network.h"
#include "base/fd.h"
#include "sonde/network.h"

namespace sonde {

Status attach_xdp(const std::string& device, int program, uint32_t flags) {
  return bpf::set_xdp(device, program, flags);
}

Status remove_xdp(const std::string& device, uint32_t flags) { return bpf::set_xdp(device, -1, flags); }

Status attach_program(int program, int target, uint32_t attach_type, uint32_t flags) {
  return bpf::attach_to(program, target, attach_type, flags);
}

Status detach_program(int program, int target, uint32_t attach_type) {
  return bpf::detach_from(program, target, attach_type);
}

Result<int> open_raw_socket(const std::string& device, int program) {
  ASSIGN_OR_RETURN(base::Fd opened, bpf::open_raw_socket(device, program));
  return opened.release();
}

}  // namespace sonde
