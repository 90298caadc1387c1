// Pointers that lead into the kernel beyond doubt.
#pragma once

#include <llvm/ADT/DenseMap.h>

#include "compile/passes/entry_points.h"

namespace sonde::compile {

// Read from registers, arguments and events, or from kernel memory. What comes out of a map, the stack or a function's
// parameter may be a pointer to a map's value; what comes out of a packet's or a socket's context, one to a packet.
class KernelPointers {
 public:
  explicit KernelPointers(const Entry& entry);

  bool leads_to_kernel(llvm::Value* address);

 private:
  bool classify(llvm::Value* address);
  bool is_context(llvm::Value* address) const;

  llvm::Value* context_;
  ContextKind kind_;
  llvm::DenseMap<llvm::Value*, bool> known_;
};

}  // namespace sonde::compile
