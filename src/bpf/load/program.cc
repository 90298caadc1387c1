#include "bpf/load/program.h"

#include <bpf/bpf.h>

#include <cerrno>

#include "bpf/load/libbpf_log.h"
#include "bpf/load/verifier_log.h"
#include "bpf/system/permission.h"
#include "spec/hook_kinds.h"

namespace sonde::bpf {
namespace {

constexpr size_t kFirstLogSize = 1u << 20;
constexpr size_t kMaxLogSize = 256u << 20;

class Loader {
 public:
  Loader(const LoadedObject& image, const Code& code, const std::string& name, const ProgramType& type)
      : code_(code), name_(kernel_name(name)), license_(image.license()), type_(type) {}

  // errno on failure; with a level, `log` receives what the verifier said.
  int load(unsigned log_level, std::string* log, base::Fd& fd) {
    int result = attempt(log_level, log, fd);
    // ENOSPC: the log did not fit, which hides the real answer.
    while (result == ENOSPC && log && log->size() < kMaxLogSize) {
      log->assign(log->size() * 4, '\0');
      result = attempt(log_level, log, fd);
    }
    return result;
  }

 private:
  int attempt(unsigned log_level, std::string* log, base::Fd& fd) {
    LIBBPF_OPTS(bpf_prog_load_opts, opts);
    if (type_.expected_attach_type >= 0)
      opts.expected_attach_type = static_cast<bpf_attach_type>(type_.expected_attach_type);
    opts.attach_btf_id = type_.btf_id;
    if (type_.btf_fd >= 0) opts.attach_btf_obj_fd = static_cast<uint32_t>(type_.btf_fd);
    opts.kern_version = code_.kernel_version;
    opts.prog_btf_fd = static_cast<uint32_t>(code_.btf_fd);
    opts.func_info = code_.func_info.data();
    opts.func_info_cnt = code_.func_info_count;
    opts.func_info_rec_size = code_.func_info_size;
    opts.line_info = code_.line_info.data();
    opts.line_info_cnt = code_.line_info_count;
    opts.line_info_rec_size = code_.line_info_size;
    opts.log_level = log_level;
    opts.log_buf = log ? log->data() : nullptr;
    opts.log_size = log ? static_cast<uint32_t>(log->size()) : 0;
    int loaded = bpf_prog_load(static_cast<bpf_prog_type>(type_.type), name_.c_str(), license_.c_str(),
                               code_.instructions.data(), code_.instructions.size(), &opts);
    if (loaded < 0) return -loaded;
    fd.reset(loaded);
    return 0;
  }

  const Code& code_;
  std::string name_;
  std::string license_;
  ProgramType type_;
};

tl::unexpected<Error> rejected(const LoadedObject& image, const Code& code, const std::string& name, int error,
                               const std::string& log) {
  bool silent = log.empty() || log[0] == '\0';
  if (silent && (error == EPERM || error == EACCES)) return fail_system(error, fmt::format("cannot load {}", name));
  if (silent && error == E2BIG) {
    return base::fail(
        ErrorKind::kVerifier,
        fmt::format("{} has {} instructions, more than this kernel allows", name, code.instructions.size()),
        "split the program, or bound its loops");
  }
  if (silent)
    return base::fail_errno(error, fmt::format("the kernel refused {} without saying why", name),
                            "this kernel may lack this kind of program");
  auto source_of = [&](uint32_t instruction) { return image.source_line(code, instruction); };
  return tl::unexpected(verifier_error(name, error, digest_verifier_log(log, source_of)));
}

void hand_out(const std::string& log, const VerifierOptions& options) {
  if (options.log_level > 0 && options.log) options.log(std::string_view(log).substr(0, log.find('\0')));
}

}  // namespace

std::string kernel_name(std::string_view name) {
  HookKind kind = spec::kind_of_function(name);
  name.remove_prefix(spec::function_prefix(kind).size());
  bool may_name_module = kind == HookKind::kFentry || kind == HookKind::kFexit;
  size_t module_end = may_name_module ? name.find("__") : name.npos;
  if (module_end != name.npos) name.remove_prefix(module_end + 2);
  return std::string(name.substr(0, 15));
}

Result<base::Fd> load_program(const LoadedObject& image, const Code& code, const std::string& name,
                              const ProgramType& type, const VerifierOptions& options) {
  prepare_libbpf();
  Capture capture;
  Loader loader(image, code, name, type);
  base::Fd fd;
  std::string log;
  if (options.log_level > 0) log.assign(kFirstLogSize, '\0');
  int error = loader.load(options.log_level, log.empty() ? nullptr : &log, fd);
  if (error != 0 && log.empty()) {
    log.assign(kFirstLogSize, '\0');
    error = loader.load(1, &log, fd);
  }
  hand_out(log, options);
  if (error != 0) return rejected(image, code, name, error, log);
  return fd;
}

}  // namespace sonde::bpf
