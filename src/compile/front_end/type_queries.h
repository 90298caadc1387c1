// Questions about the kernel's types that CO-RE answers where the program is loaded: bpf_core_type_exists(struct X) and
// the like.
#pragma once

#include <clang/Sema/Sema.h>

namespace sonde::compile {

// A type that the program only asks about would stay declared without fields, and so be a forward declaration in the
// object's BTF, which the loader finds no struct of the kernel for: "it does not exist". Reads the types that
// `function` asks about.
void complete_queried_types(clang::Sema& sema, clang::FunctionDecl* function);

}  // namespace sonde::compile
