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
  spec::Variant found = {};         // of a variant: what settle_variants() has found out
};

// For which other hooks a kprobe's program is compiled as well.
struct VariantsWanted {
  bool trampolines = false;   // fentry and fexit
  bool system_calls = false;  // the tracepoints of system calls
  bool only_equal = false;    // those that do the same as the kprobe; else the kernel may lack kprobes
};

// Every program's function becomes an internal body, and gets an entry in the section sonde/NAME that reads the extra
// parameters from the registers and calls it.
std::vector<Entry> make_entries(llvm::Module& module, const std::vector<ProgramShape>& programs, VariantsWanted wanted);

}  // namespace sonde::compile
