// perf events that a script opens by itself: counters for tables, and events given as a whole perf_event_attr.
#pragma once

#include <linux/perf_event.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <vector>

namespace sonde::python {

// A struct perf_event_attr of any size, with its field `size` right.
class AnyAttr {
 public:
  // From a buffer that begins like the struct; its `size` field is believed up to the buffer's length.
  explicit AnyAttr(const pybind11::buffer& buffer);
  const perf_event_attr& get() const { return *reinterpret_cast<const perf_event_attr*>(words_.data()); }

 private:
  std::vector<uint64_t> words_;  // never less than sizeof(perf_event_attr)
};

void define_perf_event(pybind11::module_& module);

}  // namespace sonde::python
