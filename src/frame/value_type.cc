// How values are shown and read.
#include "frame/value_type.h"

#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "frame/json_line.h"
#include "frame/texts.h"
#include "frame/value_json.h"
#include "frame/value_text.h"
#include "frame/value_types.h"

namespace sonde::frame {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;

uint64_t now_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * kSecond + static_cast<uint64_t>(now.tv_nsec);
}

// "/sys/dev/block/254:0" is a link to ".../block/vda".
std::string read_disk_name(uint32_t dev) {
  std::string link = fmt::format("/sys/dev/block/{}:{}", dev >> 20, dev & 0xfffff);
  char target[512];
  ssize_t length = ::readlink(link.c_str(), target, sizeof target);
  if (length <= 0) return dev ? fmt::format("{}:{}", dev >> 20, dev & 0xfffff) : "?";
  std::string_view path(target, static_cast<size_t>(length));
  return safe_text(path.substr(path.rfind('/') + 1));
}

Range range_of(const spec::Type& type) {
  unsigned bits = std::min(type.size * 8, 64u);
  uint64_t most = UINT64_MAX >> (64 - bits + type.is_signed);
  return {type.is_signed ? -static_cast<int64_t>(most) - 1 : 0, most};
}

Result<std::string> parse_number(std::string_view text, const spec::Type& type, const Range& range) {
  ASSIGN_OR_RETURN(uint64_t number, number_in(range, text));
  return bytes_of(number, type.size);
}

std::string formatted(uint64_t wall_ns, const char* format, bool utc = false) {
  time_t seconds = static_cast<time_t>(wall_ns / kSecond);
  tm broken{};
  utc ? ::gmtime_r(&seconds, &broken) : ::localtime_r(&seconds, &broken);
  char text[40];
  return {text, std::strftime(text, sizeof text, format, &broken)};
}

// Shorter arrays are names of tasks and words of the tool itself, which are whole.
constexpr size_t kLongestName = 32;

// Filled by read_user_string() or read_kernel_string().
bool is_text_array(const spec::Spec& spec, spec::TypeId type) {
  return is_text(spec, spec.types[type]) && spec.types[type].size > kLongestName;
}

bool is_whole_array(const Value& value) {
  return is_text_array(value.spec, value.type) && value.bytes.size() == value.spec.types[value.type].size;
}

}  // namespace

std::string clock_text(uint64_t wall_ns) { return formatted(wall_ns, "%H:%M:%S"); }

std::string clock_ms_text(uint64_t wall_ns, bool utc) {
  return fmt::format("{}.{:03}", formatted(wall_ns, "%H:%M:%S", utc), wall_ns % kSecond / 1'000'000);
}

std::string iso_text(uint64_t wall_ns) {
  return fmt::format("{}.{:09}{}", formatted(wall_ns, "%Y-%m-%dT%H:%M:%S"), wall_ns % kSecond, formatted(wall_ns, "%z"));
}

Surroundings::Surroundings()
    : start_ns_(now_ns(CLOCK_MONOTONIC)), wall_offset_ns_(now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC)) {}

double Surroundings::seconds_since_start(uint64_t ktime_ns) const {
  return static_cast<double>(static_cast<int64_t>(ktime_ns - start_ns_)) / static_cast<double>(kSecond);
}

uint64_t Surroundings::wall_time_ns(uint64_t ktime_ns) const { return ktime_ns + wall_offset_ns_; }

std::string Surroundings::now_clock() { return clock_text(now_ns(CLOCK_REALTIME)); }
std::string Surroundings::zone() const { return formatted(now_ns(CLOCK_REALTIME), "%Z"); }
std::string Surroundings::now_iso() const { return iso_text(now_ns(CLOCK_REALTIME)); }

const Symbols& Surroundings::kernel() {
  if (!kernel_) kernel_ = std::make_unique<Symbols>(Symbols::of_kernel());
  return *kernel_;
}

const Symbols& Surroundings::process(int pid) {
  auto found = processes_.find(pid);
  if (found == processes_.end()) found = processes_.emplace(pid, Symbols::of_process(pid)).first;
  return found->second;
}

const std::string& Surroundings::disk_name(uint32_t kernel_dev) {
  auto [found, is_new] = disks_.try_emplace(kernel_dev);
  if (is_new) found->second = read_disk_name(kernel_dev);
  return found->second;
}

uint64_t Value::number() const { return unsigned_at(bytes, std::min<size_t>(spec.types[type].size, 8)); }

int64_t Value::signed_number() const {
  unsigned unused = 64 - 8 * std::min(spec.types[type].size, 8u);
  return static_cast<int64_t>(number() << unused) >> unused;
}

const ValueType* find_value_type(std::string_view name) {
  for (const ValueType* type : value_types()) {
    if (name == type->name) return type;
  }
  return nullptr;
}

bool can_be_cut(const spec::Spec& spec, spec::TypeId type) {
  const ValueType* known = find_value_type(spec.types[type].spelling);
  return known ? known->is_cut != nullptr : is_text_array(spec, type);
}

bool is_cut(const Value& value) {
  const ValueType* type = find_value_type(value.spec.types[value.type].spelling);
  if (type) return type->is_cut && type->is_cut(value);
  return is_whole_array(value) && text_of_array(value.bytes).is_cut();
}

std::string text_of(const Value& value) {
  const ValueType* type = find_value_type(value.spec.types[value.type].spelling);
  if (type && type->text) return type->text(value);
  if (is_whole_array(value)) return shown_text(text_of_array(value.bytes));
  return value_text(value.spec, value.type, value.bytes);
}

nlohmann::json json_of(const Value& value) {
  const ValueType* type = find_value_type(value.spec.types[value.type].spelling);
  if (type && type->json) return type->json(value);
  if (type && type->text && type->json_type && type->json_type == std::string_view("string")) return type->text(value);
  return value_json(value.spec, value.type, value.bytes);
}

void add_json_property(const spec::Spec& spec, spec::TypeId type, const std::string& name,
                       nlohmann::ordered_json& properties) {
  const ValueType* known = find_value_type(spec.types[type].spelling);
  std::string_view json_type = known && known->json_type ? known->json_type : "";
  if (json_type.empty()) add_property(spec, type, name, properties);
  else if (json_type == "text" || json_type == "texts")
    add_text_property(properties, name, json_type == "texts", known->has_unread);
  else properties[name] = {{"type", json_type}};
}

Result<std::string> parse_value(const spec::Spec& spec, spec::TypeId id, std::string_view text,
                                const std::optional<Range>& range) {
  const spec::Type& type = spec.types[id];
  const ValueType* known = find_value_type(type.spelling);
  if (known && known->parse) return known->parse(text, type.size);
  if (!is_text(spec, type)) return parse_number(text, type, range.value_or(range_of(type)));
  if (text.size() < type.size) return std::string(text);
  return base::fail(ErrorKind::kInvalid, fmt::format("{} is longer than {} characters", safe_text(text), type.size - 1));
}

std::string name_of(std::span<const Name> names, int64_t value) {
  auto found = std::find_if(names.begin(), names.end(), [&](const Name& each) { return each.value == value; });
  return found == names.end() ? fmt::format("{}", value) : found->name;
}

Result<int64_t> value_of_name(std::span<const Name> names, std::string_view text, const char* what) {
  for (const Name& each : names) {
    if (text == each.name) return each.value;
  }
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return number;
  return base::fail(ErrorKind::kInvalid, fmt::format("there is no {} {}", what, safe_text(text)));
}

std::string bytes_of(uint64_t number, size_t size) {
  std::string bytes(size, '\0');
  std::memcpy(bytes.data(), &number, std::min(size, sizeof number));
  return bytes;
}

}  // namespace sonde::frame
