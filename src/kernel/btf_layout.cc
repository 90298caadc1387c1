#include "kernel/btf_layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace sonde::kernel {
namespace {

constexpr int kMaxNesting = 16;
constexpr size_t kMaxMembers = 64u << 10;  // of all that are shown, nested ones included
constexpr size_t kMaxColumn = 56;
constexpr uint64_t kCacheLine = 64;

bool is_record(const btf_type* type) {
  return type && (Btf::kind(type) == BTF_KIND_STRUCT || Btf::kind(type) == BTF_KIND_UNION);
}

class Reader {
 public:
  explicit Reader(const Btf& btf) : btf_(btf) {}

  RecordLayout read(const btf_type& type, uint64_t start, int depth) {
    RecordLayout record;
    record.keyword = Btf::kind(&type) == BTF_KIND_STRUCT ? "struct" : "union";
    record.name = btf_.name(&type);
    record.size = type.size;
    for (uint32_t i = 0; i < Btf::length(&type) && count_ < kMaxMembers; i++, count_++)
      record.members.push_back(member(type, i, start, depth));
    if (Btf::kind(&type) == BTF_KIND_STRUCT) find_holes(record, start);
    return record;
  }

 private:
  MemberLayout member(const btf_type& record, uint32_t index, uint64_t start, int depth) {
    const btf_member& each = Btf::payload<btf_member>(&record)[index];
    bool has_flag = Btf::kind_flag(&record);
    uint64_t width = has_flag ? BTF_MEMBER_BITFIELD_SIZE(each.offset) : 0;
    MemberLayout made;
    made.name = btf_.string(each.name_off);
    made.declaration = declaration(btf_, each.type, made.name);
    made.bit_offset = start + (has_flag ? BTF_MEMBER_BIT_OFFSET(each.offset) : each.offset);
    made.is_bit_field = width != 0;
    made.bits = width ? width : btf_.size_of(each.type) * 8;
    if (width == 0 && !has_flag) add_old_bit_field(each.type, made);
    const btf_type* base = btf_.type(made.declaration.base_id);
    bool is_shown = made.declaration.by_value && is_record(base) && btf_.name(base).empty() && depth < kMaxNesting;
    if (is_shown) made.record.push_back(read(*base, made.bit_offset, depth + 1));
    return made;
  }

  // Before kind_flag, and still where no member is a bit-field of an enumeration: the type says how many bits it has.
  void add_old_bit_field(uint32_t type_id, MemberLayout& made) const {
    const btf_type* type = btf_.type(btf_.resolve(type_id));
    if (!type || Btf::kind(type) != BTF_KIND_INT) return;
    uint32_t encoding = *Btf::payload<uint32_t>(type);
    uint32_t bits = BTF_INT_BITS(encoding);
    if (bits == type->size * 8 && BTF_INT_OFFSET(encoding) == 0) return;
    made.is_bit_field = true;
    made.bit_offset += BTF_INT_OFFSET(encoding);
    made.bits = bits;
  }

  static void find_holes(RecordLayout& record, uint64_t start) {
    uint64_t end = start;
    for (size_t i = 0; i < record.members.size(); i++) {
      const MemberLayout& each = record.members[i];
      if (each.bit_offset > end) record.holes.push_back({end, each.bit_offset - end, i});
      end = std::max(end, each.bit_offset + each.bits);
    }
    uint64_t whole = start + record.size * 8;
    if (whole > end) record.holes.push_back({end, whole - end, record.members.size()});
  }

  const Btf& btf_;
  size_t count_ = 0;
};

class Printer {
 public:
  explicit Printer(const RecordLayout& record) { measure(record, 1); }

  std::string print(const RecordLayout& record) {
    text_ = fmt::format("{} {} {{\n", record.keyword, record.name);
    body(record, 1);
    text_ += summary(record);
    return std::move(text_) + "};\n";
  }

 private:
  static std::string indent(int depth) { return std::string(static_cast<size_t>(depth) * 4, ' '); }

  static std::string width_of(const MemberLayout& each) {
    return each.is_bit_field ? fmt::format(" : {}", each.bits) : "";
  }
  // "spinlock_t f_lock;", or "} name[3];" behind the members of a record without a name.
  static std::string line_of(const MemberLayout& each) {
    if (each.record.empty()) return each.declaration.text() + width_of(each) + ";";
    const std::string& declarator = each.declaration.declarator;
    return declarator.empty() ? "};" : fmt::format("}} {};", declarator);
  }

  void measure(const RecordLayout& record, int depth) {
    for (const MemberLayout& each : record.members) {
      column_ = std::max(column_, std::min(kMaxColumn, line_of(each).size() + static_cast<size_t>(depth) * 4));
      for (const RecordLayout& inner : each.record) measure(inner, depth + 1);
    }
  }

  void body(const RecordLayout& record, int depth) {
    auto hole = record.holes.begin();
    for (size_t i = 0; i < record.members.size(); i++) {
      const MemberLayout& each = record.members[i];
      if (hole != record.holes.end() && hole->before == i) comment(depth, hole_text(*hole++, "hole"));
      if (depth == 1) cache_line(each.bit_offset / 8);
      member(each, depth);
    }
    if (hole != record.holes.end()) comment(depth, hole_text(*hole, "padding"));
  }

  void member(const MemberLayout& each, int depth) {
    if (!each.record.empty()) {
      const std::string& base = each.declaration.base;
      text_ += fmt::format("{}{}\n", indent(depth), base.substr(0, base.find("{...}") + 1));
      body(each.record.front(), depth + 1);
    }
    uint64_t byte = each.bit_offset / 8, bit = each.bit_offset % 8;
    std::string place = each.is_bit_field ? fmt::format("{:>5}:{:<2} {:>2}", byte, bit, each.bits)
                                          : fmt::format("{:>5} {:>5}", byte, each.bits / 8);
    text_ += fmt::format("{:<{}} /* {} */\n", indent(depth) + line_of(each), column_, place);
  }

  void comment(int depth, const std::string& says) { text_ += fmt::format("{}/* {} */\n", indent(depth), says); }

  static std::string hole_text(const Hole& hole, std::string_view what) {
    uint64_t bytes = hole.bits / 8, bits = hole.bits % 8;
    auto several = [](uint64_t n, const char* noun) { return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s"); };
    std::string amount = bits == 0    ? several(bytes, "byte")
                         : bytes == 0 ? several(bits, "bit")
                                      : fmt::format("{} and {}", several(bytes, "byte"), several(bits, "bit"));
    return fmt::format("{}: {}", what, amount);
  }

  void cache_line(uint64_t byte) {
    uint64_t line = byte / kCacheLine;
    if (line <= line_) return;
    line_ = line;
    uint64_t behind = byte % kCacheLine;
    std::string where = behind ? fmt::format(", {} bytes before here", behind) : "";
    comment(1, fmt::format("cache line {} ({} bytes{})", line, line * kCacheLine, where));
  }

  static std::string summary(const RecordLayout& record) {
    uint64_t bits = 0, count = 0;
    for (const Hole& each : record.holes) {
      if (each.before < record.members.size()) bits += each.bits, count++;
    }
    std::string holes =
        count ? fmt::format(", {}", hole_text({0, bits, 0}, fmt::format("holes: {}, together", count))) : "";
    return fmt::format("\n    /* size: {}, cache lines: {}, members: {}{} */\n", record.size,
                       (record.size + kCacheLine - 1) / kCacheLine, record.members.size(), holes);
  }

  std::string text_;
  size_t column_ = 0;
  uint64_t line_ = 0;
};

}  // namespace

Result<RecordLayout> layout_of(const Btf& btf, uint32_t type_id) {
  const btf_type* asked = btf.type(type_id);
  const btf_type* type = btf.type(btf.resolve(type_id));
  if (!is_record(type)) return base::fail(ErrorKind::kInvalid, "neither a struct nor a union");
  RecordLayout record = Reader(btf).read(*type, 0, 0);
  if (record.name.empty() && asked) record.name = btf.name(asked);
  return record;
}

std::string layout_text(const RecordLayout& record) { return Printer(record).print(record); }

}  // namespace sonde::kernel
