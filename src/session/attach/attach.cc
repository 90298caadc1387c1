// Session: programs to their hooks.
#include <linux/perf_event.h>

#include <algorithm>
#include <cerrno>

#include "base/open_files.h"
#include "bpf/hooks/candidates.h"
#include "bpf/hooks/missed_calls.h"
#include "bpf/hooks/tracepoint_check.h"
#include "bpf/hooks/trampoline.h"
#include "session/state/session_state.h"

namespace sonde {

Result<Hook> Session::State::attach(const std::string& program_name, const Hook& wanted) {
  ASSIGN_OR_RETURN(const sonde::spec::Program* found, program(program_name));
  ASSIGN_OR_RETURN(bpf::Alternatives choice, bpf::alternatives(*found, wanted, traits_for(program_name)));
  std::vector<Error> errors;
  for (const bpf::Candidate& candidate : choice.candidates) {
    auto link = base::with_open_files([&] { return attach_candidate(program_name, candidate); });
    if (!link) {
      errors.push_back(link.error());
      continue;
    }
    Hook settled = wanted;
    if (!choice.pieces.empty()) settled.target = candidate.hook.target, settled.place = candidate.hook.place;
    std::string why = candidate.why.empty() && !errors.empty() ? errors.front().what : candidate.why;
    Attachment record{program_name, settled.label(), candidate.hook.label(), why};
    attached.push_back({settled, candidate.hook.kind, std::move(record), std::move(*link)});
    return settled;
  }
  if (!choice.pieces.empty()) return attach_pieces(program_name, wanted, choice.pieces);
  return tl::unexpected(bpf::failure_of(wanted, choice.candidates, std::move(errors)));
}

Result<Hook> Session::State::attach_pieces(const std::string& program_name, Hook wanted,
                                           const std::vector<Hook>& pieces) {
  auto& names = wanted.edit<KernelFunction>().names;
  names.clear();
  std::optional<Error> last;
  for (const Hook& piece : pieces) {
    auto status = attach(program_name, piece);
    if (status) names.push_back(piece.target);
    else last = std::move(status.error());
  }
  if (names.empty() && last) return tl::unexpected(std::move(*last));
  wanted.target = fmt::format("{} functions", names.size());
  return wanted;
}

bpf::KernelTraits Session::State::traits_for(const std::string& program_name) const {
  bpf::KernelTraits traits = bpf::kernel_traits();
  auto is_trampoline = [&](const Attached& each) {
    bool on_trampoline = each.chosen == HookKind::kFentry || each.chosen == HookKind::kFexit;
    return each.record.program == program_name && on_trampoline && bpf::is_kprobe(each.wanted);
  };
  if (std::ranges::count_if(attached, is_trampoline) < static_cast<ptrdiff_t>(bpf::kMaxTrampolines)) return traits;
  traits.trampoline_difference = [](const Hook&, const sonde::spec::Variant&) {
    return fmt::format("the program has {} trampolines already", bpf::kMaxTrampolines);
  };
  return traits;
}

Result<bpf::Link> Session::State::attach_candidate(const std::string& program_name, const bpf::Candidate& candidate) {
  const Hook& hook = candidate.hook;
  const bpf::HookRow& row = bpf::row_of(hook.kind);
  if (!row.attach) {
    const std::string& where = hook.kind == HookKind::kUnknown ? hook.target : hook.label();
    return base::fail(ErrorKind::kUnsupported, fmt::format("{}: sonde cannot attach to {} yet", program_name, where));
  }
  if (hook.kind == HookKind::kTracepoint) RETURN_IF_ERROR(bpf::check_tracepoint(spec, hook.target));
  ASSIGN_OR_RETURN(bpf::ResolvedType resolved, bpf::resolve_type(row, hook));
  size_t loaded_before = loaded.size();
  auto fd = load_as(program_name, candidate.symbol, resolved.type);
  // A verifier's answer opens with the user's line; any other says where the program was to go.
  if (!fd && fd.error().kind == ErrorKind::kVerifier) return tl::unexpected(fd.error());
  if (!fd) return tl::unexpected(base::in_context(hook.phrase(), fd.error()));
  Result<bpf::Link> link = row.attach(*fd, hook);
  bool was_loaded = loaded.size() == loaded_before;
  if (link || link.error().code != ENOENT || !was_loaded || row.resolve == bpf::resolve_nothing) return link;
  // Before Linux 5.13 a program that was taken out of a trampoline can be put into none again.
  std::erase_if(loaded, [&](const Loaded& each) { return each.fd.get() == *fd; });
  ASSIGN_OR_RETURN(int anew, load_as(program_name, candidate.symbol, resolved.type));
  return row.attach(anew, hook);
}

Status Session::attach_all() {
  std::shared_ptr<const kernel::Btf> types;  // read once for all programs
  for (const sonde::spec::Program& program : state_->spec.programs) {
    bool needs_types = program.hook.kind == HookKind::kTpBtf;  // functions are found in another way
    if (types || !program.auto_attach || !needs_types) continue;
    if (auto read = bpf::kernel_types()) types = *read;
  }
  for (const sonde::spec::Program& program : state_->spec.programs) {
    if (program.auto_attach) RETURN_IF_ERROR(attach(program.name));
  }
  return {};
}

Result<Hook> Session::attach(const std::string& program, const Hook& hook) {
  ASSIGN_OR_RETURN(const sonde::spec::Program* found, state_->program(program));
  Hook wanted = hook.kind == HookKind::kNone ? Hook{found->hook.kind, found->hook.target} : hook;
  if (wanted.kind == HookKind::kUsdt && wanted.as<UserProbe>().places.empty()) {
    RETURN_IF_ERROR(state_->attach_usdt_section(wanted.target, program));
    return wanted;
  }
  ASSIGN_OR_RETURN(Hook settled, state_->settle(*found, hook));
  return state_->attach(program, settled);
}

Result<Hook> Session::attach_first(const std::string& program, std::span<const Hook> hooks) {
  Result<Hook> attached = base::fail(ErrorKind::kInvalid, fmt::format("{}: no hook is given", program));
  for (const Hook& hook : hooks) {
    attached = attach(program, hook);
    if (attached) break;
  }
  return attached;
}

Status Session::attach_set(const std::vector<Wanted>& set, std::vector<Error>* left_out) {
  size_t before = state_->attached.size();
  for (const Wanted& wanted : set) {
    auto attached = attach_first(wanted.program, wanted.hooks);
    if (attached) continue;
    if (!wanted.is_optional) {
      state_->attached.resize(before);
      return tl::unexpected(attached.error());
    }
    if (left_out) left_out->push_back(attached.error());
  }
  return {};
}

Status Session::attach_first_of(std::span<const std::vector<Wanted>> sets, std::vector<Error>* left_out) {
  Status attached = base::fail(ErrorKind::kInvalid, "no set of programs is given");
  for (const std::vector<Wanted>& set : sets) {
    attached = attach_set(set, left_out);
    if (attached) break;
  }
  return attached;
}

Status Session::attach_perf_event_raw(const perf_event_attr& attr, const std::string& program, int pid, int cpu,
                                      int group_fd, unsigned long flags) {
  if (attr.size < PERF_ATTR_SIZE_VER0 || attr.size > 4096) {
    return base::fail(ErrorKind::kInvalid, fmt::format("perf_event_attr::size is {}", attr.size),
                      "it is sizeof(struct perf_event_attr)");
  }
  PerfEvent event{.pid = pid, .cpu = cpu, .group_fd = group_fd, .flags = flags};
  event.attr.assign(reinterpret_cast<const char*>(&attr), attr.size);
  return attach_perf_event(event, program);
}

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
