#include "base/open_files.h"

#include <sys/resource.h>

#include <atomic>
#include <cerrno>

namespace sonde::base {
namespace {

std::atomic<rlim_t> g_before = 0;  // 0: not raised

}  // namespace

bool raise_open_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return false;
  rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  g_before = before;
  return true;
}

void restore_open_file_limit() {
  rlimit limit{};
  if (g_before == 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = g_before;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string hint_of(const Error& error) {
  if (!error.hint.empty()) return error.hint;
  if (error.code == EMFILE)
    return "this process has as many files open as it may: ulimit -n raises the limit, and root may raise the hard one";
  if (error.code == ENFILE)
    return "the whole system has as many files open as it may: sysctl fs.file-max raises the limit";
  return {};
}

}  // namespace sonde::base
