#include "compile/front_end/spec_types.h"

#include "compile/front_end/annotations.h"

#include <clang/AST/Decl.h>
#include <clang/AST/RecordLayout.h>

namespace sonde::compile {
namespace {

using spec::TypeKind;

std::string typedef_spelling(clang::QualType type) {
  if (const auto* alias = type->getAs<clang::TypedefType>()) return alias->getDecl()->getNameAsString();
  return {};
}

}  // namespace

bool has_layout(clang::QualType type, clang::ASTContext& context) {
  if (type->isIncompleteType() && !type->isIncompleteArrayType()) return false;
  const auto* record = context.getBaseElementType(type)->getAsRecordDecl();
  const auto* definition = record ? record->getDefinition() : nullptr;
  return !record || (definition && !definition->isInvalidDecl());
}

spec::TypeId SpecTypes::add(clang::QualType type) {
  if (spec_.types.empty()) spec_.types.push_back({.kind = TypeKind::kVoid, .name = "void"});
  type = type.getUnqualifiedType();
  if (type->isVoidType() || type->isFunctionType() || !has_layout(type, context_)) return 0;
  // A typedef's spelling is kept, so `u32` and `unsigned int` are two entries.
  const void* key = type.getAsOpaquePtr();
  if (auto known = known_.find(key); known != known_.end()) return known->second;
  auto id = static_cast<spec::TypeId>(spec_.types.size());
  known_[key] = id;
  spec_.types.emplace_back();
  spec::Type described = describe(type);
  spec_.types[id] = std::move(described);
  if (type->isRecordType()) describe_record(type, id);
  return id;
}

spec::Type SpecTypes::describe(clang::QualType type) {
  spec::Type out;
  out.spelling = typedef_spelling(type);
  clang::QualType canonical = type.getCanonicalType();
  out.size = static_cast<uint32_t>(context_.getTypeSizeInChars(canonical).getQuantity());
  if (const auto* array = context_.getAsConstantArrayType(type)) {
    out.kind = TypeKind::kArray;
    out.count = static_cast<uint32_t>(array->getSize().getZExtValue());
    out.element = add(array->getElementType());
  } else if (const auto* flexible = context_.getAsIncompleteArrayType(type)) {
    out.kind = TypeKind::kArray;
    out.element = add(flexible->getElementType());
  } else if (canonical->isPointerType()) {
    out.kind = TypeKind::kPointer;
    out.name = type.getAsString(context_.getPrintingPolicy());
  } else if (const auto* enumeration = canonical->getAs<clang::EnumType>()) {
    describe_enum(enumeration, out);
  } else if (const auto* record = canonical->getAs<clang::RecordType>()) {
    out.kind = record->isUnionType() ? TypeKind::kUnion : TypeKind::kStruct;
    out.name = record->getDecl()->getNameAsString();
  } else {
    out.name = canonical.getAsString(context_.getPrintingPolicy());
    out.is_signed = canonical->isSignedIntegerType();
    out.kind = canonical->isBooleanType()                                       ? TypeKind::kBool
               : canonical->isCharType() && out.is_signed && out.name == "char" ? TypeKind::kChar
               : canonical->isFloatingType()                                    ? TypeKind::kFloat
                                                                                : TypeKind::kInt;
  }
  return out;
}

void SpecTypes::describe_enum(const clang::EnumType* type, spec::Type& out) {
  const auto* decl = type->getDecl();
  out.kind = TypeKind::kEnum;
  out.name = decl->getNameAsString();
  out.is_signed = decl->getIntegerType()->isSignedIntegerType();
  for (const auto* value : decl->enumerators()) {
    out.enumerators.push_back({value->getNameAsString(), value->getInitVal().getExtValue()});
  }
}

void SpecTypes::describe_record(clang::QualType type, spec::TypeId id) {
  const auto* record = type->getAsRecordDecl()->getDefinition();
  const auto& layout = context_.getASTRecordLayout(record);
  std::vector<spec::Field> fields;
  for (const auto* field : record->fields()) {
    spec::Field out;
    out.name = field->getNameAsString();
    out.offset_bits = static_cast<uint32_t>(layout.getFieldOffset(field->getFieldIndex()));
    out.type = add(field->getType());
    out.annotations = annotations_of(field, context_);
    if (field->isBitField()) out.bits = field->getBitWidthValue(context_);
    fields.push_back(std::move(out));
  }
  spec_.types[id].fields = std::move(fields);
}

}  // namespace sonde::compile
