// Bit-fields of records that are laid out anew by the kernel that loads the program: reads of them are relocated.
#pragma once

#include <clang/Sema/Sema.h>

#include "compile/front_end/expressions.h"

namespace sonde::compile {

// clang relocates the bytes that `sk->sk_userlocks` is read from, and takes the bits out of them that the field had
// where it was compiled. Here such reads become calls of sonde_bit_field(), of sonde/bit_fields.h, for which the bits
// are relocated, too.
class BitFields : Expressions {
 public:
  explicit BitFields(clang::Sema& sema) : Expressions(sema.Context), sema_(sema) {}

  void replace_in(clang::FunctionDecl* function);

 private:
  void replace_below(clang::Stmt* parent);
  clang::Expr* replacement(clang::Stmt* statement);
  clang::Expr* field_info(clang::Expr* field, unsigned kind);

  clang::Sema& sema_;
};

}  // namespace sonde::compile
