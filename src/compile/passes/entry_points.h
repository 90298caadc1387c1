// From the functions that the user wrote to the programs that the kernel takes: one parameter, the context.
#pragma once

#include <llvm/IR/Module.h>

#include <vector>

#include "compile/front_end/program.h"

namespace sonde::compile {

// The program for another kind of hook; variants.h.
struct Variant {
  spec::Variant found;
  bool is_possible = true;             // known when settle_variants() has run
  llvm::Function* function = nullptr;  // there from make_variants() on, where it is not the program's own
};

// One entry into the user's function, as the ELF file has it.
struct Entry {
  const ProgramShape* program = nullptr;
  llvm::Function* function = nullptr;
  ContextKind context = ContextKind::kRegisters;
  std::vector<Variant> variants = {};
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

// Another program of the same instructions.
llvm::Function* copy_program(llvm::Function& program, const std::string& symbol);

}  // namespace sonde::compile
