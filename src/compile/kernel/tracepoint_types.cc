#include "compile/kernel/tracepoint_types.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/ADT/StringSwitch.h>

namespace sonde::compile {
namespace {

using llvm::StringRef;

// A field of varying length: 16 bits of length and 16 bits of place, from the record's beginning or from this field's
// end. The dialect calls both data_loc_NAME; the macros that read them tell them apart by their signedness.
constexpr StringRef kFromBeginning = "__data_loc ";
constexpr StringRef kFromHere = "__rel_loc ";

bool has_varying_length(const kernel::FormatField& field) {
  StringRef type = field.type;
  return type.starts_with(kFromBeginning) || type.starts_with(kFromHere);
}

}  // namespace

clang::RecordDecl* TracepointTypes::find(StringRef name) {
  if (!name.starts_with("tracepoint__")) return nullptr;
  auto [place, is_new] = events_.try_emplace(name.str());
  if (is_new && !build(place->second, name)) place->second.record = nullptr;
  return place->second.record;
}

bool TracepointTypes::build(Event& event, StringRef name) {
  StringRef rest = name.drop_front(StringRef("tracepoint__").size());
  size_t split = rest.find("__");
  if (split == StringRef::npos) return false;
  event.category = rest.take_front(split).str();
  event.event = rest.drop_front(split + 2).str();
  auto format = types_.target().tracepoint_format(event.category, event.event);
  if (!format || format->empty()) return false;

  auto parsed = kernel::parse_format(*format);
  if (!parsed) return false;
  const auto& fields = parsed->fields;
  event.record = types_.declare_record(name, clang::TagTypeKind::Struct);
  KernelTypes::Layout layout;
  uint64_t end = 8;
  for (const auto& field : fields) end = std::max<uint64_t>(end, uint64_t{field.offset} + field.size);
  layout.size_bits = (end + 7) / 8 * 64;
  layout.align_bits = 64;
  event.record->startDefinition();
  for (const auto& field : fields) {
    std::string field_name = has_varying_length(field) ? "data_loc_" + field.name : field.name;
    auto* made = types_.add_field(event.record, field_name, field_type(field), 0, uint64_t{field.offset} * 8, layout);
    event.fields.emplace_back(made, field);
  }
  event.record->completeDefinition();
  layout.align_bits = 64;
  types_.set_layout(event.record, std::move(layout));
  return true;
}

clang::QualType TracepointTypes::named_type(StringRef name) {
  auto& context = types_.context();
  while (name.consume_front("const ") || name.consume_front("volatile ")) name = name.ltrim();
  for (StringRef keyword : {"struct ", "union ", "enum "}) {
    if (!name.consume_front(keyword)) continue;
    auto* tag = types_.tag(name.trim());
    return tag ? context.getTypeDeclType(tag) : clang::QualType();
  }
  clang::QualType builtin = llvm::StringSwitch<clang::QualType>(name)
                                .Case("void", context.VoidTy)
                                .Cases("bool", "_Bool", context.BoolTy)
                                .Case("char", context.CharTy)
                                .Case("signed char", context.SignedCharTy)
                                .Case("unsigned char", context.UnsignedCharTy)
                                .Cases("short", "short int", context.ShortTy)
                                .Cases("unsigned short", "short unsigned int", context.UnsignedShortTy)
                                .Case("int", context.IntTy)
                                .Cases("unsigned", "unsigned int", context.UnsignedIntTy)
                                .Cases("long", "long int", context.LongTy)
                                .Cases("unsigned long", "long unsigned int", context.UnsignedLongTy)
                                .Cases("long long", "long long int", context.LongLongTy)
                                .Cases("unsigned long long", "long long unsigned int", context.UnsignedLongLongTy)
                                .Default({});
  if (!builtin.isNull()) return builtin;
  auto* alias = types_.typedef_name(name);
  return alias ? context.getTypedefType(alias) : clang::QualType();
}

// The type that the format names, where it exists and its size is the field's; otherwise an integer of that size.
clang::QualType TracepointTypes::field_type(const kernel::FormatField& field) {
  auto& context = types_.context();
  StringRef name = StringRef(field.type).trim();
  if (name.starts_with(kFromBeginning)) return context.IntTy;
  if (name.starts_with(kFromHere)) return context.UnsignedIntTy;
  bool is_array = name.ends_with("]");
  if (is_array) name = name.take_front(name.rfind('[')).trim();
  auto pointers = static_cast<unsigned>(name.count('*'));
  while (name.consume_back("*") || name.consume_back("const") || name.consume_back(" ")) {
  }
  clang::QualType type = named_type(name.trim());
  if (type.isNull() && pointers) type = context.VoidTy;
  for (unsigned i = 0; i < pointers; ++i) type = context.getPointerType(type);
  if (!type.isNull()) {
    if (auto* record = type->getAsRecordDecl()) types_.complete(record);
  }
  bool sized = !type.isNull() && !type->isIncompleteType() && !type->isVoidType();
  uint64_t size = sized ? context.getTypeSize(type) / 8 : 0;
  if (is_array) {
    if (!size || field.size % size) type = field.is_signed ? context.CharTy : context.UnsignedCharTy, size = 1;
    return context.getConstantArrayType(type, llvm::APInt(64, field.size / size), nullptr,
                                        clang::ArraySizeModifier::Normal, 0);
  }
  if (size == field.size) return type;
  clang::QualType integer = context.getIntTypeForBitwidth(field.size * 8, field.is_signed);
  if (!integer.isNull()) return integer;
  return context.getConstantArrayType(context.CharTy, llvm::APInt(64, field.size), nullptr,
                                      clang::ArraySizeModifier::Normal, 0);
}

std::vector<spec::Tracepoint> TracepointTypes::used() const {
  std::vector<spec::Tracepoint> result;
  for (const auto& [name, event] : events_) {
    if (!event.record) continue;
    spec::Tracepoint used{event.category, event.event, {}};
    for (const auto& [decl, field] : event.fields) {
      if (decl->isReferenced()) used.fields.push_back({field.name, field.offset, field.size});
    }
    result.push_back(std::move(used));
  }
  return result;
}

}  // namespace sonde::compile
