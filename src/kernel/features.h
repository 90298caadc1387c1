// What this kernel can do: one table of {name, since, probe}.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sonde::kernel {

struct Presence {
  enum class State {
    kAbsent,
    kPresent,
    kRefused,  // the kernel has it, and does not let it be used, whatever the user's rights
    kUnknown,  // this process may not ask, or a file system that would tell is not mounted
  };
  State state = State::kAbsent;
  std::string_view why = {};  // kRefused, kUnknown: how it is known, or what hides it
};

struct Feature {
  std::string_view name;
  std::string_view since;  // the first kernel that has it, for messages
  Presence (*probe)();     // asks the running kernel; not remembered here
  bool assumed = false;    // where it is unknown: it is tried, and what then fails says why
};

std::span<const Feature> features();

// Asks the kernel once per process and feature. An unknown name is absent.
Presence feature_presence(std::string_view name);

// Whether to use it.
bool has_feature(std::string_view name);

// It is certain that this kernel does not have it.
bool lacks_feature(std::string_view name);

// "ringbuf needs Linux 5.8; this is 5.4.0-1-amd64", for messages.
std::string_view feature_since(std::string_view name);

}  // namespace sonde::kernel
