// A Spec as JSON: what the compiler writes into the object's section `.sonde.spec`, and what loaders read back.
#include "spec/spec.h"

#include <array>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "spec/json_reader.h"
#include "spec/validate.h"

namespace sonde::spec {

namespace {

using nlohmann::json;

// Index: TypeKind.
constexpr std::array<const char*, 10> kTypeKinds = {"void", "int",     "bool",  "char",   "float",
                                                    "enum", "pointer", "array", "struct", "union"};

// Adds `value` under `key` unless it is what the reader supposes anyway: most fields of most types are 0 or empty.
template <typename T>
void put(json& object, const char* key, const T& value) {
  if (value != T{}) object[key] = value;
}

json write(const Annotation& annotation);
json write(const Field& field);
json write(const Enumerator& enumerator);
json write(const Type& type);
json write(const Map& map);
json write(const Variant& variant);
json write(const Program& program);
json write(const TracepointField& field);
json write(const Tracepoint& tracepoint);
json write(const Declaration& declaration);

template <typename T>
json write_list(const std::vector<T>& elements) {
  json list = json::array();
  for (const T& element : elements) list.push_back(write(element));
  return list;
}

// ["column", "PID", "-6"]
json write(const Annotation& annotation) {
  json out = {annotation.kind};
  for (const std::string& word : annotation.words) out.push_back(word);
  return out;
}

json write(const Field& field) {
  json out = {{"type", field.type}, {"offset_bits", field.offset_bits}};
  put(out, "name", field.name);
  put(out, "bits", field.bits);
  if (!field.annotations.empty()) out["annotations"] = write_list(field.annotations);
  return out;
}

json write(const Enumerator& enumerator) { return {{"name", enumerator.name}, {"value", enumerator.value}}; }

json write(const Type& type) {
  json out = {{"kind", kTypeKinds[static_cast<size_t>(type.kind)]}};
  put(out, "name", type.name);
  put(out, "spelling", type.spelling);
  put(out, "size", type.size);
  put(out, "signed", type.is_signed);
  put(out, "element", type.element);
  put(out, "count", type.count);
  if (!type.fields.empty()) out["fields"] = write_list(type.fields);
  if (!type.enumerators.empty()) out["enumerators"] = write_list(type.enumerators);
  return out;
}

json write(const Map& map) {
  json out = {{"name", map.name},
              {"kind", map.kind},
              {"type", map.type},
              {"key_size", map.key_size},
              {"value_size", map.value_size},
              {"max_entries", map.max_entries},
              {"flags", map.flags}};
  if (map.key) out["key"] = *map.key;
  if (map.value) out["value"] = *map.value;
  if (map.event) out["event"] = *map.event;
  put(out, "inner", map.inner);
  put(out, "pin_path", map.pin_path);
  put(out, "scope", map.scope);
  return out;
}

json write(const Variant& variant) {
  json out = {{"kind", variant.kind}};
  put(out, "symbol", variant.symbol);
  put(out, "differs", variant.differs);
  put(out, "argument_bits", variant.argument_bits);
  put(out, "reads_result", variant.reads_result);
  return out;
}

// A kind that this sonde does not know keeps its name in the target.
std::pair<std::string, std::string> words_of(const Hook& hook) {
  if (hook.kind != HookKind::kUnknown) return {std::string(name_of(hook.kind)), hook.target};
  size_t colon = std::min(hook.target.find(':'), hook.target.size());
  return {hook.target.substr(0, colon), hook.target.substr(std::min(colon + 1, hook.target.size()))};
}

json write(const Program& program) {
  auto [kind, target] = words_of(program.hook);
  json out = {{"name", program.name},
              {"symbol", program.symbol},
              {"hook", {{"kind", kind}, {"target", target}}},
              {"auto_attach", program.auto_attach},
              {"line", program.line}};
  if (!program.variants.empty()) out["variants"] = write_list(program.variants);
  return out;
}

json write(const TracepointField& field) {
  return {{"name", field.name}, {"offset", field.offset}, {"size", field.size}};
}

json write(const Tracepoint& tracepoint) {
  return {{"category", tracepoint.category}, {"event", tracepoint.event}, {"fields", write_list(tracepoint.fields)}};
}

json write(const Declaration& declaration) {
  json out = {{"name", declaration.name}, {"annotations", write_list(declaration.annotations)}};
  put(out, "type", declaration.type);
  return out;
}

void read_annotations(JsonReader& in, std::vector<Annotation>& annotations) {
  std::vector<std::vector<std::string>> lists;
  in.get("annotations", lists);
  for (std::vector<std::string>& list : lists) {
    if (list.empty()) return in.fail("annotations", "a list of lists that begin with a kind");
    annotations.push_back({std::move(list.front()), {list.begin() + 1, list.end()}});
  }
}

void read_kind(JsonReader& in, TypeKind& kind) {
  std::string name;
  in.get("kind", name);
  for (size_t i = 0; i < kTypeKinds.size(); ++i) {
    if (name == kTypeKinds[i]) {
      kind = static_cast<TypeKind>(i);
      return;
    }
  }
  in.fail("kind", "a kind of type");
}

void read_field(JsonReader& in, Field& field) {
  in.get("name", field.name);
  in.get("type", field.type);
  in.get("offset_bits", field.offset_bits);
  in.get("bits", field.bits);
  read_annotations(in, field.annotations);
}

void read_enumerator(JsonReader& in, Enumerator& enumerator) {
  in.get("name", enumerator.name);
  in.get("value", enumerator.value);
}

void read_type(JsonReader& in, Type& type) {
  read_kind(in, type.kind);
  in.get("name", type.name);
  in.get("spelling", type.spelling);
  in.get("size", type.size);
  in.get("signed", type.is_signed);
  in.get("element", type.element);
  in.get("count", type.count);
  in.list("fields", type.fields, read_field);
  in.list("enumerators", type.enumerators, read_enumerator);
}

void read_map(JsonReader& in, Map& map) {
  in.get("name", map.name);
  in.get("kind", map.kind);
  in.get("type", map.type);
  in.get("key_size", map.key_size);
  in.get("value_size", map.value_size);
  in.get("max_entries", map.max_entries);
  in.get("flags", map.flags);
  in.get("key", map.key);
  in.get("value", map.value);
  in.get("event", map.event);
  in.get("inner", map.inner);
  in.get("pin_path", map.pin_path);
  in.get("scope", map.scope);
}

void read_variant(JsonReader& in, Variant& variant) {
  in.get("kind", variant.kind);
  in.get("symbol", variant.symbol);
  in.get("differs", variant.differs);
  in.get("argument_bits", variant.argument_bits);
  in.get("reads_result", variant.reads_result);
}

void read_program(JsonReader& in, Program& program) {
  in.get("name", program.name);
  in.get("symbol", program.symbol);
  in.object("hook", [&](JsonReader& hook) {
    std::string kind;
    hook.get("kind", kind);
    hook.get("target", program.hook.target);
    program.hook.kind = hook_kind(kind);
    if (program.hook.kind == HookKind::kUnknown) program.hook.target = kind + ":" + program.hook.target;
  });
  in.get("auto_attach", program.auto_attach);
  in.get("line", program.line);
  in.list("variants", program.variants, read_variant);
}

void read_tracepoint(JsonReader& in, Tracepoint& tracepoint) {
  in.get("category", tracepoint.category);
  in.get("event", tracepoint.event);
  in.list("fields", tracepoint.fields, [](JsonReader& field, TracepointField& out) {
    field.get("name", out.name);
    field.get("offset", out.offset);
    field.get("size", out.size);
  });
}

Status check_version(JsonReader& in) {
  int version = 0;
  in.get("version", version);
  if (!in.ok() || version == kVersion) return {};
  return base::fail(ErrorKind::kInvalid,
                    fmt::format("the spec is of version {}; this sonde reads {}", version, kVersion),
                    "compile the program again with this sonde");
}

}  // namespace

std::string to_json(const Spec& spec) {
  json out = {{"version", kVersion},
              {"source_name", spec.source_name},
              {"made_by", spec.made_by},
              {"license", spec.license},
              {"target", spec.target},
              {"portable", spec.portable},
              {"types", write_list(spec.types)},
              {"maps", write_list(spec.maps)},
              {"programs", write_list(spec.programs)},
              {"tracepoints", write_list(spec.tracepoints)}};
  if (!spec.declarations.empty()) out["declarations"] = write_list(spec.declarations);
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Spec> from_json(std::string_view text) {
  ASSIGN_OR_RETURN(json parsed, parse_object(text, "the spec"));
  Status status;
  Spec spec;
  JsonReader in(parsed, "spec", status);
  RETURN_IF_ERROR(check_version(in));
  in.get("source_name", spec.source_name);
  in.get("made_by", spec.made_by);
  in.get("license", spec.license);
  in.get("target", spec.target);
  in.get("portable", spec.portable);
  in.list("types", spec.types, read_type);
  in.list("maps", spec.maps, read_map);
  in.list("programs", spec.programs, read_program);
  in.list("tracepoints", spec.tracepoints, read_tracepoint);
  in.list("declarations", spec.declarations, [](JsonReader& declaration, Declaration& out) {
    declaration.get("name", out.name);
    declaration.get("type", out.type);
    read_annotations(declaration, out.annotations);
  });
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(validate(spec));
  return spec;
}

}  // namespace sonde::spec
