// What the kernel's BTF says of its functions, without reading all of BTF into memory: for hooks that are named by a
// function's id, and that must know what its arguments are.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::kernel {

struct FunctionType {
  uint32_t id = 0;                       // of the function
  std::vector<uint32_t> argument_bytes;  // 0: neither a number nor a pointer (a struct by value, "...")
  bool returns = false;                  // a number or a pointer
  bool is_ambiguous = false;             // several functions have this name
  bool is_bare_system_call = false;      // one without arguments, whose only one is called `__unused`
};

class BtfPieces;

class FunctionTypes {
 public:
  static Result<std::shared_ptr<FunctionTypes>> open(const std::string& path);
  // Of the running kernel; kept for as long as the process lives.
  static Result<std::shared_ptr<FunctionTypes>> running();

  // Functions of the running kernel that will be asked for: their names are then looked for together.
  static void expect(const std::vector<std::string>& names);
  // Nothing when BTF has no such function.
  std::optional<FunctionType> find(std::string_view name);
  // The name under which BTF has the function: its own, or "__do_sys_getppid" of __x64_sys_getppid, which is but
  // another name of the same code where a system call has no arguments; empty: none.
  std::string known_as(const std::string& name);

 private:
  static Result<std::shared_ptr<FunctionTypes>> of(std::shared_ptr<BtfPieces> pieces);
  std::optional<FunctionType> look_up(std::string_view name);
  uint32_t scalar_bytes(uint32_t id);
  bool describe(uint32_t id, FunctionType& found);

  std::mutex mutex_;
  std::shared_ptr<BtfPieces> pieces_;
  std::map<std::string, std::optional<FunctionType>> answers_;  // a probe asks several times
};

}  // namespace sonde::kernel
