#include "kernel/btf_text.h"

#include <fmt/format.h>

#include <vector>

namespace sonde::kernel {
namespace {

constexpr int kMaxSteps = 64;      // of a chain of pointers, arrays and qualifiers
constexpr int kMaxFunctions = 16;  // pointers to functions in arguments of pointers to functions …
constexpr size_t kMaxText = 4096;  // of one declaration: types may refer to each other in circles

std::string_view keyword(uint32_t kind) {
  switch (kind) {
    case BTF_KIND_STRUCT: return "struct ";
    case BTF_KIND_UNION: return "union ";
    case BTF_KIND_ENUM:
    case BTF_KIND_ENUM64: return "enum ";
    default: return "";
  }
}

class Writer {
 public:
  explicit Writer(const Btf& btf) : btf_(btf) {}

  Declaration declare(uint32_t id, std::string_view name, int depth) {
    Declaration made;
    made.declarator = name;
    for (int step = 0; step < kMaxSteps && made.declarator.size() < kMaxText; step++) {
      Qualifiers qualifiers = take_qualifiers(id);
      const btf_type* type = btf_.type(id);
      if (!type || !is_derived(Btf::kind(type))) return with_base(std::move(made), id, qualifiers);
      id = derive(*type, qualifiers, made, depth);
    }
    made.base = "...";
    return made;
  }

  std::string parameters(const btf_type& function, uint32_t first, int depth) {
    std::string text;
    for (uint32_t i = first; i < Btf::length(&function) && text.size() < kMaxText; i++) {
      const btf_param& each = Btf::payload<btf_param>(&function)[i];
      if (!text.empty()) text += ", ";
      bool is_rest = each.type == 0 && each.name_off == 0;
      text += is_rest ? "..." : declare(each.type, btf_.string(each.name_off), depth + 1).text();
      used_ += text.size();
    }
    return text;
  }

 private:
  struct Qualifiers {
    std::string before;  // "const volatile "
    std::string behind;  // " __user"
  };

  static bool is_derived(uint32_t kind) {
    return kind == BTF_KIND_PTR || kind == BTF_KIND_ARRAY || kind == BTF_KIND_FUNC_PROTO;
  }

  // Of the type `id`, which then is the type without them. Those of an array are its elements'.
  Qualifiers take_qualifiers(uint32_t& id) {
    Qualifiers found = std::move(pending_);
    pending_ = {};
    for (int step = 0; step < kMaxSteps; step++) {
      const btf_type* type = btf_.type(id);
      if (!type) break;
      uint32_t kind = Btf::kind(type);
      if (kind == BTF_KIND_CONST) found.before += "const ";
      else if (kind == BTF_KIND_VOLATILE) found.before += "volatile ";
      else if (kind == BTF_KIND_RESTRICT) found.before += "restrict ";
      else if (kind == BTF_KIND_TYPE_TAG) found.behind += fmt::format(" __{}", btf_.name(type));
      else break;
      id = type->type;
    }
    return found;
  }

  // One step from the name to the base; gives what comes next.
  uint32_t derive(const btf_type& type, const Qualifiers& qualifiers, Declaration& made, int depth) {
    std::string& text = made.declarator;
    if (Btf::kind(&type) == BTF_KIND_ARRAY) {
      const btf_array& array = *Btf::payload<btf_array>(&type);
      text = array.nelems ? fmt::format("{}[{}]", text, array.nelems) : text + "[]";
      pending_ = qualifiers;
      return array.type;
    }
    made.by_value = false;
    if (Btf::kind(&type) == BTF_KIND_FUNC_PROTO) {
      bool is_too_much = depth >= kMaxFunctions || used_ > kMaxText;
      std::string inside = is_too_much ? "..." : parameters(type, 0, depth);
      text = fmt::format("{}({})", text, inside.empty() ? "void" : inside);
      return type.type;
    }
    std::string words = qualifiers.before + (qualifiers.behind.empty() ? "" : qualifiers.behind.substr(1) + " ");
    if (text.empty() && !words.empty()) words.pop_back();
    text = fmt::format("*{}{}", words, text);
    if (leads_to_brackets(type.type)) text = fmt::format("({})", text);
    return type.type;
  }

  bool leads_to_brackets(uint32_t id) const {
    for (int step = 0; step < kMaxSteps; step++) {
      const btf_type* type = btf_.type(id);
      if (!type) return false;
      switch (Btf::kind(type)) {
        case BTF_KIND_CONST:
        case BTF_KIND_VOLATILE:
        case BTF_KIND_RESTRICT:
        case BTF_KIND_TYPE_TAG: id = type->type; break;
        case BTF_KIND_ARRAY:
        case BTF_KIND_FUNC_PROTO: return true;
        default: return false;
      }
    }
    return false;
  }

  Declaration with_base(Declaration made, uint32_t id, const Qualifiers& qualifiers) {
    made.base_id = id;
    made.base = fmt::format("{}{}{}", qualifiers.before, base_name(id), qualifiers.behind);
    return made;
  }

  std::string base_name(uint32_t id) const {
    const btf_type* type = btf_.type(id);
    if (!type) return "void";
    uint32_t kind = Btf::kind(type);
    std::string_view name = btf_.name(type);
    if (kind == BTF_KIND_FWD) return fmt::format("{} {}", Btf::kind_flag(type) ? "union" : "struct", name);
    return fmt::format("{}{}", keyword(kind), name.empty() ? "{...}" : name);
  }

  const Btf& btf_;
  Qualifiers pending_;
  size_t used_ = 0;
};

}  // namespace

std::string Declaration::text() const { return declarator.empty() ? base : fmt::format("{} {}", base, declarator); }

Declaration declaration(const Btf& btf, uint32_t type_id, std::string_view name) {
  return Writer(btf).declare(type_id, name, 0);
}

uint32_t prototype_id(const Btf& btf, uint32_t type_id) {
  for (int step = 0; step < kMaxSteps; step++) {
    const btf_type* type = btf.type(type_id);
    if (!type) return 0;
    switch (Btf::kind(type)) {
      case BTF_KIND_FUNC_PROTO: return type_id;
      case BTF_KIND_FUNC:
      case BTF_KIND_PTR:
      case BTF_KIND_TYPEDEF:
      case BTF_KIND_CONST: type_id = type->type; break;
      default: return 0;
    }
  }
  return 0;
}

std::string prototype(const Btf& btf, uint32_t function_id, std::string_view name) {
  uint32_t id = prototype_id(btf, function_id);
  return id ? declaration(btf, id, name).text() : "";
}

std::string parameters(const Btf& btf, uint32_t function_id, uint32_t first) {
  const btf_type* type = btf.type(prototype_id(btf, function_id));
  return type ? Writer(btf).parameters(*type, first, 0) : "";
}

}  // namespace sonde::kernel
