// What declarations say of themselves: annotate("sonde.KIND", words…) as annotations of the spec.
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>

#include <vector>

#include "spec/spec.h"

namespace sonde::compile {

// Words are string literals and integer constants; what else is said there is left out. The dialect's own annotations
// have a colon and are left out too.
std::vector<spec::Annotation> annotations_of(const clang::Decl* decl, clang::ASTContext& context);
std::vector<spec::Annotation> annotations_of_function(const clang::FunctionDecl* function, clang::ASTContext& context);

}  // namespace sonde::compile
