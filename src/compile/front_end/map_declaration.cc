#include "compile/front_end/map_declaration.h"

#include <clang/AST/Attr.h>
#include <clang/AST/ExternalASTSource.h>

namespace sonde::compile {
namespace {

using llvm::StringRef;

const clang::FieldDecl* field(const clang::RecordDecl* record, StringRef name) {
  for (const auto* each : record->fields()) {
    if (each->getName() == name) return each;
  }
  return nullptr;
}

// `int (*type)[27]` -> 27: how BTF-defined maps write a number.
uint32_t number_of(clang::ASTContext& context, const clang::FieldDecl* field) {
  if (!field || !field->getType()->isPointerType()) return 0;
  const auto* array = context.getAsConstantArrayType(field->getType()->getPointeeType());
  return array ? static_cast<uint32_t>(array->getSize().getZExtValue()) : 0;
}

// A struct of the kernel that a map's declaration only points to is filled in now: its size is wanted.
clang::QualType pointee_of(clang::ASTContext& context, const clang::FieldDecl* field) {
  if (!field || !field->getType()->isPointerType()) return {};
  clang::QualType type = field->getType()->getPointeeType();
  auto* tag = type->getAsTagDecl();
  auto* source = context.getExternalSource();
  if (tag && source && !tag->isCompleteDefinition()) source->CompleteType(tag);
  return type;
}

StringRef annotation(const clang::VarDecl* variable, StringRef prefix) {
  for (const auto* note : variable->specific_attrs<clang::AnnotateAttr>()) {
    if (StringRef text = note->getAnnotation(); text.consume_front(prefix)) return text;
  }
  return {};
}

// hash_of_maps$inner:/sys/fs/bpf/outer
void read_kind(StringRef text, spec::Map& map) {
  StringRef rest, path, inner;
  std::tie(rest, path) = text.split(':');
  std::tie(rest, inner) = rest.split('$');
  map.kind = rest.str();
  map.inner = inner.str();
  map.pin_path = path.str();
}

}  // namespace

StringRef asm_label(const clang::NamedDecl* decl) {
  const auto* label = decl->getAttr<clang::AsmLabelAttr>();
  return label ? label->getLabel() : StringRef();
}

std::string map_name(const clang::VarDecl* variable) {
  StringRef label = asm_label(variable);
  return label.empty() ? variable->getNameAsString() : label.str();
}

StringRef published_scope(const clang::VarDecl* variable) { return annotation(variable, "sonde.publish:"); }

MapDeclaration read_map(const clang::VarDecl* variable, const clang::RecordDecl* record, clang::ASTContext& context,
                        SpecTypes& types) {
  MapDeclaration declared;
  spec::Map& map = declared.map;
  map.name = map_name(variable);
  read_kind(annotation(variable, "sonde.map:"), map);
  map.type = number_of(context, field(record, "type"));
  map.max_entries = number_of(context, field(record, "max_entries"));
  map.flags = number_of(context, field(record, "map_flags"));
  map.key_size = number_of(context, field(record, "key_size"));
  map.value_size = number_of(context, field(record, "value_size"));
  declared.key = pointee_of(context, field(record, "key"));
  declared.value = pointee_of(context, field(record, "value"));
  auto described = [&](clang::QualType& type, uint32_t& size) -> std::optional<spec::TypeId> {
    if (type.isNull() || type->isIncompleteType() || !has_layout(type, context)) return type = {}, std::nullopt;
    size = static_cast<uint32_t>(context.getTypeSizeInChars(type).getQuantity());
    return types.add(type);
  };
  map.key = described(declared.key, map.key_size);
  map.value = described(declared.value, map.value_size);
  return declared;
}

}  // namespace sonde::compile
