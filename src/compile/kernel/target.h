// The kernel that a program is compiled for: its types, its tracepoints' formats, its release. Files and questions to
// the session are behind this interface, so that compiling needs no root and can be tested on any machine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compile/kernel/constants.h"
#include "compile/kernel/host.h"
#include "kernel/btf.h"

namespace sonde::compile {

// A type in one of the target's BTFs.
struct BtfRef {
  const kernel::Btf* btf = nullptr;
  uint32_t id = 0;
  explicit operator bool() const { return btf != nullptr; }
};

class Target {
 public:
  // request.btf_path empty: the running kernel and its modules.
  static Result<Target> open(const spec::Request& request, const Host& host);

  const kernel::Btf& btf() const { return *vmlinux_; }
  const std::string& release() const { return release_; }
  uint32_t version_code() const;                                   // as LINUX_VERSION_CODE, from the release
  uint32_t ticks_per_second() const { return ticks_per_second_; }  // CONFIG_HZ; 0: not known

  // What the kernel's headers call a constant and its BTF does not have.
  std::optional<Constant> constant(std::string_view name) const;

  // Searches vmlinux, then the modules. kind: BTF_KIND_*.
  BtfRef find(uint32_t kind, std::string_view name) const;
  BtfRef find_enumerator(std::string_view name, uint32_t& index) const;

  // The text of events/CATEGORY/EVENT/format, or nothing.
  std::optional<std::string> tracepoint_format(const std::string& category, const std::string& event) const {
    return host_->tracepoint_format(category, event);
  }

 private:
  const std::vector<std::shared_ptr<const kernel::Btf>>& modules() const;

  std::shared_ptr<const kernel::Btf> vmlinux_;
  mutable std::optional<std::vector<std::shared_ptr<const kernel::Btf>>> modules_;  // read when first needed
  std::string module_directory_;
  std::string release_;
  uint32_t ticks_per_second_ = 0;
  const Host* host_ = nullptr;
};

}  // namespace sonde::compile
