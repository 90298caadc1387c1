// BTF made in memory, type by type.
#pragma once

#include <linux/btf.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>

namespace sonde::kernel {

class MadeBtf {
 public:
  struct Head {
    const char* name;
    uint32_t kind;
    uint32_t length;
    uint32_t size_or_type;
    bool flag = false;
  };

  uint32_t name(const char* text) {
    if (!*text) return 0;
    uint32_t at = static_cast<uint32_t>(strings_.size());
    strings_.append(text, std::strlen(text) + 1);
    return at;
  }

  // Gives the type's id.
  uint32_t add(Head head, std::initializer_list<uint32_t> payload) {
    uint32_t info = static_cast<uint32_t>(head.flag) << 31 | head.kind << 24 | head.length;
    for (uint32_t word : {name(head.name), info, head.size_or_type}) put(word);
    for (uint32_t word : payload) put(word);
    return ++count_;
  }

  std::string bytes() const {
    btf_header header{BTF_MAGIC, 1, 0, sizeof(btf_header), 0, 0, 0, 0};
    header.type_len = static_cast<uint32_t>(types_.size());
    header.str_off = header.type_len;
    header.str_len = static_cast<uint32_t>(strings_.size());
    return std::string(reinterpret_cast<const char*>(&header), sizeof header) + types_ + strings_;
  }

 private:
  void put(uint32_t word) { types_.append(reinterpret_cast<const char*>(&word), sizeof word); }

  std::string types_;
  std::string strings_ = std::string(1, '\0');
  uint32_t count_ = 0;
};

}  // namespace sonde::kernel
