// What views read: the maps and buffers of a running program, or of a recording.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "spec/spec.h"

namespace sonde::tool {

// A map's contents at one moment.
struct Elements {
  std::string keys, values;  // one after the other
  size_t count = 0;
  size_t key_size = 0, value_size = 0;
  size_t value_stride = 0;  // of a map for each CPU: more than one value

  std::string_view key(size_t i) const { return std::string_view(keys).substr(i * key_size, key_size); }
  std::string_view value(size_t i) const { return std::string_view(values).substr(i * value_stride, value_size); }
  std::string_view all_values(size_t i) const {
    return std::string_view(values).substr(i * value_stride, value_stride);
  }
  // One for each CPU where each has its own, else one.
  std::vector<std::string_view> values_of_cpus(size_t i) const;
};

class DataSource {
 public:
  virtual ~DataSource() = default;
  virtual const spec::Spec& spec() const = 0;
  // As the program declares it; kNotFound.
  Result<const spec::Map*> map(std::string_view name) const;

  virtual Result<Elements> elements(const std::string& map) = 0;
  virtual Result<Elements> take_elements(const std::string& map) = 0;  // and removes them
  // The value of `key`, of all CPUs where each has its own; kNotFound.
  virtual Result<std::string> lookup(const std::string& map, std::string_view key) = 0;
  // Calls `on_event` for each event of a ring buffer or perf buffer from now on.
  virtual Status open_buffer(const std::string& map, std::function<void(std::string_view)> on_event) = 0;
  // Calls `on_line` for each line that programs write with bpf_trace_printk() from now on; a source may have none.
  virtual Status open_trace_lines(std::function<void(std::string_view)> on_line) { return (void)on_line, Status{}; }
  // Of a buffer: events; of a stack map: stacks; of others: entries that found no room.
  virtual uint64_t lost(const std::string& map) = 0;
  // What there is to say of stacks that a map lost, in a line; empty: nothing more than their number.
  virtual std::string lost_text(const std::string& map) { return (void)map, ""; }
};

// The sum over all CPUs of a counter of 8 bytes in the first element; 0: there is no such map.
uint64_t sum_of_cpus(DataSource& source, const std::string& map);

}  // namespace sonde::tool
