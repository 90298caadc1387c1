// Where sonde-cc is, and which one it is.
#include "session/compiler_path.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string_view>

#include "session/dependency.h"

namespace sonde::session {

namespace {

constexpr const char* kName = "sonde-cc";
constexpr const char* kHint = "SONDE_CC=/path/to/sonde-cc says where it is; objects made by `sonde cc` need no compiler";

Result<Executable> open_executable(const std::string& path) {
  base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.valid()) return base::fail_errno(errno, path);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return base::fail_errno(errno, path);
  if (!S_ISREG(info.st_mode) || !(info.st_mode & 0111)) return base::fail_errno(EACCES, path);
  return Executable{path, std::move(fd), identity_of(info)};
}

std::optional<Executable> try_open(const std::string& path) {
  Result<Executable> found = open_executable(path);
  if (!found) return std::nullopt;
  return std::move(*found);
}

std::string parent_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// Beside the file, and in bin/ and libexec/sonde/ of the directories above it: build/lib/libsonde.so,
// /usr/lib/python3/dist-packages/bcc/core.so and /usr/bin/sonde all have theirs within four steps.
std::optional<Executable> near(const std::string& file) {
  std::string directory = parent_of(file);
  if (directory.empty()) return std::nullopt;
  if (auto found = try_open(directory + "/" + kName)) return found;
  for (int step = 0; step < 5 && !directory.empty(); ++step, directory = parent_of(directory)) {
    if (auto found = try_open(directory + "/bin/" + kName)) return found;
    if (auto found = try_open(directory + "/libexec/sonde/" + kName)) return found;
  }
  return std::nullopt;
}

std::string absolute(const char* path) {
  char resolved[PATH_MAX];
  return ::realpath(path, resolved) ? resolved : "";
}

std::string this_module() {
  Dl_info info{};
  bool known = ::dladdr(reinterpret_cast<void*>(&find_compiler), &info) != 0 && info.dli_fname;
  return known && std::string_view(info.dli_fname).find('/') != std::string_view::npos ? absolute(info.dli_fname) : "";
}

std::optional<Executable> in_path() {
  const char* variable = ::secure_getenv("PATH");
  std::string_view left = variable ? variable : "";
  while (!left.empty()) {
    std::string_view directory = left.substr(0, left.find(':'));
    left.remove_prefix(std::min(left.size(), directory.size() + 1));
    if (!directory.starts_with('/')) continue;  // the compiler is not taken from where the caller happens to be
    if (auto found = try_open(std::string(directory) + "/" + kName)) return found;
  }
  return std::nullopt;
}

}  // namespace

Result<Executable> find_compiler() {
  if (const char* given = ::secure_getenv("SONDE_CC"); given && *given) {
    Result<Executable> found = open_executable(given);
    if (found) return found;
    Error error = base::in_context("the compiler that SONDE_CC names cannot be run", std::move(found).error());
    error.hint = "correct SONDE_CC, or unset it";
    return tl::unexpected(std::move(error));
  }
  static const std::string module = this_module();
  static const std::string program = absolute("/proc/self/exe");
  if (auto found = near(module)) return std::move(*found);
  if (auto found = near(program)) return std::move(*found);
  if (auto found = in_path()) return std::move(*found);
  std::string places = module.empty() || module == program ? program : fmt::format("{}, {}", module, program);
  return base::fail(ErrorKind::kNotFound, fmt::format("the compiler {} was found neither near {} nor in PATH", kName, places), kHint);
}

}  // namespace sonde::session
