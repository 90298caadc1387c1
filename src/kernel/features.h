// What this kernel can do: one table of {name, since, probe}.
#pragma once

#include <cstdint>
#include <string_view>
#include <span>

namespace sonde::kernel {

struct Feature {
  std::string_view name;
  std::string_view since;  // the first kernel that has it, for messages
  bool (*probe)();         // asks the running kernel; not remembered here
};

std::span<const Feature> features();

// Asks the kernel once per process and feature. An unknown name is false.
bool has_feature(std::string_view name);

// "ringbuf needs Linux 5.8; this is 5.4.0-1-amd64", for messages.
std::string_view feature_since(std::string_view name);

}  // namespace sonde::kernel
