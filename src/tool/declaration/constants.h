// Constants of a program (const volatile globals) in the bytes of its object: read for their defaults, set before it is
// loaded, when the verifier takes them for what they are and drops the code behind options that are off.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::tool {

class Constants {
 public:
  // `object`: an ELF file. Keeps no view of it.
  static Result<Constants> open(std::string object);

  // The bytes of the constant; kNotFound if the program has none of that name.
  Result<std::string_view> get(std::string_view name) const;
  // `bytes` may be shorter than the constant: the rest becomes 0.
  Status set(std::string_view name, std::string_view bytes);
  std::string take_object() && { return std::move(object_); }

 private:
  struct Place {
    size_t offset = 0, size = 0;
  };
  Result<Place> find(std::string_view name) const;

  std::string object_;
  Place rodata_, symbols_, names_;
  unsigned rodata_index_ = 0;
};

}  // namespace sonde::tool
