#include "kernel/btf.h"

#include <elf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <bit>
#include <cstring>

#include "base/fd.h"
#include "base/file.h"

namespace sonde::kernel {
namespace {

constexpr size_t kMaxBtf = 256u << 20;
constexpr int kMaxDepth = 64;   // of typedef and modifier chains
constexpr int kMaxNesting = 8;  // of anonymous records: a hostile file could nest a record in itself

// A kind that find() knows by name; enums of both widths are one.
uint32_t indexed_kind(const btf_type& type) {
  uint32_t kind = BTF_INFO_KIND(type.info);
  uint32_t n = BTF_INFO_VLEN(type.info);
  switch (kind) {
    case BTF_KIND_ENUM64: kind = BTF_KIND_ENUM; [[fallthrough]];
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
    case BTF_KIND_ENUM: return n ? kind : 0;
    case BTF_KIND_TYPEDEF: return kind;
    default: return 0;
  }
}

// FNV-1a. Of a name that ends with NUL: its length need not be known.
uint32_t hash_name(const char* name, const char* end = nullptr) {
  uint32_t hash = 2166136261u;
  for (; name != end && *name; ++name) hash = (hash ^ static_cast<unsigned char>(*name)) * 16777619u;
  return hash;
}
uint32_t hash_name(std::string_view name) { return hash_name(name.data(), name.data() + name.size()); }

// The kernel's own BTF, mapped (from Linux 6.16 on) and not copied. Nothing where that does not work.
std::shared_ptr<const void> map_kernel_file(const std::string& path, size_t& size) {
  base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info{};
  if (!fd.valid() || ::fstat(fd.get(), &info) != 0 || info.st_size <= 0) return nullptr;
  size = static_cast<size_t>(info.st_size);
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd.get(), 0);
  if (start == MAP_FAILED) return nullptr;
  return {start, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); }};
}

bool is_from_kernel(const std::string& path) {
  struct statfs info{};
  return ::statfs(path.c_str(), &info) == 0 && info.f_type == SYSFS_MAGIC;
}

Result<std::string> btf_section(std::string bytes) {
  if (!bytes.starts_with(ELFMAG)) return bytes;
  auto bad = [] { return base::fail(ErrorKind::kInvalid, "an ELF file without a readable .BTF section"); };
  Elf64_Ehdr header;
  if (bytes.size() < sizeof header) return bad();
  std::memcpy(&header, bytes.data(), sizeof header);
  auto section = [&](uint32_t i) {
    Elf64_Shdr s{};
    uint64_t at = header.e_shoff + uint64_t{i} * sizeof s;
    if (at >= header.e_shoff && at + sizeof s <= bytes.size()) std::memcpy(&s, bytes.data() + at, sizeof s);
    if (s.sh_offset > bytes.size() || s.sh_size > bytes.size() - s.sh_offset) s.sh_size = 0, s.sh_offset = 0;
    return s;
  };
  Elf64_Shdr names = section(header.e_shstrndx);
  for (uint32_t i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr s = section(i);
    if (s.sh_name >= names.sh_size) continue;
    const char* name = bytes.data() + names.sh_offset + s.sh_name;
    if (std::string_view(name, strnlen(name, names.sh_size - s.sh_name)) == ".BTF" && s.sh_size) {
      return bytes.substr(s.sh_offset, s.sh_size);
    }
  }
  return bad();
}

}  // namespace

int64_t Btf::payload_size(const btf_type& type) {
  uint64_t n = BTF_INFO_VLEN(type.info);
  switch (BTF_INFO_KIND(type.info)) {
    case BTF_KIND_INT: return sizeof(uint32_t);
    case BTF_KIND_ARRAY: return sizeof(btf_array);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION: return n * sizeof(btf_member);
    case BTF_KIND_ENUM: return n * sizeof(btf_enum);
    case BTF_KIND_ENUM64: return n * sizeof(btf_enum64);
    case BTF_KIND_FUNC_PROTO: return n * sizeof(btf_param);
    case BTF_KIND_VAR: return sizeof(btf_var);
    case BTF_KIND_DATASEC: return n * sizeof(btf_var_secinfo);
    case BTF_KIND_DECL_TAG: return sizeof(btf_decl_tag);
    case BTF_KIND_PTR:
    case BTF_KIND_FWD:
    case BTF_KIND_TYPEDEF:
    case BTF_KIND_VOLATILE:
    case BTF_KIND_CONST:
    case BTF_KIND_RESTRICT:
    case BTF_KIND_FUNC:
    case BTF_KIND_FLOAT:
    case BTF_KIND_TYPE_TAG: return 0;
    default: return -1;
  }
}

Result<std::shared_ptr<const Btf>> Btf::open(const std::string& path, std::shared_ptr<const Btf> base) {
  bool trusted = is_from_kernel(path);
  auto btf = std::make_shared<Btf>();
  btf->base_ = std::move(base);
  size_t size = 0;
  if (trusted) btf->mapping_ = map_kernel_file(path, size);
  if (btf->mapping_) {
    btf->bytes_ = {static_cast<const char*>(btf->mapping_.get()), size};
  } else {
    ASSIGN_OR_RETURN(std::string bytes, base::read_file(path, kMaxBtf));
    auto raw = btf_section(std::move(bytes));
    if (!raw) return tl::unexpected(base::in_context(path, raw.error()));
    btf->owned_ = std::move(*raw);
    btf->bytes_ = btf->owned_;
  }
  auto made = make(std::move(btf), trusted);
  if (!made) return tl::unexpected(base::in_context(path, made.error()));
  return made;
}

Result<std::shared_ptr<const Btf>> Btf::parse_file(std::string bytes) {
  ASSIGN_OR_RETURN(std::string raw, btf_section(std::move(bytes)));
  return parse(std::move(raw));
}

Result<std::shared_ptr<const Btf>> Btf::parse(std::string bytes, std::shared_ptr<const Btf> base) {
  auto btf = std::make_shared<Btf>();
  btf->owned_ = std::move(bytes);
  btf->bytes_ = btf->owned_;
  btf->base_ = std::move(base);
  return make(std::move(btf), false);
}

// What the kernel itself says need not be checked for references that lead nowhere.
Result<std::shared_ptr<const Btf>> Btf::make(std::shared_ptr<Btf> btf, bool trusted) {
  auto bad = [](const char* why) { return base::fail(ErrorKind::kInvalid, fmt::format("not usable as BTF: {}", why)); };
  btf_header header;
  if (btf->bytes_.size() < sizeof header) return bad("shorter than its header");
  std::memcpy(&header, btf->bytes_.data(), sizeof header);
  if (header.magic != BTF_MAGIC) return bad("wrong magic number (a file of another byte order?)");
  uint64_t size = btf->bytes_.size();
  if (header.hdr_len < sizeof header || header.hdr_len > size || header.hdr_len % 4) return bad("wrong header length");
  uint64_t body = size - header.hdr_len;
  if (uint64_t{header.type_off} + header.type_len > body || header.type_off % 4) return bad("types are cut off");
  if (uint64_t{header.str_off} + header.str_len > body) return bad("strings are cut off");
  const char* start = btf->bytes_.data() + header.hdr_len;
  btf->strings_ = {start + header.str_off, header.str_len};
  if (btf->strings_.empty() || btf->strings_.back() != '\0') return bad("strings do not end");
  btf->types_ = start + header.type_off;
  if (btf->base_) {
    btf->first_id_ = btf->base_->end_id();
    btf->first_string_ = btf->base_->first_string_ + static_cast<uint32_t>(btf->base_->strings_.size());
  }
  RETURN_IF_ERROR(btf->read_types(header));
  if (!trusted) RETURN_IF_ERROR(btf->check_references());
  return btf;
}

Status Btf::read_types(const btf_header& header) {
  offsets_.reserve(header.type_len / 24);
  uint32_t strings_end = first_string_ + static_cast<uint32_t>(strings_.size());
  for (uint64_t at = 0; at < header.type_len;) {
    if (at + sizeof(btf_type) > header.type_len) return base::fail(ErrorKind::kInvalid, "a type is cut off");
    const auto& type = *reinterpret_cast<const btf_type*>(types_ + at);
    int64_t extra = payload_size(type);
    if (extra < 0) {
      return base::fail(ErrorKind::kUnsupported, fmt::format("BTF kind {} is unknown", BTF_INFO_KIND(type.info)));
    }
    if (at + sizeof type + extra > header.type_len) return base::fail(ErrorKind::kInvalid, "a type is cut off");
    if (type.name_off >= strings_end) return base::fail(ErrorKind::kInvalid, "a name lies outside the strings");
    offsets_.push_back(static_cast<uint32_t>(at));
    named_ += type.name_off && indexed_kind(type);
    at += sizeof type + extra;
  }
  return {};
}

Status Btf::check_references() const {
  uint32_t end = end_id();
  uint32_t strings_end = first_string_ + static_cast<uint32_t>(strings_.size());
  bool good = true;
  auto id_ok = [&](uint32_t id) { good &= id < end; };
  for (uint32_t offset : offsets_) {
    const auto* t = reinterpret_cast<const btf_type*>(types_ + offset);
    uint32_t n = length(t);
    switch (kind(t)) {
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION:
        for (uint32_t i = 0; i < n; ++i) {
          const auto& m = payload<btf_member>(t)[i];
          id_ok(m.type);
          good &= m.name_off < strings_end;
        }
        break;
      case BTF_KIND_ARRAY:
        id_ok(payload<btf_array>(t)->type);
        id_ok(payload<btf_array>(t)->index_type);
        break;
      case BTF_KIND_ENUM:
        for (uint32_t i = 0; i < n; ++i) good &= payload<btf_enum>(t)[i].name_off < strings_end;
        break;
      case BTF_KIND_ENUM64:
        for (uint32_t i = 0; i < n; ++i) good &= payload<btf_enum64>(t)[i].name_off < strings_end;
        break;
      case BTF_KIND_FUNC_PROTO:
        for (uint32_t i = 0; i < n; ++i) {
          id_ok(payload<btf_param>(t)[i].type);
          good &= payload<btf_param>(t)[i].name_off < strings_end;
        }
        id_ok(t->type);
        break;
      case BTF_KIND_INT:
      case BTF_KIND_FWD:
      case BTF_KIND_FLOAT:
      case BTF_KIND_DATASEC: break;
      default: id_ok(t->type);
    }
  }
  if (!good) return base::fail(ErrorKind::kInvalid, "a type refers to something that does not exist");
  return {};
}

const btf_type* Btf::type(uint32_t id) const {
  if (id < first_id_) return base_ && id ? base_->type(id) : nullptr;
  if (id >= end_id()) return nullptr;
  return reinterpret_cast<const btf_type*>(types_ + offsets_[id - first_id_]);
}

std::string_view Btf::string(uint32_t offset) const {
  if (offset < first_string_) return base_->string(offset);
  offset -= first_string_;
  if (offset >= strings_.size()) return {};
  return strings_.data() + offset;  // ends: the last byte of strings_ is 0
}

void Btf::build_index() const {
  if (index_.mask) return;
  uint32_t capacity = std::bit_ceil(named_ * 2 + 16);
  index_.slots.assign(capacity, 0);
  index_.mask = capacity - 1;
  for (uint32_t i = 0; i < offsets_.size(); ++i) {
    const auto& t = *reinterpret_cast<const btf_type*>(types_ + offsets_[i]);
    if (!t.name_off || !indexed_kind(t)) continue;
    uint32_t slot = hash_name(name(&t).data()) & index_.mask;
    while (index_.slots[slot]) slot = (slot + 1) & index_.mask;
    index_.slots[slot] = first_id_ + i;
  }
}

uint32_t Btf::find(uint32_t wanted, std::string_view wanted_name) const {
  if (wanted_name.empty()) return 0;
  if (wanted == BTF_KIND_FUNC) return find_function(wanted_name);
  build_index();
  for (uint32_t slot = hash_name(wanted_name) & index_.mask; index_.slots[slot]; slot = (slot + 1) & index_.mask) {
    uint32_t id = index_.slots[slot];
    const btf_type* t = type(id);
    if (indexed_kind(*t) == wanted && name(t) == wanted_name) return id;
  }
  return 0;
}

uint32_t Btf::find_function(std::string_view wanted) const {
  for (uint32_t i = 0; i < offsets_.size(); ++i) {
    const auto& t = *reinterpret_cast<const btf_type*>(types_ + offsets_[i]);
    if (kind(&t) == BTF_KIND_FUNC && name(&t) == wanted) return first_id_ + i;
  }
  return 0;
}

void Btf::build_enumerator_index() const {
  if (enumerator_index_.mask) return;
  for (uint32_t i = 0; i < offsets_.size(); ++i) {
    const auto& t = *reinterpret_cast<const btf_type*>(types_ + offsets_[i]);
    if (indexed_kind(t) != BTF_KIND_ENUM) continue;
    for (uint32_t v = 0; v < length(&t); ++v) enumerators_.push_back({first_id_ + i, v});
  }
  uint32_t capacity = std::bit_ceil(static_cast<uint32_t>(enumerators_.size()) * 2 + 16);
  enumerator_index_.slots.assign(capacity, 0);
  enumerator_index_.mask = capacity - 1;
  for (uint32_t i = 0; i < enumerators_.size(); ++i) {
    const btf_type* t = type(enumerators_[i].enum_id);
    uint32_t name_off = kind(t) == BTF_KIND_ENUM ? payload<btf_enum>(t)[enumerators_[i].index].name_off
                                                 : payload<btf_enum64>(t)[enumerators_[i].index].name_off;
    uint32_t slot = hash_name(string(name_off)) & enumerator_index_.mask;
    while (enumerator_index_.slots[slot]) slot = (slot + 1) & enumerator_index_.mask;
    enumerator_index_.slots[slot] = i + 1;
  }
}

Btf::EnumValue Btf::find_enumerator(std::string_view wanted) const {
  build_enumerator_index();
  uint32_t slot = hash_name(wanted) & enumerator_index_.mask;
  for (; enumerator_index_.slots[slot]; slot = (slot + 1) & enumerator_index_.mask) {
    EnumValue value = enumerators_[enumerator_index_.slots[slot] - 1];
    const btf_type* t = type(value.enum_id);
    uint32_t name_off = kind(t) == BTF_KIND_ENUM ? payload<btf_enum>(t)[value.index].name_off
                                                 : payload<btf_enum64>(t)[value.index].name_off;
    if (string(name_off) == wanted) return value;
  }
  return {};
}

uint32_t Btf::member_type(uint32_t record_id, std::string_view wanted, int depth) const {
  const btf_type* t = type(resolve(record_id));
  if (!t || depth > kMaxNesting || (kind(t) != BTF_KIND_STRUCT && kind(t) != BTF_KIND_UNION)) return 0;
  for (uint32_t i = 0; i < length(t); ++i) {
    const auto& member = payload<btf_member>(t)[i];
    std::string_view member_name = string(member.name_off);
    if (member_name == wanted) return member.type;
    if (!member_name.empty()) continue;
    if (uint32_t found = member_type(member.type, wanted, depth + 1)) return found;
  }
  return 0;
}

uint32_t Btf::resolve(uint32_t id) const {
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    const btf_type* t = type(id);
    if (!t) return 0;
    switch (kind(t)) {
      case BTF_KIND_TYPEDEF:
      case BTF_KIND_VOLATILE:
      case BTF_KIND_CONST:
      case BTF_KIND_RESTRICT:
      case BTF_KIND_TYPE_TAG: id = t->type; break;
      default: return id;
    }
  }
  return 0;
}

uint64_t Btf::size_of(uint32_t id) const {
  uint64_t count = 1;
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    const btf_type* t = type(resolve(id));
    if (!t) return 0;
    switch (kind(t)) {
      case BTF_KIND_PTR: return count * 8;
      case BTF_KIND_ARRAY:
        count *= payload<btf_array>(t)->nelems;
        id = payload<btf_array>(t)->type;
        break;
      case BTF_KIND_INT:
      case BTF_KIND_FLOAT:
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION:
      case BTF_KIND_ENUM:
      case BTF_KIND_ENUM64: return count * t->size;
      default: return 0;
    }
  }
  return 0;
}

}  // namespace sonde::kernel
