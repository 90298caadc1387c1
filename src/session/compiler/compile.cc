// C text in, an object out: from the cache, or made by a compiler child and put there.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "base/file.h"
#include "kernel/cpus.h"
#include "kernel/features.h"
#include "kernel/release.h"
#include "session/cache/cache.h"
#include "session/compiler/compiler_child.h"
#include "session/compiler/compiler_path.h"
#include "session/compiler/include_files.h"
#include "session/compiler/usdt_request.h"
#include "session/state/object_state.h"
#include "spec/wire.h"

namespace sonde {

namespace {

using namespace session;

constexpr size_t kMaxSource = 16u << 20;
constexpr std::chrono::milliseconds kTimeout{30'000};
constexpr double kMaxSeconds = 1e6;
constexpr const char* kTimeoutVariable = "SONDE_COMPILE_TIMEOUT";
constexpr const char* kRunningBtf = "/sys/kernel/btf/vmlinux";

Status check_source(std::string_view source, const std::string& name) {
  if (source.size() > kMaxSource) {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("{} has {} bytes; a program may have {}", name, source.size(), kMaxSource));
  }
  size_t nul = source.find('\0');
  if (nul == std::string_view::npos) return {};
  auto line = std::count(source.begin(), source.begin() + static_cast<long>(nul), '\n') + 1;
  return base::fail(ErrorKind::kInvalid, fmt::format("{}:{}: a zero byte: this is not C text", name, line),
                    "an object file made by `sonde cc` is opened, not compiled");
}

Status check_flags(const CompileOptions& options) {
  for (const std::string& flag : options.cflags) {
    if (flag.find('\0') != std::string::npos)
      return base::fail(ErrorKind::kInvalid, "a compiler flag has a zero byte in it");
  }
  return {};
}

// What the caller says, else the user's environment.
Result<std::chrono::milliseconds> time_limit(const CompileOptions& options) {
  if (options.timeout) return *options.timeout;
  const char* text = std::getenv(kTimeoutVariable);
  if (!text || !*text) return kTimeout;
  char* end = nullptr;
  double seconds = std::strtod(text, &end);
  if (*end == '\0' && seconds >= 0 && seconds <= kMaxSeconds)
    return std::chrono::milliseconds(std::llround(std::ceil(seconds * 1000)));
  return base::fail(ErrorKind::kInvalid, fmt::format("{}: '{}' is no number of seconds", kTimeoutVariable, text),
                    fmt::format("from 0 (no limit) to {:.0f}, for instance {}=120", kMaxSeconds, kTimeoutVariable));
}

std::string current_directory() {
  char path[PATH_MAX];
  return ::getcwd(path, sizeof path) && path[0] == '/' ? path : "/";
}

// The directory of the program's file, when there is such a file: #include "…" finds what lies beside it.
std::optional<std::string> directory_of(const std::string& file_name, const std::string& here) {
  std::string path = absolute_path(file_name, here);
  size_t slash = path.rfind('/');
  struct stat info{};
  if (slash == std::string::npos || slash == 0 || ::stat(path.c_str(), &info) != 0) return std::nullopt;
  return path.substr(0, slash);
}

// Where a program may have to run at another hook than it asks for: without kprobes, or because it is told to; and
// where it may run faster at one.
void set_variants(spec::Request& request) {
  const char* told = std::getenv("SONDE_ATTACH");
  std::string_view forced = told ? told : "";
  bool is_forced = !forced.empty() && forced != "kprobe";
  request.with_variants = is_forced || (forced.empty() && !kernel::has_feature("kprobe"));
  request.with_trampolines = forced == "fentry" || (forced.empty() && kernel::has_feature("fentry"));
}

// All but the source, which may be long.
spec::Request make_request(const CompileOptions& options) {
  spec::Request request;
  request.file_name = options.file_name;
  request.directory = current_directory();
  request.cflags = options.cflags;
  make_absolute(request.cflags, request.directory);
  if (std::optional<std::string> beside = directory_of(options.file_name, request.directory)) {
    request.cflags.insert(request.cflags.begin(), {"-iquote", *beside});
  }
  request.debug = options.debug;
  request.portable = options.portable;
  set_variants(request);
  if (options.btf_path != kRunningBtf) request.btf_path = absolute_path(options.btf_path, request.directory);
  request.release = kernel::running_release();
  Result<std::vector<int>> online = kernel::online_cpus();
  request.online_cpus = online && !online->empty() ? static_cast<uint32_t>(online->size()) : 1;
  return request;
}

// What bpf_usdt_readarg() of the enabled probes' programs is made of.
Status add_enabled_probes(const std::vector<Usdt>& list, spec::Request& request) {
  std::vector<const usdt::Context*> contexts;
  for (const Usdt& each : list) contexts.push_back(&each.context());
  return add_usdt(contexts, request);
}

// The kernel's build id and its like: a kernel built again under the same release has another.
const std::string& kernel_notes() {
  static const std::string notes = base::read_file("/sys/kernel/notes", 1u << 20).value_or("");
  return notes;
}

std::string file_identity(const std::string& path) {
  struct stat info{};
  return !path.empty() && ::stat(path.c_str(), &info) == 0 ? base::identity_of(info) : "";
}

// `request` is as the compiler will get it, but for the source.
Digest key_of(const spec::Request& request, std::string_view source, const base::Executable& compiler) {
  Sha256 hash;
  hash.add_field(spec::to_json(request));
  hash.add_field(source);
  hash.add_field(compiler.identity);
  hash.add_field(file_identity(request.btf_path));
  for (const std::string& setting : compiler_environment()) hash.add_field(setting);
  hash.add_field(kernel_notes());
  return hash.finish();
}

Result<Cache> open_cache() {
  std::string directory = cache_directory();
  if (directory.empty()) return base::fail(ErrorKind::kNotFound, "there is no directory for the cache");
  return Cache::open(directory);
}

struct Made {
  std::string object;
  std::string diagnostics;
};

// The place in the cache of what one request makes with one compiler.
class Kept {
 public:
  Kept(bool wanted, const spec::Request& request, std::string_view source, const base::Executable& compiler) {
    if (!wanted) return;
    cache_ = open_cache();
    if (usable()) key_ = key_of(request, source, compiler);
  }

  std::optional<Made> find() const {
    std::optional<CacheEntry> entry;
    if (usable()) entry = (*cache_)->find(key_);
    if (!entry) return std::nullopt;
    return Made{std::move(entry->object), std::move(entry->diagnostics)};
  }

  // Keeps what may be kept, and hands it on. What goes wrong with the cache is only told to who debugs.
  Made store(Compilation compiled, bool debug) {
    CacheEntry entry{std::move(compiled.object), std::move(compiled.diagnostics), compiled.dependencies.list()};
    Status stored;
    if (cache_ && !*cache_) stored = tl::unexpected(cache_->error());
    if (usable() && compiled.dependencies.settled()) stored = (*cache_)->store(key_, entry);
    if (!stored && debug) entry.diagnostics += fmt::format("sonde: warning: not cached: {}\n", stored.error().what);
    return {std::move(entry.object), std::move(entry.diagnostics)};
  }

 private:
  bool usable() const { return cache_ && *cache_; }
  std::optional<Result<Cache>> cache_;  // nothing: not wanted
  Digest key_{};
};

}  // namespace

Result<Object> compile(std::string_view source, const CompileOptions& options) {
  RETURN_IF_ERROR(check_source(source, options.file_name));
  RETURN_IF_ERROR(check_flags(options));
  ASSIGN_OR_RETURN(std::chrono::milliseconds timeout, time_limit(options));
  ASSIGN_OR_RETURN(base::Executable compiler, find_compiler());
  spec::Request request = make_request(options);
  if (!options.usdt.empty()) RETURN_IF_ERROR(add_enabled_probes(options.usdt, request));
  auto to_object = [](Made made, bool from_cache) -> Result<Object> {
    ASSIGN_OR_RETURN(spec::Spec spec, read_spec(made.object, "the compiled object"));
    Object object;
    object.state_ = std::make_shared<const Object::State>(
        Object::State{std::move(made.object), std::move(spec), std::move(made.diagnostics), from_cache});
    return object;
  };
  Kept kept(options.use_cache, request, source, compiler);
  if (std::optional<Made> found = kept.find()) {
    if (Result<Object> object = to_object(std::move(*found), true)) return object;
  }
  request.source = source;
  ASSIGN_OR_RETURN(Compilation compiled, run_compiler(compiler, request, {timeout, options.interrupted}));
  return to_object(kept.store(std::move(compiled), options.debug != 0), false);
}

}  // namespace sonde
