// How values are shown and read.
#include "frame/value_type.h"

#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

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

Result<std::string> parse_number(std::string_view text, const spec::Type& type) {
  bool negative = text.starts_with('-');
  std::string_view digits = negative ? text.substr(1) : text;
  int base = digits.starts_with("0x") ? 16 : 10;
  if (base == 16) digits.remove_prefix(2);
  uint64_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  bool whole = error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
  if (!whole) return base::fail(ErrorKind::kInvalid, fmt::format("{} is not a number", safe_text(text)));
  unsigned bits = type.size * 8;
  uint64_t most = bits >= 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1;
  if (type.is_signed) most >>= 1;
  if ((negative && (!type.is_signed || number > most + 1)) || (!negative && number > most)) {
    return base::fail(ErrorKind::kInvalid, negative && !type.is_signed ? fmt::format("{} is below zero", text)
                                                                       : fmt::format("{} is more than {}", text, most));
  }
  return bytes_of(negative ? ~number + 1 : number, type.size);
}

std::string formatted(uint64_t wall_ns, const char* format, bool utc = false) {
  time_t seconds = static_cast<time_t>(wall_ns / kSecond);
  tm broken{};
  utc ? ::gmtime_r(&seconds, &broken) : ::localtime_r(&seconds, &broken);
  char text[40];
  return {text, std::strftime(text, sizeof text, format, &broken)};
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

const Symbols& Surroundings::process(int pid) { return processes_.try_emplace(pid, Symbols::of_process(pid)).first->second; }

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

std::string text_of(const Value& value) {
  const ValueType* type = find_value_type(value.spec.types[value.type].spelling);
  return type && type->text ? type->text(value) : value_text(value.spec, value.type, value.bytes);
}

nlohmann::json json_of(const Value& value) {
  const spec::Type& described = value.spec.types[value.type];
  const ValueType* type = find_value_type(described.spelling);
  if (type && type->json) return type->json(value);
  if (type && type->text && type->json_type && type->json_type == std::string_view("string")) return type->text(value);
  if (described.kind == spec::TypeKind::kBool) return value.number() != 0;
  if (is_number(described) && described.kind != spec::TypeKind::kFloat && described.size <= 8) {
    if (described.is_signed) return value.signed_number();
    return value.number();
  }
  return value_text(value.spec, value.type, value.bytes);
}

std::string json_type_of(const spec::Spec& spec, spec::TypeId type) {
  const spec::Type& described = spec.types[type];
  const ValueType* known = find_value_type(described.spelling);
  if (known && known->json_type) return known->json_type;
  if (described.kind == spec::TypeKind::kBool) return "boolean";
  return is_number(described) && described.size <= 8 ? "integer" : "string";
}

Result<std::string> parse_value(const spec::Spec& spec, spec::TypeId id, std::string_view text) {
  const spec::Type& type = spec.types[id];
  const ValueType* known = find_value_type(type.spelling);
  if (known && known->parse) return known->parse(text, type.size);
  if (!is_text(spec, type)) return parse_number(text, type);
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
