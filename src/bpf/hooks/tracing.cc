// fentry, fexit, fmod_ret, lsm, iter and tp_btf: hooks that the kernel's BTF names.
#include <bpf/bpf.h>

#include <cerrno>
#include <mutex>

#include "bpf/hooks/hooks.h"
#include "bpf/system/permission.h"
#include "kernel/btf.h"
#include "kernel/function_types.h"
#include "kernel/suggestion.h"
#include "kernel/syscalls.h"

namespace sonde::bpf {
namespace {

constexpr int kKernelNotSupported = 524;  // ENOTSUPP, which libc does not know

struct Function {
  std::string module;  // "vmlinux", or a module
  std::string name;
  uint32_t kind = BTF_KIND_FUNC;
};

// What stands before a hook's own name in BTF.
std::string_view btf_prefix(HookKind kind) {
  switch (kind) {
    case HookKind::kLsm: return "bpf_lsm_";
    case HookKind::kIter: return "bpf_iter_";
    case HookKind::kTpBtf: return "btf_trace_";
    default: return "";
  }
}

// "tcp_connect", "vmlinux:tcp_connect", "nf_tables:nft_do_chain"; LSM and iter hooks have a function of their own,
// tracepoints a typedef.
Function function_of(const Hook& request) {
  size_t colon = request.target.find(':');
  Function function{"vmlinux", request.target};
  function.kind = request.kind == HookKind::kTpBtf ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC;
  if (colon != std::string::npos) {
    function.module = request.target.substr(0, colon);
    function.name = request.target.substr(colon + 1);
  }
  function.name.insert(0, btf_prefix(request.kind));
  return function;
}

std::string nearest_function(const kernel::Btf& types, const Function& function) {
  kernel::Suggestion suggestion(function.name);
  for (uint32_t id = types.first_id(); id < types.end_id(); id++) {
    const btf_type* type = types.type(id);
    if (kernel::Btf::kind(type) == function.kind) suggestion.offer(types.name(type));
  }
  return suggestion.best();
}

// The kernel's own copy of a module's BTF.
Result<base::Fd> open_module_btf(const std::string& module) {
  uint32_t id = 0;
  while (bpf_btf_get_next_id(id, &id) == 0) {
    base::Fd fd(bpf_btf_get_fd_by_id(id));
    char name[64] = {};
    bpf_btf_info info{};
    info.name = reinterpret_cast<uint64_t>(name);
    info.name_len = sizeof name;
    uint32_t length = sizeof info;
    if (fd.valid() && bpf_obj_get_info_by_fd(fd.get(), &info, &length) == 0 && info.kernel_btf && module == name)
      return fd;
  }
  return base::fail(ErrorKind::kNotFound, fmt::format("no BTF for the module {} in the kernel", module),
                    "is the module loaded?");
}

tl::unexpected<Error> no_function(const Hook& request, const kernel::Btf& types, const Function& function) {
  std::string suggestion = nearest_function(types, function);
  std::string_view prefix = btf_prefix(request.kind);
  if (suggestion.starts_with(prefix)) suggestion.erase(0, prefix.size());
  return base::fail(ErrorKind::kNotFound, fmt::format("{}: not in the BTF of {}{}", request.phrase(), function.module,
                                                      kernel::suggestion_phrase(suggestion)));
}

tl::unexpected<Error> attach_failed(const Hook& request, int code) {
  std::string what = request.phrase();
  bool in_function =
      request.kind == HookKind::kFentry || request.kind == HookKind::kFexit || request.kind == HookKind::kFmodRet;
  if (in_function && (code == kKernelNotSupported || code == EOPNOTSUPP || code == ENODEV)) {
    return base::fail(
        ErrorKind::kUnsupported, fmt::format("{}: this kernel cannot attach there", what),
        "its functions do not open with a call to ftrace (CONFIG_FUNCTION_TRACER, CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)");
  }
  if (code == EBUSY)
    return base::fail_errno(code, what, "something else patches this function (livepatch, another tracer)");
  return fail_system(code, what);
}

}  // namespace

Result<std::shared_ptr<const kernel::Btf>> kernel_types() {
  static std::mutex mutex;
  static std::weak_ptr<const kernel::Btf> opened;
  std::lock_guard lock(mutex);
  if (auto types = opened.lock()) return types;
  auto types = kernel::Btf::open("/sys/kernel/btf/vmlinux");
  if (types) opened = *types;
  return types;
}

Status resolve_tracing(const Hook& request, ResolvedType& resolved) {
  Function function = function_of(request);
  if (function.module == "vmlinux" && function.kind == BTF_KIND_FUNC) {
    auto functions = kernel::FunctionTypes::running();
    auto found = functions ? (*functions)->find(function.name) : std::nullopt;
    // sys_openat: by whatever name this kernel has it.
    if (functions && !found) found = (*functions)->find(kernel::fix_syscall_function(function.name));
    resolved.type.btf_id = found ? found->id : 0;
    if (found) return {};
  }
  auto vmlinux = kernel_types();
  if (!vmlinux) return tl::unexpected(base::in_context(request.label(), vmlinux.error()));
  std::shared_ptr<const kernel::Btf> types = *vmlinux;
  if (function.module != "vmlinux") {
    auto module = kernel::Btf::open("/sys/kernel/btf/" + function.module, types);
    if (!module) return tl::unexpected(base::in_context(request.label(), module.error()));
    types = *module;
    ASSIGN_OR_RETURN(resolved.module_btf, open_module_btf(function.module));
    resolved.type.btf_fd = resolved.module_btf.get();
  }
  resolved.type.btf_id = types->find(function.kind, function.name);
  if (resolved.type.btf_id == 0) return no_function(request, *types, function);
  return {};
}

Result<Link> attach_tracing(int program, const Hook& request) {
  base::Fd link(bpf_raw_tracepoint_open(nullptr, program));
  if (!link.valid()) return attach_failed(request, errno);
  return Link(std::move(link));
}

Result<Link> attach_iter(int program, const Hook& request) {
  base::Fd link(bpf_link_create(program, 0, BPF_TRACE_ITER, nullptr));
  if (!link.valid()) return attach_failed(request, errno);
  return Link(std::move(link));
}

}  // namespace sonde::bpf
