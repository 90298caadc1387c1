// What libbpf says, kept for our errors instead of printed. libbpf's print function is global: each thread has its own
// capture.
#include "bpf/load/libbpf_log.h"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <string_view>

#include "bpf/load/deferred_load.h"

namespace sonde::bpf {
namespace {

thread_local Capture* current_capture = nullptr;

}  // namespace

void capture_line(std::string_view line) {
  if (!current_capture) return;
  constexpr std::string_view kPrefix = "libbpf: ";
  if (line.starts_with(kPrefix)) line.remove_prefix(kPrefix.size());
  current_capture->text_.append(line);
}

namespace {

int print(enum libbpf_print_level level, const char* format, va_list arguments) {
  if (level != LIBBPF_WARN || !current_capture) return 0;
  char line[1024];
  int length = std::vsnprintf(line, sizeof line, format, arguments);
  if (length > 0) capture_line(std::string_view(line, std::min<size_t>(static_cast<size_t>(length), sizeof line - 1)));
  return length;
}

}  // namespace

Capture::Capture() : outer_(current_capture) { current_capture = this; }
Capture::~Capture() { current_capture = outer_; }

std::string Capture::cause() const { return text_.substr(0, text_.find('\n')); }

void prepare_libbpf() {
  static const bool done = [] {
    libbpf_set_print(print);
    return register_deferred_sections();
  }();
  (void)done;
}

}  // namespace sonde::bpf
