// The programs that come with this library: where they are, and which ones they are.
#include "base/helper_program.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/file.h"

namespace sonde::base {

namespace {

Result<Executable> open_executable(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.valid()) return fail_errno(errno, path);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return fail_errno(errno, path);
  if (!S_ISREG(info.st_mode) || !(info.st_mode & 0111)) return fail_errno(EACCES, path);
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
// VENV/lib/python3.11/site-packages/bcc/_core.so and /usr/bin/sonde all have theirs within four steps.
std::optional<Executable> near(const std::string& file, const std::string& name) {
  std::string directory = parent_of(file);
  if (directory.empty()) return std::nullopt;
  if (auto found = try_open(directory + "/" + name)) return found;
  for (int step = 0; step < 5 && !directory.empty(); ++step, directory = parent_of(directory)) {
    if (auto found = try_open(directory + "/bin/" + name)) return found;
    if (auto found = try_open(directory + "/libexec/sonde/" + name)) return found;
  }
  return std::nullopt;
}

std::string absolute(const char* path) {
  char resolved[PATH_MAX];
  return ::realpath(path, resolved) ? resolved : "";
}

std::string this_module() {
  Dl_info info{};
  bool known = ::dladdr(reinterpret_cast<void*>(&find_helper_program), &info) != 0 && info.dli_fname;
  return known && std::string_view(info.dli_fname).find('/') != std::string_view::npos ? absolute(info.dli_fname) : "";
}

std::optional<Executable> in_path(const std::string& name) {
  const char* variable = ::secure_getenv("PATH");
  std::string_view left = variable ? variable : "";
  while (!left.empty()) {
    std::string_view directory = left.substr(0, left.find(':'));
    left.remove_prefix(std::min(left.size(), directory.size() + 1));
    if (!directory.starts_with('/')) continue;  // it is not taken from where the caller happens to be
    if (auto found = try_open(std::string(directory) + "/" + name)) return found;
  }
  return std::nullopt;
}

Result<Executable> open_given(const HelperProgram& wanted, const char* path) {
  Result<Executable> found = open_executable(path);
  if (found) return found;
  Error error =
      in_context(fmt::format("{} that {} names cannot be run", wanted.role, wanted.variable), std::move(found).error());
  error.hint = fmt::format("correct {}, or unset it", wanted.variable);
  return tl::unexpected(std::move(error));
}

}  // namespace

Result<Executable> find_helper_program(const HelperProgram& wanted) {
  if (const char* given = ::secure_getenv(wanted.variable); given && *given) return open_given(wanted, given);
  static const std::string module = this_module();
  static const std::string program = absolute("/proc/self/exe");
  if (auto found = near(module, wanted.name)) return std::move(*found);
  if (auto found = near(program, wanted.name)) return std::move(*found);
  if (auto found = in_path(wanted.name)) return std::move(*found);
  std::string places = module.empty() || module == program ? program : fmt::format("{}, {}", module, program);
  return fail(ErrorKind::kNotFound,
              fmt::format("{} {} was found neither near {} nor in PATH", wanted.role, wanted.name, places),
              wanted.hint);
}

}  // namespace sonde::base
