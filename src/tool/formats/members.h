// The members of a struct by their names, as the program's spec has them: for what one tool's C file declares and its
// C++ shows, so that the layout is written once.
#pragma once

#include <string_view>

#include "tool/formats/value_type.h"

namespace sonde::tool {

class Members {
 public:
  Members(const spec::Spec& spec, spec::TypeId type, std::string_view bytes)
      : spec_(spec), type_(type), bytes_(bytes) {}
  explicit Members(const Value& value) : Members(value.spec, value.type, value.bytes) {}

  // 0 or empty where the struct has none of that name, or ends before it.
  uint64_t number(std::string_view name) const;
  int64_t signed_number(std::string_view name) const;
  // Of an array of signed numbers.
  int64_t element(std::string_view name, size_t at) const;
  // The name of an enum's value.
  std::string_view enumerator(std::string_view name) const;
  // Of all that is left of the struct from there on, if the member is longer than that.
  std::string_view bytes(std::string_view name) const;

 private:
  const spec::Field* find(std::string_view name) const;

  const spec::Spec& spec_;
  spec::TypeId type_;
  std::string_view bytes_;
};

}  // namespace sonde::tool
