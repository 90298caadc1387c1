// The part of the kernel's BTF that the CO-RE relocations of an object can find something in.
#include "bpf/load/minimal_btf.h"

#include <bpf/btf.h>
#include <linux/bpf.h>

#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "elf/section.h"
#include "kernel/btf.h"
#include "kernel/btf_pieces.h"

namespace sonde::bpf {
namespace {

using kernel::Btf;
using kernel::BtfPieces;
using Names = std::set<std::string, std::less<>>;

constexpr int kMaxDepth = 64;  // of records in records
constexpr size_t kMaxRelocations = 1 << 20;
constexpr const char* kOther = "other";  // a name that nobody uses, where one without a name would fit any

// task_struct of task_struct___old: how libbpf calls several views of one type.
std::string_view essential(std::string_view name) {
  for (size_t i = name.size(); i >= 5; i--) {
    size_t at = i - 5;  // X___Y
    if (name[at] != '_' && name.substr(at + 1, 3) == "___" && name[at + 4] != '_') return name.substr(0, at + 1);
  }
  return name;
}

// Enums of both widths are one, as for libbpf.
uint32_t compared_kind(uint32_t kind) { return kind == BTF_KIND_ENUM64 ? uint32_t{BTF_KIND_ENUM} : kind; }

// The records of .BTF.ext, whose begin linux/btf.h leaves to libbpf.
struct ExtHeader {
  uint16_t magic;
  uint8_t version, flags;
  uint32_t header_length, function_offset, function_length, line_offset, line_length, relocation_offset,
      relocation_length;
};

template <typename T>
bool take(std::string_view& bytes, T& out) {
  if (bytes.size() < sizeof out) return false;
  std::memcpy(&out, bytes.data(), sizeof out);
  bytes.remove_prefix(sizeof out);
  return true;
}

// Nothing when the section is not what it should be.
std::optional<std::vector<bpf_core_relo>> relocations(std::string_view section) {
  ExtHeader header{};
  std::memcpy(&header, section.data(), std::min(sizeof header, section.size()));
  if (header.magic != BTF_MAGIC || header.header_length > section.size()) return std::nullopt;
  if (header.header_length < sizeof header) return std::vector<bpf_core_relo>();  // from before there were any
  std::string_view body = section.substr(header.header_length);
  if (header.relocation_offset > body.size() || header.relocation_length > body.size() - header.relocation_offset)
    return std::nullopt;
  std::string_view rest = body.substr(header.relocation_offset, header.relocation_length);
  std::vector<bpf_core_relo> found;
  uint32_t size = 0;
  if (rest.empty()) return found;
  if (!take(rest, size) || size < sizeof(bpf_core_relo)) return std::nullopt;
  while (!rest.empty()) {
    uint32_t name = 0, count = 0;
    if (!take(rest, name) || !take(rest, count) || count > rest.size() / size || found.size() + count > kMaxRelocations)
      return std::nullopt;
    for (uint32_t i = 0; i < count; i++, rest.remove_prefix(size))
      std::memcpy(&found.emplace_back(), rest.data(), sizeof(bpf_core_relo));
  }
  return found;
}

// What an object looks for in the kernel.
struct Wanted {
  std::map<std::string, std::set<uint32_t>, std::less<>> roots;  // kinds, by names
  Names names;                                                   // of types, members and enumerators
};

bool is_record(uint32_t kind) { return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION; }

// Whether members, sizes and values are all that it compares.
bool is_about_members(uint32_t relocation, uint32_t root_kind) {
  switch (relocation) {
    case BPF_CORE_TYPE_ID_LOCAL:
    case BPF_CORE_TYPE_ID_TARGET:
    case BPF_CORE_TYPE_MATCHES: return false;
    case BPF_CORE_TYPE_EXISTS:
    case BPF_CORE_TYPE_SIZE: return is_record(root_kind) || compared_kind(root_kind) == BTF_KIND_ENUM;
    default: return relocation <= BPF_CORE_TYPE_MATCHES;
  }
}

void add_names(const Btf& types, Names& names) {
  for (uint32_t id = types.first_id(); id < types.end_id(); id++) {
    const btf_type* type = types.type(id);
    uint32_t kind = Btf::kind(type);
    if (is_record(kind) || kind == BTF_KIND_TYPEDEF || compared_kind(kind) == BTF_KIND_ENUM)
      names.emplace(essential(types.name(type)));
    for (uint32_t i = 0; i < Btf::length(type); i++) {
      if (is_record(kind)) names.emplace(types.string(Btf::payload<btf_member>(type)[i].name_off));
      if (kind == BTF_KIND_ENUM)
        names.emplace(essential(types.string(Btf::payload<struct btf_enum>(type)[i].name_off)));
      if (kind == BTF_KIND_ENUM64)
        names.emplace(essential(types.string(Btf::payload<struct btf_enum64>(type)[i].name_off)));
    }
  }
  names.erase("");
}

std::optional<Wanted> wanted_by(std::string_view object) {
  auto types_section = elf::section(object, ".BTF");
  auto ext_section = elf::section(object, ".BTF.ext");
  if (!types_section || !ext_section) return std::nullopt;
  auto types = Btf::parse(std::string(*types_section));
  auto all = relocations(*ext_section);
  if (!types || !all || all->empty()) return std::nullopt;
  Wanted wanted;
  for (const bpf_core_relo& each : *all) {
    const btf_type* root = (*types)->type(each.type_id);
    if (!root || root->name_off == 0 || !is_about_members(each.kind, Btf::kind(root))) return std::nullopt;
    wanted.roots[std::string(essential((*types)->name(root)))].insert(compared_kind(Btf::kind(root)));
  }
  add_names(**types, wanted.names);
  for (const auto& [name, kinds] : wanted.roots) wanted.names.insert(name);
  return wanted;
}

struct Free {
  void operator()(btf* types) const { btf__free(types); }
};

// Copies types, each after those that it consists of. A negative id: that failed.
class Excerpt {
 public:
  Excerpt(BtfPieces& kernel, const std::map<std::string, uint32_t, std::less<>>& offsets)
      : kernel_(kernel), out_(btf__new_empty()) {
    for (const auto& [name, offset] : offsets) names_.emplace(offset, name);
  }

  int add(uint32_t id, int depth = 0) {
    if (id == 0) return 0;
    if (auto known = added_.find(id); known != added_.end()) return known->second;
    auto type = depth < kMaxDepth && out_ ? kernel_.type(id) : std::nullopt;
    int added = type ? copy(*type, depth + 1) : -1;
    added_[id] = added;
    return added;
  }

  std::optional<std::string> bytes() const {
    uint32_t size = 0;
    const void* raw = out_ ? btf__raw_data(out_.get(), &size) : nullptr;
    if (!raw) return std::nullopt;
    return std::string(static_cast<const char*>(raw), size);
  }

 private:
  const char* name(uint32_t offset) const {
    auto known = names_.find(offset);
    return known == names_.end() ? nullptr : known->second.c_str();
  }
  // Of a type that may have none, but not another's.
  const char* type_name(const btf_type& head) const {
    if (head.name_off == 0) return nullptr;
    const char* known = name(head.name_off);
    return known ? known : kOther;
  }

  int copy(const BtfPieces::Type& type, int depth) {
    const btf_type& head = type.head;
    switch (Btf::kind(&head)) {
      case BTF_KIND_INT: return copy_int(type);
      case BTF_KIND_FLOAT: return btf__add_float(out_.get(), kOther, head.size);
      case BTF_KIND_PTR: return pointer_ > 0 ? pointer_ : pointer_ = btf__add_ptr(out_.get(), 0);
      case BTF_KIND_ARRAY: return copy_array(type, depth);
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION: return copy_record(type, depth);
      case BTF_KIND_ENUM: return copy_enum(type);
      case BTF_KIND_ENUM64: return copy_enum64(type);
      case BTF_KIND_FWD:
        return btf__add_fwd(out_.get(), kOther, Btf::kind_flag(&head) ? BTF_FWD_UNION : BTF_FWD_STRUCT);
      case BTF_KIND_TYPEDEF: return copy_typedef(head, depth);
      case BTF_KIND_CONST:
      case BTF_KIND_VOLATILE:
      case BTF_KIND_RESTRICT:
      case BTF_KIND_TYPE_TAG: return add(head.type, depth);
      default: return 0;  // functions are only pointed to
    }
  }

  int copy_int(const BtfPieces::Type& type) {
    uint32_t coding = 0;
    if (!kernel_.read_payload(type, &coding, sizeof coding)) return -1;
    return btf__add_int(out_.get(), kOther, type.head.size, static_cast<int>(BTF_INT_ENCODING(coding)));
  }

  int copy_array(const BtfPieces::Type& type, int depth) {
    struct btf_array array{};
    if (!kernel_.read_payload(type, &array, sizeof array)) return -1;
    int element = add(array.type, depth), index = add(array.index_type, depth);
    return element < 0 || index < 0 ? -1 : btf__add_array(out_.get(), index, element, array.nelems);
  }

  // A typedef that nobody names is what it stands for.
  int copy_typedef(const btf_type& head, int depth) {
    int target = add(head.type, depth);
    const char* known = name(head.name_off);
    return target < 0 || !known ? target : btf__add_typedef(out_.get(), known, target);
  }

  int copy_record(const BtfPieces::Type& type, int depth) {
    std::vector<btf_member> members(Btf::length(&type.head));
    if (!kernel_.read_payload(type, members.data(), sizeof(btf_member), members.size())) return -1;
    bool has_sizes = Btf::kind_flag(&type.head);
    std::vector<std::pair<const btf_member*, int>> kept;
    for (const btf_member& member : members) {
      if (member.name_off != 0 && !name(member.name_off)) continue;
      kept.emplace_back(&member, add(member.type, depth));
      if (kept.back().second < 0) return -1;
    }
    bool is_union = Btf::kind(&type.head) == BTF_KIND_UNION;
    int id = is_union ? btf__add_union(out_.get(), type_name(type.head), type.head.size)
                      : btf__add_struct(out_.get(), type_name(type.head), type.head.size);
    for (const auto& [member, member_type] : kept) {
      uint32_t bit = has_sizes ? BTF_MEMBER_BIT_OFFSET(member->offset) : member->offset;
      uint32_t bits = has_sizes ? BTF_MEMBER_BITFIELD_SIZE(member->offset) : 0;
      const char* known = member->name_off ? name(member->name_off) : nullptr;
      if (id < 0 || btf__add_field(out_.get(), known, member_type, bit, bits) != 0) return -1;
    }
    return id;
  }

  int copy_enum(const BtfPieces::Type& type) {
    std::vector<struct btf_enum> values(Btf::length(&type.head));
    if (!kernel_.read_payload(type, values.data(), sizeof(struct btf_enum), values.size())) return -1;
    int id = btf__add_enum(out_.get(), type_name(type.head), type.head.size);
    for (const struct btf_enum& value : values) {
      if (const char* known = name(value.name_off)) btf__add_enum_value(out_.get(), known, value.val);
    }
    return id;
  }

  int copy_enum64(const BtfPieces::Type& type) {
    std::vector<struct btf_enum64> values(Btf::length(&type.head));
    if (!kernel_.read_payload(type, values.data(), sizeof(struct btf_enum64), values.size())) return -1;
    int id = btf__add_enum64(out_.get(), type_name(type.head), type.head.size, Btf::kind_flag(&type.head));
    for (const struct btf_enum64& value : values) {
      const char* known = name(value.name_off);
      if (known) btf__add_enum64_value(out_.get(), known, uint64_t{value.val_hi32} << 32 | value.val_lo32);
    }
    return id;
  }

  BtfPieces& kernel_;
  std::unique_ptr<btf, Free> out_;
  std::map<uint32_t, std::string> names_;  // that are wanted, by their places in the kernel's strings
  std::map<uint32_t, int> added_;          // by ids in the kernel's BTF
  int pointer_ = 0;
};

}  // namespace

std::optional<std::string> core_types(std::string_view object, kernel::BtfPieces& kernel) {
  auto wanted = wanted_by(object);
  if (!wanted) return std::nullopt;
  auto offsets = kernel.find_strings(wanted->names);
  std::map<uint32_t, std::pair<const std::set<uint32_t>*, bool>>
      roots;  // by place of the name: kinds, whether there is one
  std::set<uint32_t> places;
  for (const auto& [name, kinds] : wanted->roots) {
    auto place = offsets.find(name);
    if (place == offsets.end()) return std::nullopt;
    roots[place->second] = {&kinds, false};
    places.insert(place->second);
  }
  auto candidates = kernel.types_named(places);
  if (!candidates) return std::nullopt;
  Excerpt excerpt(kernel, offsets);
  for (const BtfPieces::Named& each : *candidates) {
    auto type = kernel.type(each.id);
    auto& [kinds, is_there] = roots[each.name];
    if (!type || !kinds->contains(compared_kind(Btf::kind(&type->head)))) continue;
    is_there = true;
    if (excerpt.add(each.id) < 0) return std::nullopt;
  }
  for (const auto& [place, root] : roots) {
    if (!root.second) return std::nullopt;
  }
  return excerpt.bytes();
}

}  // namespace sonde::bpf
