#include "compile/front_end/bit_fields.h"

#include <clang/AST/Attr.h>
#include <clang/AST/Stmt.h>
#include <clang/Basic/TargetBuiltins.h>

namespace sonde::compile {
namespace {

using clang::Expr;
using clang::MemberExpr;
using clang::Stmt;

// What __builtin_preserve_field_info() is asked for.
enum FieldInfo : unsigned { kByteOffset = 0, kByteSize = 1, kLeftShift = 4, kRightShift = 5 };

// `p->a.b.f` is a read of a bit-field behind a pointer, of a record whose accesses are relocated.
const MemberExpr* relocated_bit_field(const Stmt* statement) {
  const auto* read = llvm::dyn_cast<clang::ImplicitCastExpr>(statement);
  if (!read || read->getCastKind() != clang::CK_LValueToRValue) return nullptr;
  const auto* member = llvm::dyn_cast<MemberExpr>(read->getSubExpr()->IgnoreParens());
  const auto* field = member ? llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl()) : nullptr;
  bool is_wanted = field && field->isBitField() && field->getParent()->hasAttr<clang::BPFPreserveAccessIndexAttr>();
  return is_wanted ? member : nullptr;
}

// The `p->a` of `p->a.b.f`; nullptr where the record is no pointer's.
const MemberExpr* first_member(const MemberExpr* member) {
  while (member && !member->isArrow()) member = llvm::dyn_cast<MemberExpr>(member->getBase()->IgnoreParens());
  return member;
}

// The same members behind another pointer.
Expr* behind(clang::ASTContext& context, const MemberExpr* member, Expr* pointer) {
  Expr* base =
      member->isArrow() ? pointer : behind(context, llvm::cast<MemberExpr>(member->getBase()->IgnoreParens()), pointer);
  return MemberExpr::CreateImplicit(context, base, member->isArrow(), member->getMemberDecl(), member->getType(),
                                    clang::VK_LValue, member->getObjectKind());
}

}  // namespace

void BitFields::replace_in(clang::FunctionDecl* function) {
  if (function->doesThisDeclarationHaveABody()) replace_below(function->getBody());
}

void BitFields::replace_below(Stmt* parent) {
  for (Stmt*& child : parent->children()) {
    if (!child || llvm::isa<clang::UnaryExprOrTypeTraitExpr>(child)) continue;
    replace_below(child);
    if (Stmt* other = replacement(child)) child = other;
  }
}

// The bits are asked for behind a null pointer, which nothing reads: the program's own is worked out once.
Expr* BitFields::replacement(Stmt* statement) {
  const MemberExpr* member = relocated_bit_field(statement);
  const MemberExpr* first = member ? first_member(member) : nullptr;
  if (!first) return nullptr;
  Expr* pointer = first->getBase();
  Expr* nothing = converted(number(0), pointer->getType());
  Expr* field = behind(context_, member, nothing);
  bool is_signed = member->getType()->isSignedIntegerOrEnumerationType();
  Expr* record = clang::ImplicitCastExpr::Create(context_, context_.getPointerType(context_.VoidTy.withConst()),
                                                 clang::CK_BitCast, pointer, nullptr, clang::VK_PRValue, {});
  Expr* bits = call(is_signed ? "sonde_signed_bit_field" : "sonde_bit_field",
                    {record, field_info(field, kByteOffset), field_info(field, kByteSize),
                     field_info(field, kLeftShift), field_info(field, kRightShift)},
                    member->getExprLoc());
  return converted(bits, llvm::cast<Expr>(statement)->getType());
}

Expr* BitFields::field_info(Expr* field, unsigned kind) {
  auto& name = context_.Idents.get("__builtin_preserve_field_info");
  auto* function = llvm::cast<clang::FunctionDecl>(sema_.LazilyCreateBuiltin(
      &name, clang::BPF::BI__builtin_preserve_field_info, sema_.TUScope, false, field->getExprLoc()));
  auto* named = clang::DeclRefExpr::Create(context_, {}, {}, function, false, field->getExprLoc(), context_.BuiltinFnTy,
                                           clang::VK_PRValue);
  auto* callee = clang::ImplicitCastExpr::Create(context_, context_.getPointerType(function->getType()),
                                                 clang::CK_BuiltinFnToFnPtr, named, nullptr, clang::VK_PRValue, {});
  return clang::CallExpr::Create(context_, callee, {field, number(kind)}, context_.UnsignedIntTy, clang::VK_PRValue,
                                 field->getExprLoc(), {});
}

}  // namespace sonde::compile
