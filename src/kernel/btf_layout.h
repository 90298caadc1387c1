// How a struct or union lies in memory: offsets, sizes, bit-fields, and the holes between members.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/btf.h"
#include "kernel/btf_text.h"

namespace sonde::kernel {

struct RecordLayout;

struct MemberLayout {
  std::string name;  // empty: an unnamed record, whose members count as those of the record around it
  Declaration declaration;
  uint64_t bit_offset = 0;  // from the start of the outermost record
  uint64_t bits = 0;        // what it takes
  bool is_bit_field = false;
  std::vector<RecordLayout> record;  // one, if its type is a record without a name; of an array the first element's
};

struct Hole {
  uint64_t bit_offset = 0;
  uint64_t bits = 0;
  size_t before = 0;  // the member behind it; members.size(): the end of the record
};

struct RecordLayout {
  std::string keyword;  // "struct" or "union"
  std::string name;
  uint64_t size = 0;  // bytes
  std::vector<MemberLayout> members;
  std::vector<Hole> holes;  // the last one may be the padding at the end
};

// Of a struct or union, or of a typedef of one. kInvalid for other types.
Result<RecordLayout> layout_of(const Btf& btf, uint32_t type_id);

// As C text whose comments have offsets and sizes, much as pahole(1) prints it.
std::string layout_text(const RecordLayout& record);

}  // namespace sonde::kernel
