#include "tool/formats/members.h"

#include <algorithm>

#include "tool/text/value_text.h"

namespace sonde::tool {
namespace {

int64_t extended(uint64_t number, size_t size) {
  unsigned unused = size < 8 ? 64 - 8 * static_cast<unsigned>(size) : 0;
  return size ? static_cast<int64_t>(number << unused) >> unused : 0;
}

}  // namespace

const spec::Field* Members::find(std::string_view name) const {
  const auto& fields = spec_.types[type_].fields;
  auto found = std::find_if(fields.begin(), fields.end(), [&](const spec::Field& each) { return each.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::string_view Members::bytes(std::string_view name) const {
  const spec::Field* field = find(name);
  if (!field || field->offset_bits / 8 >= bytes_.size()) return {};
  return bytes_.substr(field->offset_bits / 8, spec_.types[field->type].size);
}

uint64_t Members::number(std::string_view name) const {
  std::string_view found = bytes(name);
  return unsigned_at(found, std::min<size_t>(found.size(), 8));
}

int64_t Members::signed_number(std::string_view name) const {
  return extended(number(name), std::min<size_t>(bytes(name).size(), 8));
}

int64_t Members::element(std::string_view name, size_t at) const {
  const spec::Field* field = find(name);
  if (!field) return 0;
  size_t size = spec_.types[spec_.types[field->type].element].size;
  std::string_view all = bytes(name);
  if (size == 0 || size > 8 || all.size() / size <= at) return 0;
  return extended(unsigned_at(all.substr(at * size), size), size);
}

std::string_view Members::enumerator(std::string_view name) const {
  const spec::Field* field = find(name);
  if (!field) return {};
  int64_t value = signed_number(name);
  for (const spec::Enumerator& each : spec_.types[field->type].enumerators) {
    if (each.value == value) return each.name;
  }
  return {};
}

}  // namespace sonde::tool
