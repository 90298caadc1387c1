// From LLVM IR to the object file: sonde's passes, LLVM's, the BPF code generator, and the spec put into the ELF file.
#pragma once

#include <llvm/IR/Module.h>

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compile/entry_points.h"
#include "spec/spec.h"
#include "spec/wire.h"

namespace sonde::compile {

struct BackendOptions {
  VariantsWanted variants = {};
  bool print_ir = false;                             // to output
  bool print_instructions = false;
  bool print_source = false;                         // with the instructions
  std::function<void(const std::string&)> output;    // what the three above print
  // A mistake found after parsing; line and column may be 0.
  std::function<void(const std::string& text, unsigned line, unsigned column)> error, warning;
  std::function<void()> give_up;                     // ends the process after an error that LLVM cannot go on after
  std::vector<spec::UsdtProgram> usdt;
};

// Fills in the spec's programs. Fails only where LLVM itself does; mistakes of the program go to options.error.
Result<std::string> generate(llvm::Module& module, const std::vector<ProgramShape>& programs, spec::Spec& spec,
                             const BackendOptions& options);

}  // namespace sonde::compile
