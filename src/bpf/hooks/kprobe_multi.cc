// kprobe_multi and kretprobe_multi: the entry or the return of many kernel functions in one link, which is there and
// gone in the time that a few kprobes take (Linux 5.18 with CONFIG_FPROBE).
#include <bpf/bpf.h>

#include <cerrno>

#include "bpf/hooks/hooks.h"
#include "bpf/system/permission.h"

namespace sonde::bpf {
namespace {

Result<Link> attach(int program, const Hook& request, bool on_return) {
  const auto& functions = request.as<KernelFunction>();
  auto fits = [&](const std::vector<uint64_t>& column) {
    return column.empty() || column.size() == functions.names.size();
  };
  if (!fits(functions.addresses) || !fits(functions.cookies))
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("{}: addresses and cookies are one for each name", request.label()));
  std::vector<const char*> names;
  for (const std::string& each : functions.names) names.push_back(each.c_str());
  LIBBPF_OPTS(bpf_link_create_opts, options);
  // The kernel looks each name up; several functions of one name are an error.
  if (functions.addresses.empty()) options.kprobe_multi.syms = names.data();
  else options.kprobe_multi.addrs = reinterpret_cast<const unsigned long*>(functions.addresses.data());
  if (!functions.cookies.empty())
    options.kprobe_multi.cookies = reinterpret_cast<const __u64*>(functions.cookies.data());
  options.kprobe_multi.cnt = static_cast<uint32_t>(names.size());
  options.kprobe_multi.flags = on_return ? BPF_F_KPROBE_MULTI_RETURN : 0;
  base::Fd link(bpf_link_create(program, 0, BPF_TRACE_KPROBE_MULTI, &options));
  if (!link.valid()) return fail_system(errno, request.label());
  return Link(std::move(link));
}

}  // namespace

Result<Link> attach_kprobe_multi(int program, const Hook& request) { return attach(program, request, false); }
Result<Link> attach_kretprobe_multi(int program, const Hook& request) { return attach(program, request, true); }

}  // namespace sonde::bpf
