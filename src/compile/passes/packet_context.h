// Which packet: sonde_packet_context() becomes the context of the program that it was inlined into.
#pragma once

#include <vector>

#include "compile/passes/ir_checks.h"

namespace sonde::compile {

// A program with a packet has no variants for other hooks. To be run after inlining.
void resolve_packet_contexts(llvm::Module& module, std::vector<Entry>& entries, const Complain& complain);

}  // namespace sonde::compile
