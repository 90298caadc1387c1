// What LLVM cannot go on after.
#pragma once

#include <llvm/IR/Module.h>

#include "compile/passes/backend_options.h"

namespace sonde::compile {

// While it exists, an error that makes LLVM end the process ("Cannot select: …") is one of the program, at the line of
// the function that was being compiled. check_instructions() finds what is known to end so; this is for what is not.
class FatalErrors {
 public:
  FatalErrors(const llvm::Module& module, const BackendOptions& options);
  ~FatalErrors();
  FatalErrors(const FatalErrors&) = delete;
  FatalErrors& operator=(const FatalErrors&) = delete;

 private:
  static void explain(void* self, const char* reason, bool wants_dump);

  const llvm::Module& module_;
  const BackendOptions& options_;
};

}  // namespace sonde::compile
