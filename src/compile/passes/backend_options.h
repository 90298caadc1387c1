// What the passes over a program's LLVM IR are asked for, and whom they tell of mistakes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compile/passes/entry_points.h"
#include "spec/wire.h"

namespace sonde::compile {

struct BackendOptions {
  VariantsWanted variants = {};
  bool print_ir = false;  // to output
  bool print_instructions = false;
  bool print_source = false;                       // with the instructions
  std::function<void(const std::string&)> output;  // what the three above print
  // A mistake found after parsing; line and column may be 0.
  std::function<void(const std::string& text, unsigned line, unsigned column)> error, warning;
  std::function<void()> give_up;  // ends the process after an error that LLVM cannot go on after
  std::vector<spec::UsdtProgram> usdt;
};

}  // namespace sonde::compile
