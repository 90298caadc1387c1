// BTF as it lies in a file, read a page at a time: what only a few types and names are wanted of need not be in memory
// as a whole, which for a kernel is five megabytes. What stands there is checked for bounds; ids that lead nowhere find
// nothing.
#pragma once

#include <linux/btf.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::kernel {

// Reads the types once, of which it keeps 8 bytes a function and 4 bytes for 32 types, and the strings anew for each
// question about names that nobody announced. For several threads.
class BtfPieces {
 public:
  struct Type {
    btf_type head;
    uint64_t at;    // in the file
    uint64_t next;  // of the type after it
  };
  struct Named {
    uint32_t name = 0;  // where it begins in the strings
    uint32_t id = 0;
  };

  static Result<std::shared_ptr<BtfPieces>> open(const std::string& path);
  // Of the running kernel; kept for as long as the process lives.
  static Result<std::shared_ptr<BtfPieces>> running();

  // Names that will be asked for are looked for when the strings are read for another reason.
  void expect(const std::vector<std::string>& names);
  // Where it begins in the strings.
  std::optional<uint32_t> find_string(std::string_view wanted);
  // The same of many, in one reading; without those that are not there.
  std::map<std::string, uint32_t, std::less<>> find_strings(const std::set<std::string, std::less<>>& wanted);
  bool is_string_at(uint32_t offset, std::string_view wanted);

  // Lives as long as this does.
  Result<const std::vector<Named>*> functions();
  // Types of any kind that have one of these names (places in the strings), in the order of their ids.
  Result<std::vector<Named>> types_named(const std::set<uint32_t>& names);
  std::optional<Type> type(uint32_t id);
  // `count` times `size` bytes behind a type's head.
  bool read_payload(const Type& type, void* out, size_t size, size_t count = 1);

 private:
  struct Page {
    uint64_t number = UINT64_MAX;
    std::string bytes;
  };
  using Offsets = std::map<std::string, uint32_t, std::less<>>;

  Status read_header();
  Status walk(const std::set<uint32_t>& names, std::vector<Named>& found);
  bool read(uint64_t at, void* out, size_t size);
  const Page& page(uint64_t number);
  std::optional<Type> type_at(uint64_t at);
  Offsets search(const std::set<std::string, std::less<>>& wanted);

  std::mutex mutex_;
  base::Fd file_;
  uint64_t types_ = 0, types_end_ = 0;  // in the file
  uint64_t strings_ = 0, strings_end_ = 0;
  bool walked_ = false;
  std::vector<Named> functions_;
  std::vector<uint32_t> marks_;  // where each 32nd type begins, from types_
  std::vector<Page> pages_;      // those that were read last
  std::set<std::string, std::less<>> expected_;
  std::map<std::string, std::optional<uint32_t>, std::less<>> known_strings_;
};

}  // namespace sonde::kernel
