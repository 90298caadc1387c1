// Takes typed values out of a JSON object: unknown keys are ignored, absent ones leave the default, and a value of the
// wrong type or out of range is the error of the whole reading.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace sonde::spec {

// Parses text into an object, or says why not.
Result<nlohmann::json> parse_object(std::string_view text, const char* what);

class JsonReader {
 public:
  // `status` collects the first error of this reader and of those made from it; it outlives them.
  JsonReader(const nlohmann::json& object, const char* name, Status& status)
      : JsonReader(object, nullptr, name, -1, status) {}

  bool ok() const { return status_.has_value(); }
  void fail(std::string_view key, const char* wanted);

  void get(const char* key, std::string& out);
  void get(const char* key, bool& out);
  void get(const char* key, std::vector<std::string>& out);
  void get(const char* key, std::vector<uint32_t>& out);
  void get(const char* key, std::vector<std::vector<std::string>>& out);

  template <typename T>
    requires(std::is_integral_v<T>)
  void get(const char* key, T& out) {
    const nlohmann::json* value = find(key);
    if (value && !to_integer(*value, out)) fail(key, "an integer in range");
  }

  template <typename T>
    requires(std::is_integral_v<T>)
  void get(const char* key, std::optional<T>& out) {
    if (!find(key)) return;
    get(key, out.emplace());
  }

  // Calls read(JsonReader&) for the object under `key`.
  template <typename Read>
  void object(const char* key, Read read) {
    const nlohmann::json* value = find(key);
    if (!value) return;
    JsonReader reader(*value, this, key, -1, status_);
    read(reader);
  }

  // Fills `out` from the array of objects under `key`: read(JsonReader&, element).
  template <typename T, typename Read>
  void list(const char* key, std::vector<T>& out, Read read) {
    const nlohmann::json* value = find(key);
    if (!value) return;
    if (!value->is_array()) return fail(key, "an array");
    out.reserve(value->size());
    for (const nlohmann::json& element : *value) {
      if (!ok()) return;
      JsonReader reader(element, this, key, static_cast<long>(out.size()), status_);
      read(reader, out.emplace_back());
    }
  }

 private:
  JsonReader(const nlohmann::json& object, const JsonReader* parent, const char* key, long index, Status& status);

  std::string where() const;                          // "spec.maps[1]"
  const nlohmann::json* find(const char* key) const;  // nullptr: absent, null, or an error came before

  template <typename T>
  static bool to_integer(const nlohmann::json& value, T& out) {
    if (value.is_number_unsigned()) {
      uint64_t number = value.get<uint64_t>();
      if (number > static_cast<uint64_t>(std::numeric_limits<T>::max())) return false;
      out = static_cast<T>(number);
      return true;
    }
    if (!value.is_number_integer() || std::is_unsigned_v<T>) return false;
    int64_t number = value.get<int64_t>();
    if (number < static_cast<int64_t>(std::numeric_limits<T>::min())) return false;
    out = static_cast<T>(number);
    return true;
  }

  const nlohmann::json& object_;
  const JsonReader* parent_;
  const char* key_;
  long index_;  // in the list under the key, or -1
  Status& status_;
};

}  // namespace sonde::spec
