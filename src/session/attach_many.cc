// Session: one program to many kernel functions, and off some of them again.
#include <algorithm>

#include "bpf/hook_kprobe_event.h"
#include "session/session_state.h"

namespace sonde {

Result<std::vector<std::string>> Session::State::attach_to_all(bpf::HookRequest wanted, const std::vector<std::string>& functions,
                                                               const std::string& program_name) {
  bpf::KernelTraits traits = bpf::kernel_traits();
  if (functions.size() > 1 && traits.has_kprobe_multi && traits.forced.empty() && wanted.maxactive == 0) {
    bpf::HookRequest all = wanted;
    std::copy_if(functions.begin(), functions.end(), std::back_inserter(all.functions), bpf::is_one_function);
    all.target = fmt::format("{} functions", all.functions.size());
    if (!all.functions.empty() && attach(program_name, all)) return all.functions;
  }
  std::vector<std::string> good;
  Status last;
  for (const std::string& function : functions) {
    wanted.target = function;
    Status status = attach(program_name, wanted);
    if (status) good.push_back(function);
    else last = std::move(status);
  }
  if (good.empty() && !last) return tl::unexpected(last.error());
  return good;
}

Result<bool> Session::State::detach_function(const std::string& kind, const std::string& function,
                                             const std::string& program_name) {
  for (size_t i = attached.size(); i-- > 0;) {
    Attached& each = attached[i];
    if (each.wanted.kind != kind || (!program_name.empty() && each.record.program != program_name)) continue;
    bpf::HookRequest remaining = each.wanted;
    if (std::erase(remaining.functions, function) == 0) continue;
    std::string name = each.record.program;
    attached.erase(attached.begin() + static_cast<ptrdiff_t>(i));
    remaining.target = fmt::format("{} functions", remaining.functions.size());
    if (!remaining.functions.empty()) RETURN_IF_ERROR(attach(name, remaining));
    return true;
  }
  return false;
}

}  // namespace sonde
