#include "spec/validate.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/result.h"

namespace sonde::spec {

namespace {

tl::unexpected<Error> bad(std::string what) {
  return base::fail(ErrorKind::kInvalid, "the spec is damaged: " + std::move(what));
}

// Walks what types contain by value, each type once, and keeps how many floors each has below it.
class TypeCheck {
 public:
  explicit TypeCheck(const std::vector<Type>& types)
      : types_(types), state_(types.size(), State::kNew), height_(types.size(), 0) {}

  Status check_all() {
    for (TypeId id = 0; id < types_.size(); ++id) RETURN_IF_ERROR(check(id, 0));
    return {};
  }

 private:
  enum class State : uint8_t { kNew, kOpen, kDone };

  Status check(TypeId id, unsigned depth) {
    if (id >= types_.size()) return bad(fmt::format("there is no type {}", id));
    if (state_[id] == State::kDone) return {};
    if (state_[id] == State::kOpen) return bad(fmt::format("type {} contains itself", id));
    if (depth > kMaxTypeDepth) return too_deep();
    state_[id] = State::kOpen;
    const Type& type = types_[id];
    if (type.kind == TypeKind::kArray) RETURN_IF_ERROR(check_array(id, depth));
    for (const Field& field : type.fields) RETURN_IF_ERROR(check_field(id, field, depth));
    state_[id] = State::kDone;
    return {};
  }

  Status check_inside(TypeId outer, TypeId inner, unsigned depth) {
    RETURN_IF_ERROR(check(inner, depth + 1));
    height_[outer] = std::max(height_[outer], height_[inner] + 1);
    if (height_[outer] > kMaxTypeDepth) return too_deep();
    return {};
  }

  static tl::unexpected<Error> too_deep() { return bad(fmt::format("types are nested deeper than {}", kMaxTypeDepth)); }

  Status check_array(TypeId id, unsigned depth) {
    const Type& type = types_[id];
    RETURN_IF_ERROR(check_inside(id, type.element, depth));
    if (uint64_t{type.count} * types_[type.element].size <= type.size) return {};
    return bad(fmt::format("type {} is smaller than its {} elements", id, type.count));
  }

  Status check_field(TypeId id, const Field& field, unsigned depth) {
    const Type& type = types_[id];
    if (type.kind != TypeKind::kStruct && type.kind != TypeKind::kUnion) {
      return bad(fmt::format("type {} has fields but is no record", id));
    }
    RETURN_IF_ERROR(check_inside(id, field.type, depth));
    if (field.bits > 64) return bad(fmt::format("field {} of type {} is {} bits wide", field.name, id, field.bits));
    uint64_t bits = field.bits ? field.bits : uint64_t{types_[field.type].size} * 8;
    if (field.offset_bits + bits <= uint64_t{type.size} * 8) return {};
    return bad(fmt::format("field {} lies outside of type {}", field.name, id));
  }

  const std::vector<Type>& types_;
  std::vector<State> state_;
  std::vector<unsigned> height_;
};

Status check_map(const Map& map, size_t types) {
  if (map.name.empty()) return bad("a map has no name");
  for (const std::optional<TypeId>& type : {map.key, map.value, map.event}) {
    if (type && *type >= types) return bad(fmt::format("map {} is of type {}, which does not exist", map.name, *type));
  }
  return {};
}

Status check_program(const Program& program) {
  if (program.name.empty() || program.symbol.empty()) return bad("a program has no name");
  for (const Variant& variant : program.variants) {
    if (variant.symbol.empty() && variant.differs.empty()) {
      return bad(fmt::format("a variant of program {} has no symbol", program.name));
    }
  }
  return {};
}

}  // namespace

Status validate(const Spec& spec) {
  RETURN_IF_ERROR(TypeCheck(spec.types).check_all());
  for (const Map& map : spec.maps) RETURN_IF_ERROR(check_map(map, spec.types.size()));
  for (const Declaration& declaration : spec.declarations) {
    if (declaration.type >= spec.types.size())
      return bad(fmt::format("{} is of type {}, which does not exist", declaration.name, declaration.type));
  }
  for (const Program& program : spec.programs) RETURN_IF_ERROR(check_program(program));
  return {};
}

}  // namespace sonde::spec
