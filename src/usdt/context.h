// The USDT probes of a file or of a process, and which of them were enabled for which programs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "symbols/binary.h"
#include "usdt/probe.h"

namespace sonde::usdt {

struct BinaryProbes {
  symbols::Binary binary;
  std::vector<Probe> probes;
  std::vector<std::string> complaints;
};

struct Enabled {
  size_t binary = 0;  // of Context::binaries
  size_t probe = 0;   // of its probes
  std::string program;
};

struct Context {
  int pid = -1;
  std::vector<BinaryProbes> binaries;
  std::vector<Enabled> enabled;
};

}  // namespace sonde::usdt
