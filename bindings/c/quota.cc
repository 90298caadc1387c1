#include "c/quota.h"

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace sonde::c {
namespace {

std::atomic<int64_t> opened{0};

}  // namespace

int64_t open_probes() { return opened; }

void add_open_probes(int64_t count) { opened += count; }

int64_t probe_limit() {
  const char* said = std::getenv("BCC_PROBE_LIMIT");
  std::string_view text = said ? said : "";
  int64_t limit = 0;
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return kDefaultProbeLimit;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  return error == std::errc::result_out_of_range ? INT64_MAX : limit;
}

Status check_probe_limit(int64_t count) {
  if (opened + count <= probe_limit()) return {};
  return base::fail(ErrorKind::kInvalid, "Number of open probes would exceed global quota");
}

}  // namespace sonde::c
