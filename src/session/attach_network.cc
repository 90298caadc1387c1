// Programs on packets and sockets to devices, cgroups and maps of sockets.
#include "bpf/network.h"
#include "bpf/network_types.h"
#include "session/session_state.h"
#include "sonde/network.h"

namespace sonde {
namespace {

constexpr const char* kOwnNamespace = "/proc/self/ns/net";

bool is_in_namespace(std::string_view kind) { return kind == "sk_lookup" || kind == "flow_dissector"; }

std::string how_to_attach(const std::string& kind, const std::string& program) {
  if (kind == "xdp") return fmt::format("attach_xdp(DEVICE, \"{}\"), or SEC(\"xdp/DEVICE\")", program);
  if (kind == "tc") return fmt::format("attach_tc(DEVICE, DIRECTION, \"{}\"), or tc(8) with the program's descriptor", program);
  if (kind == "tc_action") return "tc(8) and netlink take it by the descriptor that load_program() gives";
  if (kind.starts_with("cgroup") || kind == "sock_ops") return fmt::format("attach_cgroup(DIRECTORY, \"{}\")", program);
  if (kind == "sk_skb" || kind == "sk_msg") return fmt::format("attach_socket_map(MAP, \"{}\")", program);
  if (kind == "socket_filter") return "open_raw_socket(DEVICE, load_program(…)), or setsockopt(SO_ATTACH_BPF) on any socket";
  if (kind == "sk_reuseport") return "setsockopt(SO_ATTACH_REUSEPORT_EBPF) with the descriptor that load_program() gives";
  return "`ip route add … encap bpf` takes it once it is pinned";
}

}  // namespace

Status attach_xdp(const std::string& device, int program, uint32_t flags) { return bpf::set_xdp(device, program, flags); }

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

Status Session::State::attach_network_section(const sonde::spec::Program& program) {
  const auto& [kind, target] = program.hook;
  if (kind == "xdp" && program.auto_attach) return attach(program.name, {kind, target});
  if (is_in_namespace(kind)) return attach_where_section_says({"netns", kOwnNamespace}, program.name, -1);
  return base::fail(ErrorKind::kInvalid, fmt::format("{}: its section says what kind of program it is ({}), not where it goes",
                                                     program.name, kind),
                    how_to_attach(kind, program.name));
}

Status Session::State::attach_where_section_says(bpf::HookRequest request, const std::string& name, int attach_type) {
  ASSIGN_OR_RETURN(const sonde::spec::Program* found, program(name));
  const bpf::NetworkType* type = bpf::network_type(found->hook.kind, found->hook.target);
  request.network.attach_type = attach_type >= 0 || !type ? attach_type : type->attach_type;
  return attach(name, request);
}

Status Session::attach_xdp(const std::string& device, const std::string& program, uint32_t flags) {
  bpf::HookRequest request{"xdp", device};
  request.network.flags = flags;
  return state_->attach(program, request);
}

Status Session::attach_tc(const std::string& device, Direction direction, const std::string& program) {
  bpf::HookRequest request{"tc", device};
  request.network.is_egress = direction == Direction::kEgress;
  return state_->attach(program, request);
}

Status Session::attach_cgroup(const std::string& directory, const std::string& program, int attach_type) {
  return state_->attach_where_section_says({"cgroup", directory}, program, attach_type);
}

Status Session::attach_socket_map(const std::string& map, const std::string& program, int attach_type) {
  ASSIGN_OR_RETURN(Map sockets, this->map(map));
  bpf::HookRequest request{"socket_map", map};
  request.network.map = sockets.fd();
  return state_->attach_where_section_says(std::move(request), program, attach_type);
}

Status Session::attach_network_namespace(const std::string& file, const std::string& program) {
  return state_->attach_where_section_says({"netns", file}, program, -1);
}

}  // namespace sonde
