// The same program for another kind of context: a kprobe's registers read out of a trampoline's arguments, or out of
// the record of a system call's tracepoint.
#pragma once

#include <llvm/IR/Module.h>

#include <functional>
#include <string>
#include <vector>

#include "compile/passes/entry_points.h"

namespace sonde::compile {

// Which other contexts could feed this program. A kprobe's own hook decides; one that a driver attaches may be any.
std::vector<std::string> possible_variants(const ProgramShape& shape, const llvm::Function& body,
                                           VariantsWanted wanted);

// After inlining: a variant is possible if the program uses its registers only for what the variant can supply; then
// what is read from them becomes calls (register_reads.h). Else Variant::found says why there is none. Where only
// trampolines are wanted they must be equal to the kprobe.
void settle_variants(std::vector<Entry>& entries, VariantsWanted wanted);

// After the optimizer: copies each program for its variants, and gives the copies and the program their own reads. A
// variant whose code would be the program's is the program: no copy is made, and Variant::found names the program.
// `tidy` is called for copies with code that has become useless.
void make_variants(std::vector<Entry>& entries, const std::function<void(llvm::Function&)>& tidy);

}  // namespace sonde::compile
