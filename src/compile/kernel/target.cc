#include "compile/kernel/target.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "compile/kernel/derived_constants.h"
#include "kernel/release.h"

namespace sonde::compile {
namespace {
constexpr const char* kBtfDirectory = "/sys/kernel/btf";
}

Result<Target> Target::open(const spec::Request& request, const Host& host) {
  Target target;
  target.host_ = &host;
  bool is_running = request.btf_path.empty();
  target.release_ =
      is_running ? request.release : request.btf_path;  // for messages: the types do not tell their kernel's
  auto btf = kernel::Btf::open(is_running ? std::string(kBtfDirectory) + "/vmlinux" : request.btf_path);
  if (!btf && btf.error().kind == ErrorKind::kPermission) {
    if (auto bytes = host.read_file(request.btf_path)) btf = kernel::Btf::parse_file(std::move(*bytes));
  }
  if (!btf) {
    Error error = base::in_context("no kernel types", btf.error());
    bool missing = error.kind == ErrorKind::kNotFound;
    if (is_running && missing && base::file_exists("/sys/kernel")) {
      error.hint = "this kernel was built without CONFIG_DEBUG_INFO_BTF: give its types with --btf FILE";
    }
    if (is_running && missing && error.hint.empty())
      error.hint = "mount -t sysfs none /sys, or give the kernel's types with --btf FILE";
    if (!is_running && error.kind == ErrorKind::kInvalid)
      error.hint = "--btf wants raw BTF or an ELF file with a .BTF section";
    return tl::unexpected(std::move(error));
  }
  target.vmlinux_ = std::move(*btf);
  if (is_running && !request.portable) target.ticks_per_second_ = kernel::ticks_per_second();
  if (is_running) target.module_directory_ = kBtfDirectory;
  return target;
}

uint32_t Target::version_code() const {
  unsigned a = 0, b = 0, c = 0;
  if (std::sscanf(release_.c_str(), "%u.%u.%u", &a, &b, &c) == 0)
    std::sscanf(kernel::running_release().c_str(), "%u.%u.%u", &a, &b, &c);
  return (a << 16) + (b << 8) + std::min(c, 255u);
}

std::optional<Constant> Target::constant(std::string_view name) const {
  if (name == "HZ" && ticks_per_second_ != 0) return Constant{ticks_per_second_, false, 32};
  auto derived = derived_constant(*vmlinux_, name);
  return derived ? derived : find_constant(name);
}

const std::vector<std::shared_ptr<const kernel::Btf>>& Target::modules() const {
  if (modules_) return *modules_;
  modules_.emplace();
  if (module_directory_.empty()) return *modules_;
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(module_directory_, error)) {
    if (entry.path().filename() != "vmlinux") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  host_->used_file(module_directory_);  // the result is another one when a module comes or goes
  for (const auto& path : paths) {
    auto btf = kernel::Btf::open(path, vmlinux_);
    if (!btf) continue;
    host_->used_file(path);
    modules_->push_back(std::move(*btf));
  }
  return *modules_;
}

BtfRef Target::find(uint32_t kind, std::string_view name) const {
  if (uint32_t id = vmlinux_->find(kind, name)) return {vmlinux_.get(), id};
  for (const auto& module : modules()) {
    if (uint32_t id = module->find(kind, name)) return {module.get(), id};
  }
  return {};
}

BtfRef Target::find_enumerator(std::string_view name, uint32_t& index) const {
  auto look = [&](const kernel::Btf& btf) -> BtfRef {
    auto value = btf.find_enumerator(name);
    index = value.index;
    return value.enum_id ? BtfRef{&btf, value.enum_id} : BtfRef{};
  };
  if (BtfRef found = look(*vmlinux_)) return found;
  for (const auto& module : modules()) {
    if (BtfRef found = look(*module)) return found;
  }
  return {};
}

}  // namespace sonde::compile
