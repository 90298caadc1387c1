// For tests: BTF made type by type, of structs whose members are ints, of arrays, enumerators and typedefs.
#pragma once

#include <gtest/gtest.h>
#include <linux/btf.h>

#include <memory>
#include <string>
#include <vector>

#include "kernel/btf.h"

namespace sonde::compile {

class BtfText {
 public:
  BtfText() { add(0, BTF_KIND_INT << 24, 4, {32}, "int"); }

  void add_struct(const std::string& name, const std::vector<std::string>& members) {
    std::vector<uint32_t> body;
    for (const auto& member : members) body.insert(body.end(), {string(member), 1, 0});
    add(string(name), (BTF_KIND_STRUCT << 24) | static_cast<uint32_t>(members.size()), 4, body);
  }
  void add_typedef_of_struct(const std::string& name, const std::vector<std::string>& members) {
    add_struct("", members);
    add(string(name), BTF_KIND_TYPEDEF << 24, count_, {});
  }

  void add_enum(const std::string& enumerator, uint32_t value) {
    add(0, (BTF_KIND_ENUM << 24) | 1, 4, {string(enumerator), value});
  }
  // A struct of one member, an array of ints.
  void add_struct_of_array(const std::string& name, const std::string& member, uint32_t elements) {
    add(0, BTF_KIND_ARRAY << 24, 0, {1, 1, elements});
    add(string(name), (BTF_KIND_STRUCT << 24) | 1, 4 * elements, {string(member), count_, 0});
  }

  std::shared_ptr<const kernel::Btf> parse() const {
    btf_header header{};
    header.magic = BTF_MAGIC;
    header.version = BTF_VERSION;
    header.hdr_len = sizeof(header);
    header.type_len = static_cast<uint32_t>(types_.size() * 4);
    header.str_off = header.type_len;
    header.str_len = static_cast<uint32_t>(strings_.size());
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
    bytes.append(reinterpret_cast<const char*>(types_.data()), header.type_len).append(strings_);
    auto parsed = kernel::Btf::parse(bytes);
    EXPECT_TRUE(parsed) << parsed.error().what;
    return parsed ? *parsed : nullptr;
  }

 private:
  uint32_t string(const std::string& text) {
    if (text.empty()) return 0;
    uint32_t offset = static_cast<uint32_t>(strings_.size());
    strings_.append(text).push_back('\0');
    return offset;
  }
  void add(uint32_t name, uint32_t info, uint32_t size_or_type, const std::vector<uint32_t>& body,
           const char* text = "") {
    if (*text) name = string(text);
    types_.insert(types_.end(), {name, info, size_or_type});
    types_.insert(types_.end(), body.begin(), body.end());
    ++count_;
  }

  std::vector<uint32_t> types_;
  std::string strings_ = std::string(1, '\0');
  uint32_t count_ = 0;
};

}  // namespace sonde::compile
