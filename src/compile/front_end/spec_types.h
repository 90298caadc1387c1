// C types of the program, described for the spec: layouts as the compiler sees them.
#pragma once

#include <clang/AST/ASTContext.h>

#include <map>

#include "spec/spec.h"

namespace sonde::compile {

// Not so for what is incomplete, and for a struct that clang has refused: asking for its layout would crash.
bool has_layout(clang::QualType type, clang::ASTContext& context);

class SpecTypes {
 public:
  SpecTypes(clang::ASTContext& context, spec::Spec& spec) : context_(context), spec_(spec) {}
  spec::TypeId add(clang::QualType type);

 private:
  spec::Type describe(clang::QualType type);
  void describe_record(clang::QualType type, spec::TypeId id);
  void describe_enum(const clang::EnumType* type, spec::Type& out);

  clang::ASTContext& context_;
  spec::Spec& spec_;
  std::map<const void*, spec::TypeId> known_;
};

}  // namespace sonde::compile
