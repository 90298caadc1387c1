// The kernel's tracing file system: found where it is mounted, or mounted for this process alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::kernel {

struct FormatField {
  std::string name;
  std::string type;  // all that stands before the name: "const char *", "unsigned long", "__data_loc char[]"
  uint32_t offset = 0;
  uint32_t size = 0;
  bool is_signed = false;
  std::string declaration;  // both, as the kernel spells them: "const char * filename", "char comm[16]"
};

// The text of a tracepoint's `format` file, taken apart.
struct EventFormat {
  std::string name;
  uint32_t id = 0;
  std::vector<FormatField> fields;
};
Result<EventFormat> parse_format(std::string_view text);

class Tracefs {
 public:
  // The process's one Tracefs, opened at first use. When nothing is mounted it is a detached mount that only this
  // process sees and that goes with it: the machine's mounts are not changed.
  static Result<const Tracefs*> open();

  Result<std::string> read(const std::string& path) const;  // relative to the root of tracefs
  Status append(const std::string& path, std::string_view line) const;
  Result<base::Fd> open_file(const std::string& path, int flags) const;
  bool exists(const std::string& path) const;
  Result<std::vector<std::string>> list(const std::string& path) const;  // names in a directory, sorted

  // `category_and_event` is "sched:sched_switch". An unknown one is kNotFound and names the nearest one.
  Result<std::string> format_text(std::string_view category_and_event) const;
  Result<uint32_t> event_id(std::string_view category_and_event) const;
  std::string nearest_event(std::string_view category_and_event) const;

 private:
  explicit Tracefs(base::Fd root) : root_(std::move(root)) {}
  static Result<Tracefs> find_or_mount();
  base::Fd root_;
};

}  // namespace sonde::kernel
