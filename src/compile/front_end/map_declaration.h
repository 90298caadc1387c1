// A map's declaration in the syntax tree, read for the spec.
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>

#include <string>

#include "compile/front_end/spec_types.h"

namespace sonde::compile {

struct MapDeclaration {
  spec::Map map;
  clang::QualType key;  // null when the declaration gives no type, or an incomplete one
  clang::QualType value;
};

llvm::StringRef asm_label(const clang::NamedDecl* decl);
// The name of the map that the variable stands for: its symbol's.
std::string map_name(const clang::VarDecl* variable);
// "public" or "shared" when the declaration publishes the map, or empty.
llvm::StringRef published_scope(const clang::VarDecl* variable);
MapDeclaration read_map(const clang::VarDecl* variable, const clang::RecordDecl* record, clang::ASTContext& context,
                        SpecTypes& types);

}  // namespace sonde::compile
