// What the kernel's BTF says of its functions, without reading all of BTF into memory: for hooks that are named by a function's
// id, and that must know what its arguments are.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::kernel {

struct FunctionType {
  uint32_t id = 0;                        // of the function
  std::vector<uint32_t> argument_bytes;   // 0: neither a number nor a pointer (a struct by value, "...")
  bool returns = false;                   // a number or a pointer
  bool is_ambiguous = false;              // several functions have this name
  bool is_bare_system_call = false;       // one without arguments, whose only one is called `__unused`
};

// Reads the file in pieces of 64 KB: the types once, of which it keeps 8 bytes a function and 4 bytes for 32 types, and the
// strings anew for each name. What stands there is checked for bounds; ids that lead nowhere find nothing.
class FunctionTypes {
 public:
  static Result<std::shared_ptr<FunctionTypes>> open(const std::string& path);
  // Of the running kernel; kept for as long as the process lives.
  static Result<std::shared_ptr<FunctionTypes>> running();

  // Nothing when BTF has no such function.
  std::optional<FunctionType> find(std::string_view name);
  // The name under which BTF has the function: its own, or "__do_sys_getppid" of __x64_sys_getppid, which is but another name of
  // the same code where a system call has no arguments; empty: none.
  std::string known_as(const std::string& name);

 private:
  struct Function {
    uint32_t name = 0;  // where it begins in the strings
    uint32_t id = 0;
  };
  struct Type;

  Status read_header();
  Status read_types();
  std::optional<FunctionType> look_up(std::string_view name);
  bool read(uint64_t at, void* out, size_t size);  // through the window
  std::optional<Type> type_at(uint64_t at);
  std::optional<Type> type(uint32_t id);
  std::optional<uint32_t> find_string(std::string_view wanted);
  uint32_t scalar_bytes(uint32_t id);
  bool describe(const Function& function, FunctionType& found);
  bool is_string_at(uint32_t offset, std::string_view wanted);

  std::mutex mutex_;
  base::Fd file_;
  uint64_t types_ = 0, types_end_ = 0;  // in the file
  uint64_t strings_ = 0, strings_end_ = 0;
  std::vector<Function> functions_;
  std::vector<uint32_t> marks_;  // where each 32nd type begins, from types_
  std::map<std::string, std::optional<FunctionType>> answers_;  // a probe asks several times
  std::string window_;
  uint64_t window_at_ = 0;
};

}  // namespace sonde::kernel
