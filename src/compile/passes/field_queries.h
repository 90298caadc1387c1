// Questions about fields that CO-RE answers where the program is loaded: bpf_core_field_exists(task->__state) and the
// like.
#pragma once

#include <llvm/IR/Module.h>

namespace sonde::compile {

// A question has an address as its operand, of which only the path of fields matters, and which is never computed.
// Where the same field is also read, common subexpression elimination would see the same address twice and compute it
// once, before the question is answered. Where the kernel lacks the field, the loader makes that instruction one that
// the verifier refuses, reachable or not. So the operands of questions are made different from all other addresses,
// before anything is merged.
//
//     if (exists(&t->x)) v = t->x;      and not      at = &t->x; if (exists(at)) v = *at;
void keep_queries_apart(llvm::Module& module);

}  // namespace sonde::compile
