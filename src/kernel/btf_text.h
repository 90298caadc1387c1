// Types and functions of BTF as C text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kernel/btf.h"

namespace sonde::kernel {

// A declaration in two parts, as "const char" and "*names[4]", or "struct file" and "". A record or enumeration without
// a name has "{...}" in `base`.
struct Declaration {
  std::string base;
  std::string declarator;
  uint32_t base_id = 0;  // the type that `base` names, without its qualifiers; 0: void
  bool by_value = true;  // neither a pointer nor a function stands between the name and its base

  std::string text() const;
};

// `name` may be empty: a type alone, as in a cast. What is nested too deeply ends in "...", so that hostile BTF has an
// end, too.
Declaration declaration(const Btf& btf, uint32_t type_id, std::string_view name);

// "ssize_t vfs_read(struct file *file, char *buf, size_t count, loff_t *pos)", of a FUNC or a FUNC_PROTO; empty for
// another type.
std::string prototype(const Btf& btf, uint32_t function_id, std::string_view name);

// The arguments alone, from `first` on: "bool preempt, struct task_struct *prev". Empty if there are none.
std::string parameters(const Btf& btf, uint32_t function_id, uint32_t first = 0);

// The FUNC_PROTO of a FUNC, of itself, or of a pointer or typedef to one; 0 if there is none.
uint32_t prototype_id(const Btf& btf, uint32_t type_id);

}  // namespace sonde::kernel
