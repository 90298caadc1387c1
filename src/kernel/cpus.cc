#include "kernel/cpus.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "base/file.h"

namespace sonde::kernel {
namespace {

constexpr int kMaxCpu = 1 << 16;

Result<int> parse_cpu(std::string_view& text) {
  int cpu = 0;
  auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), cpu);
  if (error != std::errc() || cpu < 0 || cpu >= kMaxCpu) {
    return base::fail(ErrorKind::kInvalid, fmt::format("not a list of processors: \"{}\"", text));
  }
  text.remove_prefix(static_cast<size_t>(next - text.data()));
  return cpu;
}

unsigned count_possible() {
  auto text = base::read_file("/sys/devices/system/cpu/possible");
  auto cpus = text ? parse_cpu_list(*text) : std::vector<int>();
  if (cpus && !cpus->empty()) return static_cast<unsigned>(*std::max_element(cpus->begin(), cpus->end())) + 1;
  long configured = ::sysconf(_SC_NPROCESSORS_CONF);
  return configured > 0 ? static_cast<unsigned>(configured) : 1;
}

}  // namespace

Result<std::vector<int>> parse_cpu_list(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::vector<int> cpus;
  while (!text.empty()) {
    ASSIGN_OR_RETURN(int first, parse_cpu(text));
    int last = first;
    if (text.starts_with('-')) {
      text.remove_prefix(1);
      ASSIGN_OR_RETURN(last, parse_cpu(text));
    }
    for (int cpu = first; cpu <= last; cpu++) cpus.push_back(cpu);
    if (text.starts_with(',')) {
      text.remove_prefix(1);
    } else if (!text.empty()) {
      return base::fail(ErrorKind::kInvalid, fmt::format("not a list of processors: \"{}\"", text));
    }
  }
  return cpus;
}

Result<std::vector<int>> online_cpus() {
  ASSIGN_OR_RETURN(std::string text, base::read_file("/sys/devices/system/cpu/online"));
  ASSIGN_OR_RETURN(std::vector<int> cpus, parse_cpu_list(text));
  if (cpus.empty()) return base::fail(ErrorKind::kFailed, "the kernel names no online processor");
  return cpus;
}

unsigned possible_cpus() {
  static const unsigned count = count_possible();
  return count;
}

}  // namespace sonde::kernel
