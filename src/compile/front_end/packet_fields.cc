#include "compile/front_end/packet_fields.h"

#include <clang/AST/Attr.h>
#include <clang/AST/RecordLayout.h>
#include <clang/AST/Stmt.h>

namespace sonde::compile {
namespace {

using clang::Expr;
using clang::QualType;
using clang::Stmt;
using llvm::StringRef;

// The mark of BPF_PACKET_HEADER, and that of BCC's own, which programs may spell themselves.
bool is_header(const clang::RecordDecl* record) {
  for (const auto* note : record->specific_attrs<clang::AnnotateAttr>()) {
    if (note->getAnnotation() == "sonde.packet") return true;
  }
  const auto* deprecated = record->getAttr<clang::DeprecatedAttr>();
  return deprecated && deprecated->getMessage() == "packet";
}

// Of `p->pad[i]`: p->pad, an array in the packet.
const Expr* array_of(const clang::ArraySubscriptExpr* subscript) {
  const auto* decay = llvm::dyn_cast<clang::ImplicitCastExpr>(subscript->getBase()->IgnoreParens());
  return decay && decay->getCastKind() == clang::CK_ArrayToPointerDecay ? decay->getSubExpr() : nullptr;
}

clang::FieldDecl* field_of(const clang::MemberExpr* member) {
  return llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl());
}

}  // namespace

void PacketFields::replace_in(clang::FunctionDecl* function) {
  if (!function->doesThisDeclarationHaveABody()) return;
  function_ = function;
  replace_below(function->getBody());
}

void PacketFields::replace_below(Stmt* parent) {
  for (Stmt*& child : parent->children()) {
    if (!child || llvm::isa<clang::UnaryExprOrTypeTraitExpr>(child)) continue;
    replace_below(child);
    if (Stmt* other = replacement(child)) child = other;
  }
}

Stmt* PacketFields::replacement(Stmt* statement) {
  if (auto* cast = llvm::dyn_cast<clang::ImplicitCastExpr>(statement)) {
    bool is_read = cast->getCastKind() == clang::CK_LValueToRValue && is_packet(cast->getSubExpr());
    return is_read && can_be_replaced(cast->getSubExpr()) ? read(place_of(cast->getSubExpr())) : nullptr;
  }
  if (auto* write = llvm::dyn_cast<clang::BinaryOperator>(statement)) return replacement_of_write(write);
  if (auto* step = llvm::dyn_cast<clang::UnaryOperator>(statement)) return replacement_of_step(step);
  return nullptr;
}

Stmt* PacketFields::replacement_of_write(clang::BinaryOperator* write) {
  if (!write->isAssignmentOp() || !is_packet(write->getLHS()) || !can_be_replaced(write->getLHS())) return nullptr;
  Place place = place_of(write->getLHS());
  if (auto* both = llvm::dyn_cast<clang::CompoundAssignOperator>(write)) return compound(place, both);
  return this->write(place, write->getRHS());
}

Stmt* PacketFields::replacement_of_step(clang::UnaryOperator* step) {
  if (!step->isIncrementDecrementOp() || !is_packet(step->getSubExpr()) || !can_be_replaced(step->getSubExpr()))
    return nullptr;
  Place place = place_of(step->getSubExpr());
  Expr* amount = number(step->isIncrementOp() ? 1 : ~uint64_t{0});
  Expr* before = access("sonde_packet_add", place, amount);
  return value_of(place, step->isPrefix() ? sum(before, number(step->isIncrementOp() ? 1 : ~uint64_t{0})) : before);
}

bool PacketFields::is_header_pointer(QualType type) const {
  const auto* record = type->isPointerType() ? type->getPointeeType()->getAsRecordDecl() : nullptr;
  return record && is_header(record);
}

// What `->`, `*` or `[]` of a pointer to a header leads to, and what is in that.
bool PacketFields::is_packet(const Expr* lvalue) const {
  lvalue = lvalue->IgnoreParens();
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(lvalue)) {
    return member->isArrow() ? is_header_pointer(member->getBase()->getType()) : is_packet(member->getBase());
  }
  if (const auto* subscript = llvm::dyn_cast<clang::ArraySubscriptExpr>(lvalue)) {
    if (const Expr* array = array_of(subscript)) return is_packet(array);
    return is_header_pointer(subscript->getBase()->getType());
  }
  const auto* star = llvm::dyn_cast<clang::UnaryOperator>(lvalue);
  return star && star->getOpcode() == clang::UO_Deref && is_header_pointer(star->getSubExpr()->getType());
}

bool PacketFields::can_be_replaced(const Expr* lvalue) {
  QualType type = lvalue->getType();
  bool is_number = type->isIntegralOrEnumerationType() || type->isPointerType();
  if (is_number && context_.getTypeSize(type) <= 64) return true;
  unsigned id =
      diagnostics_.getCustomDiagID(clang::DiagnosticsEngine::Error,
                                   "a packet's field is read and written as an integer of at most 64 bits; this is %0");
  diagnostics_.Report(lvalue->getExprLoc(), id) << type;
  return false;
}

PacketFields::Place PacketFields::place_of(const Expr* lvalue) {
  lvalue = lvalue->IgnoreParens();
  Place place;
  place.type = lvalue->getType().getUnqualifiedType();
  place.is_signed = place.type->isSignedIntegerOrEnumerationType();
  place.where = lvalue->getExprLoc();
  place.bits = context_.getTypeSize(place.type);
  place.address = address_of(lvalue);
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(lvalue); member && field_of(member)->isBitField()) {
    place.bits = field_of(member)->getBitWidthValue(context_);
    place.first_bit = context_.getFieldOffset(field_of(member)) % 8;
  }
  return place;
}

// Made of integers, as what is no memory must not look like an access of a null pointer.
Expr* PacketFields::address_of(const Expr* lvalue) {
  QualType word = context_.UnsignedLongLongTy;
  lvalue = lvalue->IgnoreParens();
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(lvalue)) {
    Expr* base = member->getBase();
    Expr* start = member->isArrow() ? converted(base, word) : address_of(base);
    return sum(start, number(context_.getFieldOffset(field_of(member)) / 8));
  }
  if (const auto* subscript = llvm::dyn_cast<clang::ArraySubscriptExpr>(lvalue)) {
    const Expr* array = array_of(subscript);
    Expr* start = array ? address_of(array) : converted(const_cast<Expr*>(subscript->getBase()), word);
    auto size = static_cast<uint64_t>(context_.getTypeSizeInChars(subscript->getType()).getQuantity());
    Expr* index = converted(const_cast<Expr*>(subscript->getIdx()), word);
    auto* distance = clang::BinaryOperator::Create(context_, index, number(size), clang::BO_Mul, word,
                                                   clang::VK_PRValue, clang::OK_Ordinary, lvalue->getExprLoc(), {});
    return sum(start, distance);
  }
  return converted(llvm::cast<clang::UnaryOperator>(lvalue)->getSubExpr(), word);
}

Expr* PacketFields::read(const Place& place) { return value_of(place, access("sonde_packet_read", place, nullptr)); }

Expr* PacketFields::write(const Place& place, Expr* value) {
  return value_of(place, access("sonde_packet_write", place, converted(value, context_.UnsignedLongLongTy)));
}

// `p->f op= e` is ({ u64 at = …; p->f = p->f op e; }): where it is, is worked out once.
Expr* PacketFields::compound(const Place& place, clang::CompoundAssignOperator* both) {
  QualType word = context_.UnsignedLongLongTy;
  auto* at = clang::VarDecl::Create(context_, function_, place.where, place.where, &context_.Idents.get("packet_at_"),
                                    word, context_.getTrivialTypeSourceInfo(word), clang::SC_None);
  at->setImplicit();
  at->setInit(place.address);
  at->markUsed(context_);
  Place again = place;
  again.address = variable(at);
  Expr* before = converted(read(again), both->getComputationLHSType());
  auto opcode = clang::BinaryOperator::getOpForCompoundAssignment(both->getOpcode());
  Expr* result =
      clang::BinaryOperator::Create(context_, before, both->getRHS(), opcode, both->getComputationResultType(),
                                    clang::VK_PRValue, clang::OK_Ordinary, place.where, {});
  again.address = variable(at);
  Expr* written = write(again, converted(result, place.type));
  Stmt* declared = new (context_) clang::DeclStmt(clang::DeclGroupRef(at), place.where, place.where);
  auto* block = clang::CompoundStmt::Create(context_, {declared, written}, {}, place.where, place.where);
  return new (context_) clang::StmtExpr(block, place.type, place.where, place.where, 0);
}

Expr* PacketFields::value_of(const Place& place, Expr* word) {
  if (place.is_signed) word = call("sonde_packet_signed", {word, number(place.bits)}, place.where);
  return converted(word, place.type);
}

Expr* PacketFields::access(StringRef function, const Place& place, Expr* value) {
  llvm::SmallVector<Expr*, 5> arguments = {call("sonde_packet_context", {}, place.where), place.address,
                                           number(place.first_bit), number(place.bits)};
  if (value) arguments.push_back(value);
  return call(function, arguments, place.where);
}

}  // namespace sonde::compile
