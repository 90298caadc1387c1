#include "tool/text/number.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/file.h"
#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

constexpr double kMostSeconds = 1e9;
constexpr const char* kListsThem = "ps -eL lists processes and threads by their numbers";

template <typename... Base>
bool read_whole(std::string_view text, auto& number, Base... base) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base...);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_magnitude(std::string_view digits, uint64_t& number) {
  if (!digits.starts_with("0x")) return read_whole(digits, number, 10);
  digits.remove_prefix(2);
  return read_whole(digits, number, 16);
}

// One line of /proc/ID/status; "": there is no such process or thread.
std::string status_line(uint32_t id, std::string_view name) {
  std::string status = "\n" + base::read_file(fmt::format("/proc/{}/status", id)).value_or("");
  size_t at = status.find(fmt::format("\n{}:", name));
  if (at == std::string::npos) return "";
  at = status.find_first_not_of(" \t", at + name.size() + 2);
  return status.substr(at, status.find('\n', at) - at);
}

// A number that may be too large for any process is looked for all the same: there is none.
Result<uint32_t> id_of(std::string_view text, const char* what, const char* without) {
  Result<uint64_t> number = number_in({1, UINT64_MAX}, text);
  if (!number) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{} is not the number of a {}", safe_text(text), what),
                      fmt::format("{}; {}", kListsThem, without));
  }
  if (*number <= UINT32_MAX && process_of_thread(static_cast<uint32_t>(*number))) return static_cast<uint32_t>(*number);
  return base::fail(ErrorKind::kNotFound, fmt::format("there is no {} {}", what, *number), kListsThem);
}

}  // namespace

Result<uint64_t> number_in(const Range& range, std::string_view text) {
  bool is_negative = text.starts_with('-');
  uint64_t magnitude = 0;
  auto outside = [&] {
    return base::fail(ErrorKind::kInvalid, fmt::format("{} is not a whole number between {} and {}", safe_text(text),
                                                       range.low, range.high));
  };
  if (!read_magnitude(is_negative ? text.substr(1) : text, magnitude)) return outside();
  if (!is_negative || magnitude == 0) {
    bool is_below = range.low > 0 && magnitude < static_cast<uint64_t>(range.low);
    return is_below || magnitude > range.high ? Result<uint64_t>(outside()) : magnitude;
  }
  uint64_t most = range.low < 0 ? ~static_cast<uint64_t>(range.low) + 1 : 0;
  return magnitude > most ? Result<uint64_t>(outside()) : ~magnitude + 1;
}

Result<double> seconds_of(std::string_view text) {
  double seconds = 0;
  // NaN is not above 0.
  if (read_whole(text, seconds) && seconds > 0 && seconds <= kMostSeconds) return seconds;
  return base::fail(ErrorKind::kInvalid, fmt::format("{} is not a number of seconds above 0 and up to {:.0f}",
                                                     safe_text(text), kMostSeconds));
}

uint32_t process_of_thread(uint32_t tid) {
  uint64_t process = 0;
  return read_whole(status_line(tid, "Tgid"), process, 10) ? static_cast<uint32_t>(process) : 0;
}

Result<uint32_t> process_of(std::string_view text) {
  ASSIGN_OR_RETURN(uint32_t id, id_of(text, "process", "without this option all processes are traced"));
  uint32_t process = process_of_thread(id);
  if (process == id) return id;
  return base::fail(
      ErrorKind::kInvalid,
      fmt::format("{} is a thread of process {} ({})", id, process, safe_text(status_line(process, "Name"))),
      fmt::format("give {} for the whole process; a tool that can trace single threads has an option for {}", process,
                  id));
}

Result<uint32_t> thread_of(std::string_view text) {
  return id_of(text, "thread", "without this option all threads are traced");
}

}  // namespace sonde::tool
