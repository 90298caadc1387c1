// Regular expressions in Python's syntax, which is what BCC's -r takes, matched in time proportional to the name.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "probes/place.h"

namespace sonde::probes {

// An automaton without backtracking: no expression makes a match slow. Not supported, and said so: back references and
// looking around, which need backtracking.
class Regex {
 public:
  static Parsed<Regex> parse(const Slice& text);

  // The whole of `text`, as re.fullmatch().
  bool matches(std::string_view text) const;

  using Bytes = std::bitset<256>;
  struct Step {
    enum class Kind : uint8_t { kBytes, kFork, kJump, kStart, kEnd, kWordEdge, kNoWordEdge };
    Kind kind = Kind::kBytes;
    uint32_t bytes = 0;  // of kBytes: which set
    int32_t to = 0;      // of kFork and kJump: relative to this step
  };

 private:
  friend class RegexParser;
  struct Threads;
  void follow(uint32_t step, std::string_view text, size_t at, Threads& threads) const;

  std::vector<Step> steps_;  // who gets behind the last one has matched
  std::vector<Bytes> sets_;
};

}  // namespace sonde::probes
