// Session: programs off their hooks again, also off some of many functions or places.
#include <signal.h>

#include <algorithm>
#include <cerrno>

#include "bpf/hooks/candidates.h"
#include "kernel/syscalls.h"
#include "session/attach/hook_target.h"
#include "session/state/session_state.h"

namespace sonde {
namespace {

bool has_ended(int pid) { return pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH; }

bool is_one_of(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

Status Session::detach(const Hook& hook, const std::string& program) {
  Hook settled = hook;
  if (hook.kind != HookKind::kNone && hook.target.empty() && hook.as<KernelFunction>().names.empty()) {
    auto found = state_->settle({}, hook);
    if (found) settled = std::move(*found);
  }
  if (state_->detach_whole(settled, program)) return {};
  ASSIGN_OR_RETURN(bool done, state_->detach_named(settled, program));
  if (done || state_->detach_usdt_section(settled, program)) return {};
  return base::fail(ErrorKind::kNotFound,
                    fmt::format("{}: nothing of this session is attached there", settled.phrase()));
}

bool Session::State::detach_whole(const Hook& hook, const std::string& program_name) {
  std::string fixed = bpf::is_kprobe(hook) ? kernel::fix_syscall_function(hook.target) : hook.target;
  bool of_program = hook.kind == HookKind::kNone && !program_name.empty();
  const auto& names = hook.as<KernelFunction>().names;
  auto is_there = [&](const Attached& each) {
    if (of_program) return true;
    if (each.wanted.kind != hook.kind) return false;
    if (!names.empty()) return names == each.wanted.as<KernelFunction>().names;
    return each.wanted.target == hook.target || each.wanted.target == fixed;
  };
  return std::erase_if(attached, [&](const Attached& each) {
           return is_there(each) && (program_name.empty() || each.record.program == program_name);
         }) > 0;
}

// One function or place of an attachment to many; or many functions that were attached one by one.
Result<bool> Session::State::detach_named(const Hook& hook, const std::string& program_name) {
  bool any = false;
  Hook one = hook;
  std::vector<std::string> names = std::move(one.edit<KernelFunction>().names);
  one.edit<KernelFunction>().names.clear();
  for (const std::string& name : names) {
    one.target = name;
    ASSIGN_OR_RETURN(bool was_there, detach_function(one, program_name));
    any = detach_whole(one, program_name) || was_there || any;
  }
  if (any) return true;
  ASSIGN_OR_RETURN(bool was_function, detach_function(hook, program_name));
  return was_function ? Result<bool>(true) : detach_place(hook, program_name);
}

Result<bool> Session::State::detach_function(const Hook& hook, const std::string& program_name) {
  std::string function = bpf::is_kprobe(hook) ? kernel::fix_syscall_function(hook.target) : hook.target;
  for (size_t i = attached.size(); i-- > 0;) {
    Attached& each = attached[i];
    if (each.wanted.kind != hook.kind || (!program_name.empty() && each.record.program != program_name)) continue;
    if (!is_one_of(each.wanted.as<KernelFunction>().names, function)) continue;
    Hook remaining = each.wanted;
    auto& names = remaining.edit<KernelFunction>().names;
    std::erase(names, function);
    std::string name = each.record.program;
    attached.erase(attached.begin() + static_cast<ptrdiff_t>(i));
    remaining.target = fmt::format("{} functions", names.size());
    if (!names.empty()) RETURN_IF_ERROR(attach(name, remaining));
    return true;
  }
  return false;
}

Result<bool> Session::State::detach_place(const Hook& hook, const std::string& program_name) {
  for (size_t i = attached.size(); i-- > 0;) {
    Attached& each = attached[i];
    if (each.wanted.kind != hook.kind || (!program_name.empty() && each.record.program != program_name)) continue;
    if (!std::holds_alternative<UserProbe>(each.wanted.place)) continue;
    Hook remaining = each.wanted;
    auto& probe = remaining.edit<UserProbe>();
    auto is_target = [&](const UserProbe::Place& place) {
      return session::place_target(probe.path, place.offset, probe.pid) == hook.target;
    };
    if (std::erase_if(probe.places, is_target) == 0) continue;
    Attachment record = each.record;
    HookKind chosen = each.chosen;
    attached.erase(attached.begin() + static_cast<ptrdiff_t>(i));
    if (probe.places.empty()) return true;
    auto again = attach(record.program, remaining);
    if (!again && !has_ended(probe.pid)) return tl::unexpected(again.error());
    // Of a process that has ended there is nothing to attach to; its other places are to be detached all the same.
    if (!again) attached.push_back({std::move(remaining), chosen, std::move(record), bpf::Link()});
    return true;
  }
  return false;
}

void Session::detach_all() { state_->attached.clear(); }

}  // namespace sonde
