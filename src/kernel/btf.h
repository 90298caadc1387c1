// A reader of BTF, the kernel's own description of its types (Documentation/bpf/btf.rst). Input may be hostile: what
// parse() accepts is safe to walk, ids and string offsets included.
#pragma once

#include <linux/btf.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::kernel {

class Btf {
 public:
  // Raw BTF (as in /sys/kernel/btf) or an ELF file with a .BTF section. A module's BTF continues its `base`.
  static Result<std::shared_ptr<const Btf>> open(const std::string& path, std::shared_ptr<const Btf> base = nullptr);
  static Result<std::shared_ptr<const Btf>> parse_file(std::string bytes);  // the bytes of such a file
  static Result<std::shared_ptr<const Btf>> parse(std::string bytes, std::shared_ptr<const Btf> base = nullptr);

  // Ids run from 1; those below first_id() belong to the base.
  uint32_t first_id() const { return first_id_; }
  uint32_t end_id() const { return first_id_ + static_cast<uint32_t>(offsets_.size()); }
  const btf_type* type(uint32_t id) const;  // nullptr for 0 (void) and for ids that do not exist
  std::string_view name(const btf_type* type) const { return string(type->name_off); }
  std::string_view string(uint32_t offset) const;

  // The first type of this kind and name, 0 if there is none. kind: BTF_KIND_STRUCT, _UNION, _ENUM (also finds
  // ENUM64), _TYPEDEF (by an index that the first question builds), _FUNC (by looking at all). A STRUCT, UNION or ENUM
  // with no members is not found.
  uint32_t find(uint32_t kind, std::string_view name) const;

  struct EnumValue {
    uint32_t enum_id = 0;
    uint32_t index = 0;
  };
  EnumValue find_enumerator(std::string_view name) const;

  // The type id of the member `name` of a struct or union, anonymous members looked through; 0 if it has none.
  uint32_t member_type(uint32_t record_id, std::string_view name, int depth = 0) const;

  // Skips modifiers and typedefs.
  uint32_t resolve(uint32_t id) const;
  // Size in bytes of a type, 0 if it has none.
  uint64_t size_of(uint32_t id) const;

  // Bytes that follow a type's head; -1 for a kind that is not known.
  static int64_t payload_size(const btf_type& head);
  static uint32_t kind(const btf_type* type) { return BTF_INFO_KIND(type->info); }
  static uint32_t length(const btf_type* type) { return BTF_INFO_VLEN(type->info); }
  static bool kind_flag(const btf_type* type) { return BTF_INFO_KFLAG(type->info); }
  template <typename T>
  static const T* payload(const btf_type* type) {
    return reinterpret_cast<const T*>(type + 1);
  }

 private:
  struct Index {                  // open addressing over names
    std::vector<uint32_t> slots;  // id, or (for enumerators) position in enumerators_
    uint32_t mask = 0;
  };
  static Result<std::shared_ptr<const Btf>> make(std::shared_ptr<Btf> btf, bool trusted);
  Status read_types(const btf_header& header);
  Status check_references() const;
  uint32_t find_function(std::string_view name) const;
  void build_index() const;
  void build_enumerator_index() const;

  std::string owned_;                    // the bytes, or
  std::shared_ptr<const void> mapping_;  // what holds them
  std::string_view bytes_;
  std::shared_ptr<const Btf> base_;
  std::string_view strings_;
  const char* types_ = nullptr;
  uint32_t first_id_ = 1;
  uint32_t first_string_ = 0;
  std::vector<uint32_t> offsets_;  // of each type from types_
  uint32_t named_ = 0;             // how many types the index will hold
  mutable Index index_;
  mutable Index enumerator_index_;
  mutable std::vector<EnumValue> enumerators_;
};

}  // namespace sonde::kernel
