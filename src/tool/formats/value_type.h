// How a value is shown and read, by the name of its type in C: ipv4_t, errno_t, duration_ns_t. One file a type in
// types/; types that have none are numbers and text.
#pragma once

#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tool/declaration/tool.h"
#include "tool/formats/format_context.h"

namespace sonde::tool {

struct Value {
  const spec::Spec& spec;
  spec::TypeId type;
  std::string_view bytes;
  const ColumnStyle& style;
  FormatContext& formats;

  uint64_t number() const;  // unsigned, of at most 8 bytes
  int64_t signed_number() const;
};

struct ValueType {
  const char* name;
  std::string (*text)(const Value&) = nullptr;     // nullptr: as the bytes are
  nlohmann::json (*json)(const Value&) = nullptr;  // nullptr: the text if json_type is "string", else as the bytes are
  bool (*is_cut)(const Value&) = nullptr;          // there was more than the value shows; nullptr: there never is
  bool has_unread = false;                         // json() gives null for text of memory that could not be read
  // Of an option's value: bytes of at most `size`. nullptr: a number.
  Result<std::string> (*parse)(std::string_view text, size_t size) = nullptr;
  // Of the schema: "number", "string", "integer"; "text" and "texts" for strings that may hold any bytes, which json()
  // gives as they
  // are; nullptr: by the bytes.
  const char* json_type = nullptr;
  // Of a row without columns: what is learnt from it.
  void (*take)(const Value&) = nullptr;
  bool is_below = false;       // lines below the row's own, without a title
  bool is_label = false;       // there are few different ones: events can be counted by them
  const char* unit = nullptr;  // of an amount, in base units: "seconds", "bytes"; nullptr: it is none
  double scale = 1;            // base units in one of the number
};

// An array of char of at most this size is a name of a task or a word of the tool itself, which are whole; longer ones
// are filled by read_user_string() or read_kernel_string().
inline constexpr size_t kLongestName = 32;

// Types that one tool alone has, beside those of types/. Before any tool is read; the types live as long as the
// process.
void add_value_types(std::span<const ValueType> types);
// nullptr when the type is shown by its bytes alone.
const ValueType* find_value_type(std::string_view name);

// `type`: of the value, as find_value_type() gives it.
std::string text_of(const Value& value, const ValueType* type);
nlohmann::json json_of(const Value& value, const ValueType* type);
bool is_cut(const Value& value, const ValueType* type);
std::string text_of(const Value& value);  // for one value, whose type is looked up
bool can_be_cut(const spec::Spec& spec, spec::TypeId type);
// The bytes that an option's text stands for. The error says what is wrong with it. `range`: of a number; nullopt: its
// type's.
Result<std::string> parse_value(const spec::Spec& spec, spec::TypeId type, std::string_view text,
                                const std::optional<Range>& range = {});
// Of the schema: adds what json_of() gives for `name`.
void add_json_property(const spec::Spec& spec, spec::TypeId type, const std::string& name,
                       nlohmann::ordered_json& properties);

// For types whose values have names: a name of `names`, or the number.
struct Name {
  int64_t value;
  const char* name;
};
std::string name_of(std::span<const Name> names, int64_t value);
Result<int64_t> value_of_name(std::span<const Name> names, std::string_view text, const char* what);
std::string bytes_of(uint64_t number, size_t size);

}  // namespace sonde::tool
