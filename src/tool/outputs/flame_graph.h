// Stacks with weights as a flame graph: one SVG file with nothing outside of it, in which a browser can zoom and
// search.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sonde::tool {

struct WeightedStack {
  std::vector<std::string>
      frames;  // outermost first; of those deeper than 512 the innermost are left out, a run of [unknown] is one
  uint64_t weight = 0;
};

struct FlameGraphLabels {
  std::string title;
  std::string unit = "samples";  // of the weights: "samples", "us", "bytes"
};

// Frames narrower than a tenth of a pixel are not drawn; their weight still counts in what is below them. A name that
// ends in "_[k]" is a frame of the kernel and has the kernel's colour.
std::string flame_graph(std::span<const WeightedStack> stacks, const FlameGraphLabels& labels);

}  // namespace sonde::tool
