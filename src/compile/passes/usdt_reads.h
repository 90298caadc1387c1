// Turns bpf_usdt_readarg() into the reader of its program's probe and argument.
//
// Replaces BCC's rewriting of the call's text, which takes the function that the call stands in for the program. Runs
// after inlining: then the call stands in the program, wherever it was written, and its number is a constant where it
// can be one. The readers, in the request's preamble, are C (usdt/reader_text.h).
#pragma once

#include <llvm/IR/Module.h>

#include <vector>

#include "compile/passes/backend_options.h"
#include "compile/passes/entry_points.h"

namespace sonde::compile {

// Whether anything was replaced, and has to be inlined. Mistakes go to options.error.
bool resolve_usdt_reads(llvm::Module& module, const std::vector<Entry>& entries, const BackendOptions& options);

}  // namespace sonde::compile
