// Session: programs to their hooks, and off them again.
#include <linux/perf_event.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/open_files.h"
#include "bpf/choice.h"
#include "bpf/hook_go_return.h"
#include "bpf/missed.h"
#include "bpf/network_types.h"
#include "bpf/tracepoint_check.h"
#include "bpf/trampoline.h"
#include "kernel/syscalls.h"
#include "session/session_state.h"

namespace sonde {
namespace {

// "vfs_read+0x10" of libbpf-style sections.
void split_offset(bpf::HookRequest& request) {
  size_t plus = request.target.find('+');
  if (plus == std::string::npos) return;
  request.offset = std::strtoull(request.target.c_str() + plus + 1, nullptr, 0);
  request.target.resize(plus);
}

bool is_probe(const bpf::HookRequest& request) { return request.kind == "kprobe" || request.kind == "kretprobe"; }

bool is_trampoline(const bpf::HookRequest& wanted, const std::string& chosen) {
  return is_probe(wanted) && (chosen.starts_with("fentry:") || chosen.starts_with("fexit:"));
}

tl::unexpected<Error> nowhere(const std::string& program) {
  return base::fail(ErrorKind::kInvalid,
                    fmt::format("{}: neither its name nor its section says where to attach it", program),
                    "name it kprobe__FUNCTION, or attach it with attach_kprobe(), attach_tracepoint(), …");
}

// "uprobe_multi c:f: …" and "uprobe c:f: …": two hooks that stumbled over one thing.
bool is_same_but_for_kind(const std::string& a, const std::string& b) {
  return a.substr(std::min(a.find(' '), a.size())) == b.substr(std::min(b.find(' '), b.size()));
}

tl::unexpected<Error> all_failed(std::vector<Error> errors) {
  Error error = std::move(errors.front());
  for (size_t i = 1; i < errors.size(); i++) {
    if (is_same_but_for_kind(error.what, errors[i].what)) {
      error = std::move(errors[i]);
    } else {
      error.what += fmt::format("; then tried {}", errors[i].what);
    }
  }
  return tl::unexpected(std::move(error));
}

}  // namespace

Status Session::State::attach(const std::string& program_name, const bpf::HookRequest& wanted) {
  ASSIGN_OR_RETURN(const sonde::spec::Program* found, program(program_name));
  ASSIGN_OR_RETURN(bpf::HookRequest settled, bpf::at_go_returns(wanted));
  ASSIGN_OR_RETURN(std::vector<bpf::Candidate> list, bpf::candidates(*found, settled, traits_for(program_name)));
  std::vector<Error> errors;
  for (const bpf::Candidate& candidate : list) {
    auto link = base::with_open_files([&] { return attach_candidate(program_name, candidate); });
    if (link) {
      std::string why = candidate.why.empty() && !errors.empty() ? errors.front().what : candidate.why;
      if (settled.kind != wanted.kind)
        why = fmt::format("return instructions of a program made by Go{}{}", why.empty() ? "" : ", ", why);
      attached.push_back({wanted, {program_name, wanted.label(), candidate.request.label(), why}, std::move(*link)});
      return {};
    }
    errors.push_back(link.error());
  }
  // What was tried to be faster need not be known to who asked for a kprobe.
  if (is_probe(wanted) && list.back().request.kind == wanted.kind) return tl::unexpected(errors.back());
  return all_failed(std::move(errors));
}

bpf::KernelTraits Session::State::traits_for(const std::string& program_name) const {
  bpf::KernelTraits traits = bpf::kernel_traits();
  size_t trampolines = 0;
  for (const Attached& each : attached) {
    trampolines += each.record.program == program_name && is_trampoline(each.wanted, each.record.chosen);
  }
  if (trampolines < bpf::kMaxTrampolines) return traits;
  traits.trampoline_difference = [](const bpf::HookRequest&, const sonde::spec::Variant&) {
    return fmt::format("the program has {} trampolines already", bpf::kMaxTrampolines);
  };
  return traits;
}

Result<bpf::Link> Session::State::attach_candidate(const std::string& program_name, const bpf::Candidate& candidate) {
  const bpf::HookRequest& request = candidate.request;
  const bpf::HookKind* kind = bpf::find_hook_kind(request.kind);
  if (!kind) {
    return base::fail(ErrorKind::kUnsupported,
                      fmt::format("{}: sonde cannot attach to {} yet", program_name, request.label()));
  }
  if (request.kind == "tracepoint") RETURN_IF_ERROR(bpf::check_tracepoint(spec, request.target));
  ASSIGN_OR_RETURN(bpf::ResolvedType resolved, bpf::resolve_type(*kind, request));
  size_t loaded_before = loaded.size();
  auto fd = load_as(program_name, candidate.symbol, resolved.type);
  // A verifier's answer opens with the user's line; any other says where the program was to go.
  if (!fd && fd.error().kind == ErrorKind::kVerifier) return tl::unexpected(fd.error());
  if (!fd) return tl::unexpected(base::in_context(fmt::format("{} {}", request.kind, request.target), fd.error()));
  Result<bpf::Link> link = kind->attach(*fd, request);
  bool was_loaded = loaded.size() == loaded_before;
  if (link || link.error().code != ENOENT || !was_loaded || !kind->resolve) return link;
  // Before Linux 5.13 a program that was taken out of a trampoline can be put into none again.
  std::erase_if(loaded, [&](const Loaded& each) { return each.fd.get() == *fd; });
  ASSIGN_OR_RETURN(int anew, load_as(program_name, candidate.symbol, resolved.type));
  return kind->attach(anew, request);
}

Status Session::attach_all() {
  std::shared_ptr<const kernel::Btf> types;  // read once for all programs
  for (const sonde::spec::Program& program : state_->spec.programs) {
    bool needs_types = program.hook.kind == "tp_btf";  // functions are found in another way
    if (types || !program.auto_attach || !needs_types) continue;
    if (auto read = bpf::kernel_types()) types = *read;
  }
  for (const sonde::spec::Program& program : state_->spec.programs) {
    if (program.auto_attach) RETURN_IF_ERROR(attach(program.name));
  }
  return {};
}

Status Session::attach(const std::string& program) {
  ASSIGN_OR_RETURN(const sonde::spec::Program* found, state_->program(program));
  if (found->hook.kind.empty()) return nowhere(program);
  if (found->hook.kind == "usdt") return state_->attach_usdt_section(*found);
  if (bpf::is_on_network(found->hook.kind)) return state_->attach_network_section(*found);
  bpf::HookRequest request{found->hook.kind, found->hook.target};
  if (is_probe(request)) {
    split_offset(request);
    request.target = kernel::fix_syscall_function(request.target);
  }
  return state_->attach(program, request);
}

Status Session::attach_kprobe(const std::string& function, const std::string& program, uint64_t offset) {
  bpf::HookRequest request{"kprobe", function};
  request.offset = offset;
  return state_->attach(program, request);
}

Status Session::attach_kretprobe(const std::string& function, const std::string& program, int maxactive) {
  bpf::HookRequest request{"kretprobe", function};
  request.maxactive = maxactive;
  return state_->attach(program, request);
}

Result<std::vector<std::string>> Session::attach_kprobes(const std::vector<std::string>& functions, const std::string& program) {
  return state_->attach_to_all({"kprobe", ""}, functions, program);
}

Result<std::vector<std::string>> Session::attach_kretprobes(const std::vector<std::string>& functions, const std::string& program,
                                                            int maxactive) {
  bpf::HookRequest request{"kretprobe", ""};
  request.maxactive = maxactive;
  return state_->attach_to_all(std::move(request), functions, program);
}

Status Session::attach_tracepoint(const std::string& category_and_event, const std::string& program) {
  return state_->attach(program, {"tracepoint", category_and_event});
}

Status Session::attach_raw_tracepoint(const std::string& event, const std::string& program) {
  return state_->attach(program, {"raw_tracepoint", event});
}

Status Session::attach_tracing(const std::string& program) { return attach(program); }

Status Session::attach_perf_event(const PerfEvent& event, const std::string& program) {
  bpf::HookRequest request{"perf_event", fmt::format("{}:{}", event.type, event.config)};
  request.perf_event = {
      event.type, event.config, event.sample_period, event.sample_freq, event.pid, event.cpu, event.group_fd, 0, {}};
  return state_->attach(program, request);
}

Status Session::attach_perf_event_raw(const perf_event_attr& attr, const std::string& program, int pid, int cpu,
                                      int group_fd, unsigned long flags) {
  if (attr.size < PERF_ATTR_SIZE_VER0 || attr.size > 4096) {
    return base::fail(ErrorKind::kInvalid, fmt::format("perf_event_attr::size is {}", attr.size),
                      "it is sizeof(struct perf_event_attr)");
  }
  bpf::HookRequest request{"perf_event", fmt::format("{}:{}", attr.type, uint64_t{attr.config})};
  uint64_t period = attr.freq ? 0 : attr.sample_period, frequency = attr.freq ? attr.sample_freq : 0;
  request.perf_event = {attr.type, attr.config, period,
                        frequency, pid,         cpu,
                        group_fd,  flags,       std::string(reinterpret_cast<const char*>(&attr), attr.size)};
  return state_->attach(program, request);
}

Status Session::detach(const std::string& kind, const std::string& target, const std::string& program) {
  bool probe = kind == "kprobe" || kind == "kretprobe";
  std::string fixed = probe ? kernel::fix_syscall_function(target) : target;
  auto matches = [&](const State::Attached& each) {
    return each.wanted.kind == kind && (each.wanted.target == target || each.wanted.target == fixed) &&
           (program.empty() || each.record.program == program);
  };
  if (std::erase_if(state_->attached, matches) > 0) return {};
  ASSIGN_OR_RETURN(bool was_one_of_many, state_->detach_function(kind, fixed, program));
  if (was_one_of_many) return {};
  ASSIGN_OR_RETURN(bool was_place, state_->detach_place(kind, target, program));
  if (was_place) return {};
  return base::fail(ErrorKind::kNotFound,
                    fmt::format("{} {}: nothing of this session is attached there", kind, target));
}

void Session::detach_all() { state_->attached.clear(); }

uint64_t Session::missed_calls() const {
  uint64_t missed = 0;
  for (const State::Attached& each : state_->attached) missed += bpf::missed_calls(each.link);
  return missed;
}

std::vector<Session::Attachment> Session::attachments() const {
  std::vector<Attachment> list;
  for (const State::Attached& each : state_->attached) list.push_back(each.record);
  return list;
}

}  // namespace sonde
