#include "bpf/hooks/uprobe_failure.h"

#include <cerrno>

#include "base/file.h"
#include "bpf/system/permission.h"

namespace sonde::bpf {
namespace {

constexpr int kNotSupported = 524;  // the kernel's own ENOTSUPP, which it hands out

tl::unexpected<Error> too_many(const std::string& what, int code, size_t places) {
  return base::fail_errno(
      code, fmt::format("{}: too many probes ({} wanted here)", what, places),
      "each probe is an open descriptor before Linux 6.6: raise the limit with ulimit -n, or choose fewer functions");
}

}  // namespace

tl::unexpected<Error> uprobe_failed(int code, const UserProbe& wanted, const UserProbe::Place& place, int pid) {
  std::string what = fmt::format("{}:{:#x}", wanted.path, place.offset);
  switch (code) {
    case ENOENT: return base::fail_errno(ENOENT, wanted.path);
    case ESRCH: return base::fail(ErrorKind::kNotFound, fmt::format("no process {}", pid));
    case EMFILE:
    case ENFILE:
    case E2BIG: return too_many(what, code, wanted.places.size());
    case EIO:
      return base::fail(ErrorKind::kUnsupported,
                        fmt::format("{}: the file system that it lies on takes no uprobes", what),
                        "copy the file to a disk or a tmpfs, and run and probe the copy");
    case EOPNOTSUPP:
    case kNotSupported:
      return base::fail(ErrorKind::kInvalid,
                        fmt::format("{}: no instruction that the kernel can probe starts there", what));
    case EBADF:
    case EISDIR: return base::fail(ErrorKind::kInvalid, fmt::format("{}: not a regular file", wanted.path));
    case EINVAL:
      return base::fail_errno(code, what,
                              "no instruction starts at this offset, it lies outside of the file's code, or another "
                              "tracer has put a probe with another semaphore there");
    default: return fail_system(code, what);
  }
}

}  // namespace sonde::bpf
