// From the functions that the user wrote to the programs that the kernel takes: one parameter, the context.
#pragma once

#include <llvm/IR/Module.h>

#include <vector>

#include "compile/program.h"

namespace sonde::compile {

// One entry into the user's function, as the ELF file has it.
struct Entry {
  const ProgramShape* program = nullptr;
  std::string variant;              // "" for the program itself, else spec::Variant::kind
  llvm::Function* function = nullptr;
  ContextKind context = ContextKind::kRegisters;
};

// Every program's function becomes an internal body, and gets an entry in the section sonde/NAME that reads the extra
// parameters from the registers and calls it. with_variants: also entries for other hooks, where the kernel may lack the
// one asked for.
std::vector<Entry> make_entries(llvm::Module& module, const std::vector<ProgramShape>& programs, bool with_variants);

// After inlining: a variant lives on if its body uses the context only for what the variant can supply, else it is removed.
void settle_variants(std::vector<Entry>& entries);

}  // namespace sonde::compile
