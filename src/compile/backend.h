// From LLVM IR to the object file: sonde's passes, LLVM's, the BPF code generator, and the spec put into the ELF file.
#pragma once

#include <llvm/IR/Module.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "compile/front_end/program.h"
#include "compile/passes/backend_options.h"
#include "spec/spec.h"

namespace sonde::compile {

// Fills in the spec's programs. Fails only where LLVM itself does; mistakes of the program go to options.error.
Result<std::string> generate(llvm::Module& module, const std::vector<ProgramShape>& programs, spec::Spec& spec,
                             const BackendOptions& options);

}  // namespace sonde::compile
