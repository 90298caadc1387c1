// Functions that are chosen when a program starts (IFUNC): strlen() for this processor. Their symbols are those of the
// code that chooses, which runs once in a process; a probe belongs where calls arrive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "elf/file.h"

namespace sonde::symbols {

// The choices of a library that this very process has loaded too, which every process on this machine makes alike.
class ChosenFunctions {
 public:
  explicit ChosenFunctions(const elf::File& file) : file_(file) {}
  ~ChosenFunctions();
  ChosenFunctions(const ChosenFunctions&) = delete;
  ChosenFunctions& operator=(const ChosenFunctions&) = delete;

  // The offset in the file of what `name` stands for; nothing when we have not loaded the same build.
  std::optional<uint64_t> offset_of(const std::string& name);

 private:
  void open();

  const elf::File& file_;
  bool tried_ = false;
  void* library_ = nullptr;
};

}  // namespace sonde::symbols
