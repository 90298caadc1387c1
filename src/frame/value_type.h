// How a value is shown and read, by the name of its type in C: ipv4_t, errno_t, duration_ns_t. One file a type in types/;
// types that have none are numbers and text.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "frame/dns_names.h"
#include "frame/tool.h"
#include "sonde/symbols.h"

namespace sonde::frame {

// What showing a value may take beside its bytes.
class Surroundings {
 public:
  Surroundings();

  double seconds_since_start(uint64_t ktime_ns) const;
  // The wall clock at a moment of bpf_ktime_get_ns(), in nanoseconds since 1970.
  uint64_t wall_time_ns(uint64_t ktime_ns) const;
  static std::string now_clock();  // "12:00:01"
  std::string now_iso() const;    // "2026-01-31T12:00:01.000000000+0100"
  const Symbols& kernel();
  const Symbols& process(int pid);
  std::string zone() const;  // of local time: "CET"
  const std::string& disk_name(uint32_t kernel_dev);
  DnsNames& dns() { return dns_; }

 private:
  uint64_t start_ns_;
  uint64_t wall_offset_ns_;
  std::unique_ptr<Symbols> kernel_;
  std::map<int, Symbols> processes_;
  std::map<uint32_t, std::string> disks_;
  DnsNames dns_;
};

std::string clock_text(uint64_t wall_ns);  // "12:00:01"
std::string clock_ms_text(uint64_t wall_ns, bool utc);  // "12:00:01.123"
std::string iso_text(uint64_t wall_ns);    // "2026-01-31T12:00:01.123456789+0100"

struct Value {
  const spec::Spec& spec;
  spec::TypeId type;
  std::string_view bytes;
  const ColumnStyle& style;
  Surroundings& surroundings;

  uint64_t number() const;         // unsigned, of at most 8 bytes
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
  bool is_below = false;  // lines below the row's own, without a title
};

// nullptr when the type is shown by its bytes alone.
const ValueType* find_value_type(std::string_view name);

std::string text_of(const Value& value);
nlohmann::json json_of(const Value& value);
bool is_cut(const Value& value);
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

}  // namespace sonde::frame
