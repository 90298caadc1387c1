// Fields of packet headers: `ip->ttl` where ip is an offset in the packet becomes loads and stores of packet bytes.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/Basic/Diagnostic.h>

#include "compile/front_end/expressions.h"

namespace sonde::compile {

// A header is a record marked with BPF_PACKET_HEADER. BCC replaces text, and so cannot replace what a macro expands to,
// and turns `ip->ttl -= 1` into `ip->ttl = 1`. This works on the syntax tree of a function that was just parsed, before
// code is generated from it: reads become calls of sonde_packet_read(), writes of sonde_packet_write(), of
// sonde/packets.h.
class PacketFields : Expressions {
 public:
  PacketFields(clang::ASTContext& context, clang::DiagnosticsEngine& diagnostics)
      : Expressions(context), diagnostics_(diagnostics) {}

  void replace_in(clang::FunctionDecl* function);

 private:
  struct Place {
    clang::Expr* address = nullptr;  // u64: of the first byte that has a bit of it
    uint64_t first_bit = 0;          // behind the byte's highest
    uint64_t bits = 0;
    bool is_signed = false;
    clang::QualType type;
    clang::SourceLocation where;
  };

  void replace_below(clang::Stmt* parent);
  clang::Stmt* replacement(clang::Stmt* statement);
  clang::Stmt* replacement_of_write(clang::BinaryOperator* write);
  clang::Stmt* replacement_of_step(clang::UnaryOperator* step);
  bool is_packet(const clang::Expr* lvalue) const;
  bool is_header_pointer(clang::QualType type) const;
  bool can_be_replaced(const clang::Expr* lvalue);
  Place place_of(const clang::Expr* lvalue);
  clang::Expr* address_of(const clang::Expr* lvalue);
  clang::Expr* read(const Place& place);
  clang::Expr* write(const Place& place, clang::Expr* value);
  clang::Expr* compound(const Place& place, clang::CompoundAssignOperator* write);
  clang::Expr* value_of(const Place& place, clang::Expr* word);

  clang::Expr* access(llvm::StringRef function, const Place& place, clang::Expr* value);

  clang::DiagnosticsEngine& diagnostics_;
  clang::FunctionDecl* function_ = nullptr;
};

}  // namespace sonde::compile
